"""Rows that a store reads beside its writing: they come late, and as they were when asked for."""

from typing import Any

from tests.unit.smsc.examples import FRENCH, a_submit

from carrierbox.clock import NetworkTime
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindRequest,
    BindTransmitter,
    CancelSm,
    CancelSmResp,
    Pdu,
    QuerySm,
    QuerySmResp,
)
from carrierbox.smpp.values import DELIVERED, ENROUTE, ESME_RCANCELFAIL, ESME_ROK
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.paging import SLICE
from carrierbox.smsc.ports import (
    Committed,
    Completion,
    LoadBetween,
    LoadById,
    LoadDue,
    LoadOwed,
    LoadQueue,
    PageOut,
    Request,
)
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore
from carrierbox.trace import ATTEMPT


class BesideStore(FakeStore):
    """Holds back answers until they may come: to loads of some kinds, to a commit of one row."""

    def __init__(self) -> None:
        super().__init__()
        self.late_kinds: tuple[type, ...] = ()
        self.late_row = 0
        self.late: list[Completion] = []

    def load(self, request: Request) -> int:
        ticket = super().load(request)
        if isinstance(request, self.late_kinds):
            self.late.append(self._done.pop())
        return ticket

    def submit(self, batch: bytes, page_out: PageOut | None = None) -> int:
        ticket = super().submit(batch, page_out)
        if page_out is not None and any(row.message_id == self.late_row for row in page_out.rows):
            self.late.append(self._done.pop())
        return ticket

    def come(self) -> None:
        self.late_kinds = ()
        self.late_row = 0
        self._done.extend(self.late)
        self.late.clear()


def a_bind(kind: type[BindTransmitter] | type[BindReceiver]) -> BindRequest:
    return kind(system_id="demo", password="demo", interface_version=0x34)


class Beside(DirectCarrier):
    """A carrier on such a store, and its client, to whom nothing is owed in memory."""

    def __init__(self, keep_messages: int = 100, receipts_keep_s: float = 0.0) -> None:
        self.beside = BesideStore()
        account = AccountSettings("demo", "demo", receipts_keep_s=receipts_keep_s)
        super().__init__(self.beside, [account], keep_messages=keep_messages)
        self.box.centre.deliveries.owed_in_memory = 0
        self.link = self.bind()
        self.set_power(FRENCH, False)

    def send_text(self, text: str, to: str = FRENCH, **fields: object) -> None:
        given: dict[str, Any] = {"registered_delivery": 0, **fields}
        self.submit(self.link, a_submit(text, to, **given))

    def pass_time(self, seconds: float) -> None:
        """Nothing waits for what comes late."""
        self.clock.advance_to(NetworkTime(self.clock.now() + seconds))
        self.run()

    def page_out(self) -> None:
        self.pass_time(1.0)
        self.box.centre.paging.begin()
        self.run()

    def leave_to_table(self, *texts: str, registered_delivery: int = 0) -> None:
        for text in texts:
            self.send_text(text, registered_delivery=registered_delivery)
        self.page_out()
        assert len(self.box.centre.registry) == 0

    def come(self) -> None:
        """What was held back comes."""
        assert self.beside.late
        self.beside.come()
        self.run()

    def answer_to(self, number: int) -> Pdu:
        return next(one.pdu for one in self.sent if one.pdu.sequence_number == number)

    def ids_in_memory(self) -> list[int]:
        return sorted(self.box.centre.registry.ids())


def test_rows_that_are_older_than_an_end_send_nothing_again() -> None:
    """They were asked for before the commit after which nobody knows their messages."""
    carrier = Beside(keep_messages=1)
    texts = ["text 0", "text 1", "text 2"]
    carrier.leave_to_table(*texts)
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == texts
    carrier.box.centre.paging.mark_messages = 1000
    carrier.set_power(FRENCH, False)
    carrier.send_text("text 3")
    carrier.page_out()
    carrier.beside.late_kinds = (LoadQueue,)
    carrier.set_power(FRENCH, True)
    for number in range(3):
        carrier.send_text(f"later {number}", to="33700000000")
    carrier.page_out()
    assert carrier.box.centre.registry.find(1) is None
    assert len(carrier.beside.late) == 1
    carrier.come()
    assert carrier.shown(FRENCH) == [*texts, "text 3"]
    assert carrier.phone(FRENCH).duplicates == 0
    assert len(carrier.box.centre.registry.gone_rows) == 0


