"""The faults of a carrier that runs inside a test: `carrier.faults`."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from carrierbox.config_faults import compile_fault, fault_of
from carrierbox.faults import Fault, FaultBook

Look: TypeAlias = Callable[[Callable[[FaultBook], Any]], Any]
"""Calls a function with the faults of the box, once all that reached the carrier is handled."""


class CarrierFaults:
    """What goes wrong on the links to a carrier: added and removed while it runs."""

    def __init__(self, look: Look) -> None:
        self._look: Final = look
        self._added = 0

    def add(
        self,
        then: Mapping[str, object],
        when: Mapping[str, object] | None = None,
        name: str = "",
    ) -> "AddedFault":
        """Let something go wrong from now on; faults added earlier are asked first.

        `add({"no_response": True}, {"operation": "submit_sm", "share": 10})` loses one answer in
        ten, `add({"reset": "mid_pdu"}, {"after": 5, "times": 1})` cuts the sixth answer in two.
        ValueError says what is wrong with it.
        """
        self._added += 1
        name = name or f"test fault {self._added}"
        fault = compile_fault(fault_of({"name": name, "when": when or {}, "then": then}))
        self._look(lambda book: book.add(fault))
        return AddedFault(self._look, fault)

    def clear(self) -> None:
        """Let nothing go wrong any more, whoever wanted it."""
        self._look(lambda book: book.put([]))

    @property
    def names(self) -> list[str]:
        """The faults there are, in the order in which they are asked."""
        names: list[str] = self._look(lambda book: [fault.name for fault in book.in_order])
        return names


class AddedFault:
    """A fault that a test added. Used with `with`, it strikes until the end of the block."""

    def __init__(self, look: Look, fault: Fault) -> None:
        self.name = fault.name
        self._look = look
        self._fault = fault

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.remove()

    @property
    def matched(self) -> int:
        """How many PDUs it struck."""
        matched: int = self._look(lambda book: self._fault.matched)
        return matched

    def remove(self) -> None:
        """Let it strike no more. A second call does nothing."""
        self._look(lambda book: book.remove(self.name))
