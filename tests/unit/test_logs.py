"""The log. Each test has a process of its own: what is imported there is what is tested."""

import subprocess
import sys

import pytest


def run(code: str) -> tuple[str, str]:
    """What a new process writes to stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout, done.stderr


def line(arguments: str) -> str:
    """The one line that `log(arguments)` writes."""
    stdout, stderr = run(f"from carrierbox.logs import log; log({arguments})")
    assert stdout == ""
    assert stderr.count("\n") == 1
    return stderr.rstrip("\n")


def test_an_event_is_one_line_of_logfmt_on_stderr() -> None:
    """Time, level and what happened stand first, then the fields in their order."""
    written = line("'link_opened', {'peer': '127.0.0.1:5', 'links': 3}")
    fields = [field.split("=", 1) for field in written.split(" ")]
    assert [name for name, _ in fields] == ["timestamp", "level", "event", "peer", "links"]
    assert [value for _, value in fields[1:]] == ["info", "link_opened", "127.0.0.1:5", "3"]
    assert fields[0][1].endswith("Z")


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_each_level_is_written_as_itself(level: str) -> None:
    """No level is dropped in between."""
    assert f"level={level} event=x" in line(f"'x', {{}}, {level!r}")


def test_what_a_peer_sent_cannot_make_a_second_line() -> None:
    """Everything from outside can be wrong: a log is one line per event, quoted where needed."""
    written = line(r"""'x', {'reason': 'a\nb "c" d=e'}""")
    assert written.count('reason="') == 1
    assert written.endswith('"')
    assert "event=x" in written


def test_two_lines_come_in_their_order() -> None:
    """The logger is made once."""
    _, stderr = run("from carrierbox.logs import log; log('one', {}); log('two', {})")
    assert [text.split("event=")[1] for text in stderr.splitlines()] == ["one", "two"]


def test_structlog_is_imported_with_the_first_line_and_not_before() -> None:
    """Design, start-up: the SMPP port opens before a quarter of a second of imports."""
    stdout, _ = run(
        "import sys; from carrierbox.logs import log; print('structlog' in sys.modules);"
        "log('x', {}); print('structlog' in sys.modules)"
    )
    assert stdout.split() == ["False", "True"]


@pytest.mark.parametrize("fields", ["{'event': 'y'}", "{'two words': 1}"])
def test_no_field_can_make_the_log_raise(fields: str) -> None:
    """A line about a problem must not be a second problem."""
    assert "event=x" in line(f"'x', {fields}")
