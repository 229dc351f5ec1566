"""What the log is told of a store that fails."""

from carrierbox.store_log import StoreLog
from carrierbox.testing.direct import DirectCarrier


def test_a_failing_store_is_one_line_and_its_recovery_another() -> None:
    """Not one for each of the commits that failed in between."""
    box = DirectCarrier().box
    lines: list[tuple[str, dict[str, object], str]] = []
    watch = StoreLog([box], lambda event, fields, level: lines.append((event, fields, level)))
    watch.look()
    assert lines == []
    box.last_store_problem = "the disk is full"
    box.store_failures = 1
    watch.look()
    box.store_failures = 5
    watch.look()
    box.last_store_problem = ""
    watch.look()
    watch.look()
    assert [(event, level) for event, _, level in lines] == [
        ("store_failed", "error"),
        ("store_works_again", "warning"),
    ]
    assert lines[0][1]["problem"] == "the disk is full"
    assert lines[1][1]["failed_commits"] == 5


def test_another_problem_is_told_too() -> None:
    """A full disk that turns into a read-only one needs another remedy."""
    box = DirectCarrier().box
    lines: list[dict[str, object]] = []
    watch = StoreLog([box], lambda event, fields, level: lines.append(fields))
    for problem in ("the disk is full", "the disk is full", "the file may not be written"):
        box.last_store_problem = problem
        box.store_failures += 1
        watch.look()
    assert [line["problem"] for line in lines] == [
        "the disk is full",
        "the file may not be written",
    ]
