"""Who is bound, how, on which link; and which link a deliver_sm takes."""

from carrierbox.identifiers import LinkId
from carrierbox.smpp.values import (
    BIND_RECEIVER,
    BIND_TRANSCEIVER,
    BIND_TRANSMITTER,
    INTERFACE_VERSION_3_4,
    effective_interface_version,
)
from carrierbox.smsc.accounts import Account


class Binding:
    """One bound link of an account; `interface_version` is what its bind said."""

    def __init__(
        self,
        link_id: LinkId,
        account: Account,
        command_id: int,
        interface_version: int = INTERFACE_VERSION_3_4,
    ) -> None:
        self.link_id = link_id
        self.account = account
        self.system_id = account.system_id
        self.transmits = command_id in (BIND_TRANSMITTER, BIND_TRANSCEIVER)
        self.receives = command_id in (BIND_RECEIVER, BIND_TRANSCEIVER)
        self.window = account.settings.window
        settings = account.settings
        self.is_3_4 = effective_interface_version(interface_version) >= INTERFACE_VERSION_3_4
        """Whether it knows TLVs, data_sm and long ids (T13)."""
        self.dialect = settings.dialect if self.is_3_4 else settings.dialect_below_3_4
        self.receipt_tlvs: list[int] = settings.receipt_tlvs if self.is_3_4 else []
        self.takes_data_sm = self.is_3_4 and settings.data_sm
        self.outstanding = 0
        """deliver_sm sent on this link and not yet answered."""


class Bindings:
    """Every bound link of a box."""

    def __init__(self) -> None:
        self._by_link: dict[int, Binding] = {}
        self._receivers: dict[str, list[Binding]] = {}
        self._counts: dict[str, int] = {}

    def bind(self, binding: Binding) -> None:
        """Remember a link that was bound."""
        self._by_link[binding.link_id] = binding
        self._counts[binding.system_id] = self.count(binding.system_id) + 1
        if binding.receives:
            self._receivers.setdefault(binding.system_id, []).append(binding)

    def unbind(self, link_id: LinkId) -> Binding | None:
        """Forget a link; the binding it had."""
        binding = self._by_link.pop(link_id, None)
        if binding is None:
            return None
        left = self._counts[binding.system_id] - 1
        if left:
            self._counts[binding.system_id] = left
        else:
            del self._counts[binding.system_id]
        if binding.receives:
            receivers = self._receivers[binding.system_id]
            receivers.remove(binding)
            if not receivers:
                del self._receivers[binding.system_id]
        return binding

    def stop_receiving(self, link_id: LinkId) -> None:
        """A link takes no more deliver_sm, though it is not over yet."""
        binding = self._by_link.get(link_id)
        if binding is None or not binding.receives:
            return
        binding.receives = False
        receivers = self._receivers[binding.system_id]
        receivers.remove(binding)
        if not receivers:
            del self._receivers[binding.system_id]

    def has_receiver(self, system_id: str) -> bool:
        """Whether a link of this account takes deliver_sm, busy or not."""
        return system_id in self._receivers

    def of_link(self, link_id: LinkId) -> Binding | None:
        """The binding of a link."""
        return self._by_link.get(link_id)

    def count(self, system_id: str) -> int:
        """How many links of this account are bound."""
        return self._counts.get(system_id, 0)

    def all(self) -> list[Binding]:
        """Every binding, oldest first."""
        return list(self._by_link.values())

    def receiver_with_room(self, system_id: str) -> Binding | None:
        """The receiver of this account with the fewest unanswered deliver_sm, if one has room.

        Any receiver of the account will do, not only the one that submitted (T29).
        """
        best: Binding | None = None
        for binding in self._receivers.get(system_id, _NOBODY):
            if binding.outstanding < binding.window and (
                best is None or binding.outstanding < best.outstanding
            ):
                best = binding
        return best

    def receiver(self, system_id: str) -> Binding | None:
        """The oldest receiver of this account, for what has no answer and needs no room."""
        receivers = self._receivers.get(system_id, _NOBODY)
        return receivers[0] if receivers else None


_NOBODY: list[Binding] = []
