"""What a run knows: the carrier, its applications, and what steps have called things."""

from collections.abc import Iterable

from carrierbox.codecs.receipt_dialect import NO_ID
from carrierbox.scenarios.application import Applications
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.scenario import Scenario
from carrierbox.scenarios.traffic import (
    Acknowledgement,
    Entry,
    Receipt,
    Traffic,
    is_acknowledgement,
    is_receipt,
)
from carrierbox.scenarios.world import World
from carrierbox.smpp.pdus import DataSm, DeliverSm, SubmitMulti, SubmitSm
from carrierbox.smsc.messages import Message


class Request:
    """A request that a step sent, or saw."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @property
    def status(self) -> int | None:
        """The command_status of its answer; None while there is none."""
        answer = self.entry.answer
        return None if answer is None or answer.pdu is None else answer.pdu.command_status

    @property
    def message_id(self) -> str:
        """The id in its answer; "" if there is none."""
        answer = self.entry.answer
        found = None if answer is None else getattr(answer.pdu, "message_id", "")
        return str(found or "")


class Run:
    """The state of one run."""

    def __init__(self, scenario: Scenario, world: World, applications: Applications) -> None:
        self.scenario = scenario
        self.world = world
        self.applications = applications
        self.requests: dict[str, list[Request]] = {}
        """What steps sent, by their names; one for each submit_sm."""
        self.batches: set[str] = set()
        self.waited_for: set[int] = set()
        """The numbers of the entries that a `wait` has found."""
        self.references = scenario.seed % 256
        """The last concatenation reference."""
        self._receipts: list[Receipt] = []
        self._of_id: dict[tuple[str, int], list[Receipt]] = {}
        self._read_to = 0
        self._submits: list[Entry] = []
        self._acknowledgements: list[Acknowledgement] = []

    @property
    def traffic(self) -> Traffic:
        """The record."""
        return self.world.traffic

    def named(self, name: str) -> list[Request]:
        """The requests of a name; `b.3` is the third of a batch. NotHeldError if there is none."""
        found = self.requests.get(name)
        if found is not None:
            return found
        base, _, number = name.rpartition(".")
        batch = self.requests.get(base, [])
        if number.isdigit() and 1 <= int(number) <= len(batch):
            return [batch[int(number) - 1]]
        raise NotHeldError(f"nothing is called {name}: its step has not been done")

    def one(self, name: str) -> Request:
        """The only request of a name."""
        found = self.named(name)
        if len(found) != 1:
            raise NotHeldError(f"{name} stands for {len(found)} requests: name one, as {name}.1")
        return found[0]

    def entries_about(self, names: Iterable[str]) -> list[Entry]:
        """The PDUs of what steps have called so: requests, answers and receipts, in their order."""
        found: dict[int, Entry] = {}
        for name in names:
            try:
                requests = self.named(name)
            except NotHeldError:
                continue
            for request in requests:
                receipts = [each.entry for each in self.receipts_of(request)]
                for entry in (request.entry, *request.entry.answers, *receipts):
                    found[entry.number] = entry
        return [found[number] for number in sorted(found)]

    def next_reference(self) -> int:
        """A concatenation reference that no text before had."""
        self.references = (self.references + 1) % 256
        return self.references

    # What the record says.

    def submits(self) -> list[Entry]:
        """Every submit_sm, or what else carries a message, of the application."""
        self._read()
        return self._submits

    def receipts(self) -> list[Receipt]:
        """Every receipt so far."""
        self._read()
        return self._receipts

    def receipts_of(self, request: Request) -> list[Receipt]:
        """The receipts of one message, in their order."""
        if not request.message_id:
            return []
        system_id = request.entry.system_id
        dialect = self.world.box.centre.accounts.dialect_of(system_id)
        self._read()
        return self._of_id.get((system_id, dialect.answer_id.parse(request.message_id)), [])

    def received(self) -> list[Entry]:
        """Every message from a phone that the application was delivered."""
        self._read()
        return [
            entry
            for entry in self.traffic.entries
            if isinstance(entry.pdu, DeliverSm | DataSm)
            and not entry.from_application
            and not is_receipt(entry.pdu)
        ]

    def message_of(self, request: Request) -> Message | None:
        """The carrier's own view of a message; None if it was not accepted."""
        if not request.message_id or request.status:
            return None
        return self.world.message_of(request.message_id, request.entry.system_id)

    def messages_of(self, request: Request) -> list[Message]:
        """The same of each destination of a submit_multi, as long as it is in memory."""
        first = self.message_of(request)
        if first is None or not isinstance(request.entry.pdu, SubmitMulti):
            return [] if first is None else [first]
        return self.world.messages_with(first)

    def acknowledgements_of(self, request: Request) -> list[Acknowledgement]:
        """The acknowledgements of one message, in their order."""
        if not request.message_id:
            return []
        system_id = request.entry.system_id
        dialect = self.world.box.centre.accounts.dialect_of(system_id)
        wanted = dialect.answer_id.parse(request.message_id)
        self._read()
        return [
            each
            for each in self._acknowledgements
            if each.entry.system_id == system_id and dialect.tlv_id.parse(each.message_id) == wanted
        ]

    def _read(self) -> None:
        """Go on reading the record where it was left."""
        self.traffic.drain()
        entries = self.traffic.entries
        for entry in entries[self._read_to :]:
            pdu = entry.pdu
            if pdu is None:
                continue
            if entry.from_application and isinstance(pdu, SubmitSm | DataSm | SubmitMulti):
                self._submits.append(entry)
            elif not entry.from_application and is_receipt(pdu):
                assert isinstance(pdu, DeliverSm | DataSm)
                self._note(Receipt(entry, pdu))
            elif not entry.from_application and is_acknowledgement(pdu):
                assert isinstance(pdu, DeliverSm | DataSm)
                self._acknowledgements.append(Acknowledgement(entry, pdu))
        self._read_to = len(entries)

    def _note(self, receipt: Receipt) -> None:
        self._receipts.append(receipt)
        system_id = receipt.entry.system_id
        dialect = self.world.box.centre.accounts.dialect_of(system_id)
        told = {dialect.text_id.parse(receipt.text_id), dialect.tlv_id.parse(receipt.tlv_id)}
        for number in told - {NO_ID}:
            self._of_id.setdefault((system_id, number), []).append(receipt)
