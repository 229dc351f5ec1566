"""What is recorded is heard first: from captures, or from a carrier while it runs."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from carrierbox.api_client import CarrierApi
from carrierbox.errors import ConfigurationError
from carrierbox.lint.captures import read_capture
from carrierbox.lint.pcap import CaptureError
from carrierbox.lint.traffic import Traffic
from carrierbox.scenarios.recording import Recording, scenario_yaml
from carrierbox.smpp.states import ESME, SMSC

STANDARD_INPUT: Final = "-"
TIMING_MAX: Final = 1000.0


class Recorded:
    """A scenario as YAML, and what is to be said about it, a line each."""

    def __init__(self, text: str, remarks: list[str]) -> None:
        self.text = text
        self.remarks = remarks


class Wanted:
    """What is to be made: a scenario of that name and role, of these files or so many seconds of a
    carrier (None: until Ctrl-C).
    """

    def __init__(
        self, name: str, role: str, timing: float, files: list[str], seconds: int | None = None
    ) -> None:
        self.name = name
        self.role = role
        self.timing = timing
        self.files = files
        self.seconds = seconds


def record(wanted: Wanted, api: CarrierApi | None = None) -> Recorded:
    """Read captures to their end, or a carrier for its time."""
    traffic = _of_files(wanted.files) if api is None else _of_carrier(api, wanted.seconds)
    recording = Recording(traffic, wanted.name, wanted.role, wanted.timing)
    source = api.url if api is not None else ", ".join(Path(each).name for each in wanted.files)
    text = scenario_yaml(recording.scenario(f"Recorded from {source}."))
    remarks = [f"left out: {what} ({count})" for what, count in recording.left_out.items()]
    if traffic.unreadable:
        remarks.append(f"left out: what is no PDU, or could not be read ({traffic.unreadable})")
    if traffic.forgotten:
        remarks.append(f"left out: PDUs that were too many, or not heard ({traffic.forgotten})")
    if not traffic.spoken:
        remarks.append("no SMPP session was heard")
    return Recorded(text, remarks)


def timing_of(written: str) -> float:
    """`keep`, `none`, or a number that pauses are multiplied with. Raises ConfigurationError."""
    words = {"keep": 1.0, "none": 0.0}
    try:
        timing = words[written] if written in words else float(written)
    except ValueError:
        timing = -1.0
    if not 0.0 <= timing <= TIMING_MAX:
        raise ConfigurationError("--timing", "must be keep, none or a number such as 0.1")
    return timing


def _of_files(files: list[str]) -> Traffic:
    traffic = Traffic()
    for name in files:
        try:
            if name == STANDARD_INPUT:
                read_capture(sys.stdin.buffer, "standard input", traffic)
                continue
            with Path(name).open("rb") as stream:
                read_capture(stream, name, traffic)
        except OSError as error:
            raise ConfigurationError(name, error.strerror or str(error)) from None
        except CaptureError as error:
            raise ConfigurationError(name, str(error)) from None
    return traffic


def _of_carrier(api: CarrierApi, seconds: int | None) -> Traffic:
    traffic = Traffic()
    heard: set[int] = set()
    query = {} if seconds is None else {"seconds": seconds}

    def say() -> None:
        print(f"recording what passes {api.url}; Ctrl-C ends it", file=sys.stderr, flush=True)

    try:
        for line in api.lines(say, "traffic", **query):
            _take(traffic, line, heard)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return traffic


def _take(traffic: Traffic, line: dict[str, Any], heard: set[int]) -> None:
    if "missed" in line:
        traffic.forgotten += int(line["missed"])
        return
    link = int(line["link"])
    if link not in heard:
        heard.add(link)
        traffic.begin(link, line["system_id"])
    at = datetime.fromisoformat(line["at"]).timestamp()
    sender = ESME if line["sender"] == "esme" else SMSC
    traffic.frame(link, at, sender, bytes.fromhex(line["pdu_hex"]))
