"""Scenarios over a real port, with an application of ours; tests/integration has one that is not.

Loopback, port 0.
"""

import socket
import threading

import pytest

from carrierbox.errors import ConfigurationError
from carrierbox.scenarios.live import run_live
from carrierbox.scenarios.loader import read_scenario
from carrierbox.scenarios.report import Report


def nobody_connects(steps: str) -> Report:
    """What comes of steps while no application is there."""
    scenario = read_scenario(f"scenario: one\nrole: your_application\nsetup: {{}}\nsteps:\n{steps}")
    return run_live(scenario)


def test_it_says_where_to_connect_and_waits_in_real_time() -> None:
    """An application that does not come fails the step that waits for it."""
    scenario = read_scenario(
        "scenario: one\nrole: your_application\nsetup: {accounts: [{system_id: a, password: b}]}\n"
        "steps: [{wait: {bound: a, within: 50ms}}]\n"
    )
    said: list[str] = []
    found: list[tuple[str, int]] = []
    report = run_live(
        scenario, say=said.append, listening=lambda host, port: found.append((host, port))
    )
    assert report.problem.endswith("a was not bound within 50ms")
    ((host, port),) = found
    assert said[0] == f"one waits for your application: connect to {host}:{port}"
    assert said[1] == "accounts: a:b"


def test_what_never_comes_is_told_with_what_came() -> None:
    """How many of how many."""
    report = nobody_connects("  - wait: {submit: {text: Hi}, count: 2, within: 10ms}\n")
    assert "0 of 2 submissions like this came within 10ms" in report.problem


def test_the_network_can_be_steered_meanwhile() -> None:
    """Its clock runs, and goes on faster where a step says so."""
    report = nobody_connects(
        "  - phone: {msisdn: '+33612345678', power: off}\n"
        "  - advance: 3d\n"
        "  - restart: {}\n"
        "  - expect: {phone: '+33612345678', power: off}\n"
        "  - expect: {application: demo, bound: true, within: 10ms}\n"
    )
    assert report.network_s >= 3 * 86_400
    assert report.problem.endswith("it is not bound")


def test_a_port_that_is_taken_is_told() -> None:
    """With the option."""
    taken = threading.Event()
    scenario = read_scenario(
        "scenario: one\nrole: your_application\nsetup: {}\nsteps: [{settle: {}}]\n"
    )

    def listening(host: str, port: int) -> None:
        with pytest.raises(ConfigurationError, match="--listen: cannot listen on"):
            # A thread of its own, because a loop runs in this one.
            error: list[BaseException] = []

            def again() -> None:
                try:
                    run_live(scenario, host, port)
                except ConfigurationError as problem:
                    error.append(problem)

            thread = threading.Thread(target=again)
            thread.start()
            thread.join()
            raise error[0]
        taken.set()

    assert run_live(scenario, listening=listening).passed
    assert taken.is_set()


def test_your_application_is_called_by_outbind() -> None:
    """SMPP 3.4 §4.1.7: at the address that its account names, and after a restart too."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def take_two_calls() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    heard.append(connection.recv(1000))

        thread = threading.Thread(target=take_two_calls, daemon=True)
        thread.start()
        scenario = read_scenario(
            "scenario: one\nrole: your_application\nsetup: {accounts: [{system_id: a, password: b, "
            f"outbind: {{to: '127.0.0.1:{port}'}}}}]}}\nsteps:\n"
            "  - outbind: a\n"
            "  - expect: {trace: outbind, detail: {contains: outbind to}, within: 5s}\n"
            "  - restart: {}\n"
            "  - outbind: a\n"
            "  - expect: {trace: outbind, detail: {contains: outbind to}, count: 2, within: 5s}\n"
        )
        report = run_live(scenario)
        thread.join(5.0)
    assert report.passed, report.problem
    assert [octets[4:8].hex() for octets in heard] == ["0000000b", "0000000b"]