def test_a_row_that_was_to_wake_a_queue_ends_while_the_one_behind_it_leaves_memory() -> None:
    """That one would be looked at when it expires: it stays until its row says when to retry."""
    carrier = Beside()
    carrier.set_power("33700000000", False)
    carrier.send_text("first")
    for _ in range(2 * SLICE):
        carrier.send_text("between", to="33700000000")
    carrier.send_text("behind it")
    registry = carrier.box.centre.registry
    carrier.box.centre.paging.begin()
    while registry.knows(1):
        carrier.run(turns_max=1)
    behind = registry.find(2 * SLICE + 2)
    assert behind is not None
    carrier.beside.late_kinds = (LoadById,)
    carrier.beside.late_row = behind.message_id
    cancel = carrier.request(carrier.link, CancelSm(message_id="1", source_addr="ACME"))
    carrier.run()
    assert behind.is_saving
    carrier.beside.late.sort(key=lambda one: isinstance(one, Committed))
    carrier.come()
    assert carrier.answer_to(cancel).command_status == ESME_ROK
    carrier.page_out()
    assert behind.is_paged_out
    number, _ = carrier.box.trace.since(0, 1000)
    carrier.pass_time(61.0)
    _, events = carrier.box.trace.since(number, 1000)
    assert any(one.kind == ATTEMPT and one.message_id == behind.message_id for one in events)


def with_a_receipt_owed_by_the_table(*late_kinds: type) -> Beside:
    """The text arrived, and its receipt waits in the table, while some rows still come."""
    carrier = Beside()
    carrier.leave_to_table("text", registered_delivery=1)
    carrier.hang_up(carrier.link)
    carrier.beside.late_kinds = late_kinds
    return carrier


def test_rows_that_are_older_than_an_owed_receipt_send_nothing_again() -> None:
    """A retry was due, and its row asked for, when its phone came back by itself."""
    carrier = with_a_receipt_owed_by_the_table(LoadDue)
    carrier.pass_time(60.0)
    carrier.beside.late_kinds = ()
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["text"]
    carrier.page_out()
    assert carrier.ids_in_memory() == []
    carrier.come()
    assert carrier.phone(FRENCH).duplicates == 0
    assert carrier.ids_in_memory() == []
    carrier.link = carrier.bind()
    assert len(carrier.deliveries()) == 1


def test_a_request_looks_again_where_its_rows_may_be_outdated() -> None:
    """The text arrived meanwhile: it cannot be cancelled any more (SMPP 3.4 §4.9)."""
    carrier = with_a_receipt_owed_by_the_table()
    carrier.link = carrier.bind(bind=a_bind(BindTransmitter))
    carrier.beside.late_kinds = (LoadById,)
    query = carrier.request(carrier.link, QuerySm(message_id="1", source_addr="ACME"))
    cancel = carrier.request(carrier.link, CancelSm(message_id="1", source_addr="ACME"))
    carrier.run()
    carrier.beside.late_kinds = ()
    carrier.set_power(FRENCH, True)
    carrier.page_out()
    assert carrier.ids_in_memory() == []
    carrier.come()
    queried, cancelled = carrier.answer_to(query), carrier.answer_to(cancel)
    assert isinstance(queried, QuerySmResp)
    assert queried.message_state == DELIVERED
    assert isinstance(cancelled, CancelSmResp)
    assert cancelled.command_status == ESME_RCANCELFAIL
    assert carrier.phone(FRENCH).duplicates == 0


def test_a_text_that_was_replaced_and_went_back_stays_replaced() -> None:
    """Its old row comes when memory has forgotten it again."""
    carrier = Beside()
    carrier.leave_to_table("old")
    carrier.beside.late_kinds = (LoadById,)
    query = carrier.request(carrier.link, QuerySm(message_id="1", source_addr="ACME"))
    carrier.run()
    carrier.send_text("new", replace_if_present_flag=1)
    carrier.page_out()
    assert carrier.ids_in_memory() == []
    carrier.come()
    queried = carrier.answer_to(query)
    assert isinstance(queried, QuerySmResp)
    assert queried.message_state == ENROUTE
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["new"]


def test_a_text_that_went_to_the_table_meanwhile_is_found_between_addresses() -> None:
    """It was in memory when rows were asked for, and in the table when they came."""
    carrier = Beside()
    carrier.leave_to_table("first")
    carrier.beside.late_kinds = (LoadBetween,)
    cancel = CancelSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=FRENCH,
    )
    carrier.send_text("second")
    carrier.request(carrier.link, cancel)
    carrier.run()
    carrier.page_out()
    assert carrier.ids_in_memory() == []
    carrier.come()
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == []


def test_a_receipt_that_was_given_up_is_given_up_once() -> None:
    """Two read the rows of an account: who sends them, and who gives up what is late."""
    carrier = Beside(keep_messages=1, receipts_keep_s=3600.0)
    carrier.set_power(FRENCH, True)
    carrier.hang_up(carrier.link)
    carrier.link = carrier.bind(bind=a_bind(BindTransmitter))
    for number in range(3):
        carrier.send_text(f"text {number}", registered_delivery=1)
    carrier.page_out()
    assert carrier.ids_in_memory() == []
    carrier.beside.late_kinds = (LoadOwed,)
    carrier.bind(bind=a_bind(BindReceiver))
    assert len(carrier.beside.late) == 1
    carrier.beside.late_kinds = ()
    carrier.pass_time(3601.0)
    assert carrier.box.centre.handover.given_up == 3
    for number in range(2):
        carrier.page_out()
        carrier.send_text(f"later {number}")
    assert 1 not in carrier.ids_in_memory()
    carrier.come()
    assert carrier.deliveries() == []
    assert carrier.box.centre.handover.given_up == 3
