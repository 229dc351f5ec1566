"""What the log is told of the stores: when one fails, and when it works again."""

from collections.abc import Callable

from carrierbox.box import Box

Log = Callable[[str, dict[str, object], str], None]


class StoreLog:
    """Looks at the boxes after each turn; a line for each change, not for each failed commit."""

    def __init__(self, boxes: list[Box], log: Log) -> None:
        self._boxes = boxes
        self._log = log
        self._problems = [""] * len(boxes)
        self._failures_before = [0] * len(boxes)

    def look(self) -> None:
        """Tell what changed since the last call."""
        for position, box in enumerate(self._boxes):
            problem = box.last_store_problem
            before = self._problems[position]
            if problem != before:
                self._problems[position] = problem
                self._tell(position, box, problem, not before)

    def _tell(self, position: int, box: Box, problem: str, is_first: bool) -> None:
        if not problem:
            failures = box.store_failures - self._failures_before[position]
            self._log("store_works_again", {"box": box.name, "failed_commits": failures}, "warning")
            return
        if is_first:
            self._failures_before[position] = box.store_failures - 1
        self._log(
            "store_failed",
            {"box": box.name, "problem": problem, "submits_are_answered": "ESME_RSYSERR"},
            "error",
        )
