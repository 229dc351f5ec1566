"""A client of a centre with rules, for the tests of what they make of messages."""

from typing import Any

from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.smpp import values
from carrierbox.smpp.pdus import DeliverSm, QuerySm, QuerySmResp, SubmitSm
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.journal import ACCEPTED, read_entries
from carrierbox.smsc.messages import Message
from carrierbox.testing.direct import START, DirectCarrier
from carrierbox.testing.stores import FakeStore
from carrierbox.trace import KIND_NAMES

FRENCH = "33612345678"
OTHER = "33612345679"
LATE_REJECTION = {"report": {"state": "REJECTED", "err": "013", "after": "5s"}}


class Client:
    """A client of a carrier with rules, and what became of its last message."""

    def __init__(
        self, *rules: dict[str, Any], accounts: list[AccountSettings] | None = None
    ) -> None:
        self.store = FakeStore()
        self.rules = rules
        self.accounts = accounts
        self.carrier = self._open()
        self.link = self.carrier.bind()

    def _open(self, start: float = START) -> DirectCarrier:
        carrier = DirectCarrier(self.store, self.accounts, start=start, keep_messages=1)
        carrier.box.centre.paging.mark_messages = 1
        for number, then in enumerate(self.rules):
            rule = then if "then" in then else {"name": f"rule {number}", "then": then}
            carrier.box.rules.add_test_rule(compile_rule(definition_of(rule)))
        return carrier

    def restart(self, after_s: float = 0.0, is_bound: bool = True) -> None:
        """Another process with the same store, and without rules."""
        self.rules = ()
        self.carrier = self._open(self.carrier.clock.now() + after_s)
        if is_bound:
            self.link = self.carrier.bind()

    def page(self) -> None:
        """Let the table of the store have what there is, and the journal forget it."""
        for _ in range(5):
            self.submit(to=OTHER, registered_delivery=0)
        self.carrier.box.centre.paging.begin()
        self.carrier.run()
        found = [
            entry.message_id
            for batch in self.store.batches
            for entry in read_entries(batch)
            if entry.kind == ACCEPTED and entry.message_id == self.message.message_id
        ]
        assert found == []

    def submit(self, text: bytes = b"Hi", to: str = FRENCH, **fields: Any) -> Any:
        """The response."""
        given: dict[str, Any] = {"source_addr_ton": 5, "source_addr": "ACME"}
        given |= {"registered_delivery": 1} | fields
        return self.carrier.ask(
            self.link, SubmitSm(destination_addr=to, short_message=text, **given)
        )

    @property
    def message(self) -> Message:
        """The newest message to that phone."""
        messages = self.carrier.box.centre.registry.newest_first()
        return next(message for message in messages if message.msisdn == FRENCH)

    def responses(self, command_id: int = values.SUBMIT_SM_RESP) -> list[int]:
        """The statuses of all responses of a kind, in their order."""
        return [
            one.pdu.command_status for one in self.carrier.sent if one.pdu.command_id == command_id
        ]

    def receipts(self) -> list[str]:
        """The texts of all receipts so far."""
        return [
            one.pdu.short_message.decode("ascii")
            for one in self.carrier.deliveries()
            if isinstance(one.pdu, DeliverSm)
        ]

    def query(self, message_id: str = "") -> QuerySmResp:
        """What a query_sm tells of a message, the newest if none is named."""
        message_id = message_id or str(self.message.client_id)
        found = self.carrier.ask(
            self.link, QuerySm(message_id, source_addr_ton=5, source_addr="ACME")
        )
        assert isinstance(found, QuerySmResp)
        return found

    def events(self, kind: str) -> list[str]:
        """The details of all events of a kind."""
        _, events = self.carrier.box.trace.since(0, 100_000)
        return [event.detail for event in events if KIND_NAMES[event.kind] == kind]
