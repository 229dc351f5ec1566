"""Scenarios inside a test suite.

from carrierbox.testing.scenarios import run_scenario

def test_an_offline_phone_gets_its_text():
    report = run_scenario("scenarios/offline-phone.yaml", phone="+33612345678")
    assert report.passed, report.problem
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from carrierbox.scenarios.library import path_of
from carrierbox.scenarios.live import run_live
from carrierbox.scenarios.loader import load_scenario, read_scenario
from carrierbox.scenarios.report import Report
from carrierbox.scenarios.runner import run_scenario as run_in_process
from carrierbox.scenarios.scenario import WE_SEND

APPLICATION_LIMIT_S: Final = 30.0

Application: TypeAlias = Callable[[str, int], object]


def run_scenario(
    scenario: str | Path,
    *,
    application: Application | None = None,
    seed: int | None = None,
    **parameters: object,
) -> Report:
    """Run a scenario: the name of a built-in one, a file, or the text of one; what came of it.

    Keywords are its parameters. With `role: your_application` the `application` is called with host
    and port, in a thread of its own; what it raises is raised here, unless the scenario failed.
    Raises ScenarioError with file, line and remedy for a scenario that cannot be.
    """
    is_text = isinstance(scenario, str) and "\n" in scenario
    read = (
        read_scenario(str(scenario), given=parameters, seed=seed)
        if is_text
        else load_scenario(path_of(str(scenario)), parameters, seed)
    )
    if read.role == WE_SEND:
        return run_in_process(read)
    if application is None:
        raise ValueError(f"{read.name} waits for an application: hand one in, as application=…")
    beside = _Beside(application)
    report = run_live(read, listening=beside.start)
    beside.end(report)
    return report


class _Beside:
    """The application in a thread of its own."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def start(self, host: str, port: int) -> None:
        """Let it connect."""
        self._thread = threading.Thread(target=self._run, args=(host, port), daemon=True)
        self._thread.start()

    def end(self, report: Report) -> None:
        """Wait for its end, and raise what it raised."""
        if self._thread is not None:
            self._thread.join(APPLICATION_LIMIT_S)
        if self._error is not None and report.passed:
            raise self._error

    def _run(self, host: str, port: int) -> None:
        try:
            self._application(host, port)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the other thread
            self._error = error
