"""The deliver_sm each account is owed."""

import pytest
from tests.unit.smsc.examples import a_message

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.identifiers import LinkId
from carrierbox.smpp import values
from carrierbox.smpp.pdus import DeliverSm, SubmitSm
from carrierbox.smsc.accounts import Account, AccountSettings
from carrierbox.smsc.bindings import Binding, Bindings
from carrierbox.smsc.deliveries import BACK_OFF_FIRST_S, BACK_OFF_MAX_S, Deliveries, is_settled
from carrierbox.smsc.effects import DELIVERY_MESSAGE, DELIVERY_RECEIPT, Deliver, Delivery

AT = NetworkTime(1_800_000_000.0)
NOW = LinkTime(100.0)


class Desk:
    """Deliveries and the links of one test."""

    def __init__(self, window: int = 10) -> None:
        self.window = window
        self.bindings = Bindings()
        self.deliveries = Deliveries(self.bindings)
        self._links = 0

    def bind(self, system_id: str = "acme", command_id: int = values.BIND_TRANSCEIVER) -> Binding:
        self._links += 1
        account = Account(system_id, AccountSettings(system_id, "", window=self.window))
        binding = Binding(LinkId(self._links), account, command_id)
        self.bindings.bind(binding)
        return binding

    def owe(self, *owed: Delivery, now: float = NOW) -> list[Deliver | None]:
        return [self.deliveries.owe(one, LinkTime(now)) for one in owed]

    def pump(self, now: float = NOW, system_id: str = "acme") -> list[Delivery]:
        return [sent.delivery for sent in self.deliveries.pump(system_id, LinkTime(now))]

    def on_time(self, now: float) -> list[Delivery]:
        sent: list[Delivery] = []
        for system_id in self.deliveries.on_time(LinkTime(now)):
            sent += self.pump(now, system_id)
        return sent


def delivery(number: int, system_id: str = "acme", kind: int = DELIVERY_RECEIPT) -> Delivery:
    submit = SubmitSm(destination_addr="336", short_message=b"hi")
    message = a_message(number, submit=submit, msisdn="336", system_id=system_id)
    message.conclude(values.DELIVERED, AT)
    return Delivery(kind, message)


def several(count: int) -> list[Delivery]:
    return [delivery(number) for number in range(1, count + 1)]


def test_a_receiver_with_room_gets_a_receipt_at_once() -> None:
    """T29: any receiver of the account."""
    desk = Desk()
    binding = desk.bind()
    owed = delivery(5)
    (sent,) = desk.owe(owed)
    assert sent is not None
    assert (sent.link_id, sent.delivery) == (binding.link_id, owed)
    assert isinstance(sent.pdu, DeliverSm)
    assert sent.pdu.esm_class == 0x04
    assert sent.pdu.short_message.startswith(b"id:0000000005 ")
    assert (binding.outstanding, owed.tries, desk.deliveries.held()) == (1, 1, 0)


def test_a_message_from_a_phone_is_no_receipt() -> None:
    """SMPP 3.4 §4.6.1: its text goes as it is."""
    desk = Desk()
    desk.bind()
    (sent,) = desk.owe(delivery(5, kind=DELIVERY_MESSAGE))
    assert sent is not None
    assert isinstance(sent.pdu, DeliverSm)
    assert (sent.pdu.esm_class, sent.pdu.short_message) == (0, b"hi")


def test_what_nobody_can_receive_is_held_in_order_until_somebody_binds() -> None:
    """T29: a transmitter is not enough, another account's receiver is not either."""
    desk = Desk()
    desk.bind(command_id=values.BIND_TRANSMITTER)
    desk.bind("other")
    owed = several(3)
    assert desk.owe(*owed) == [None] * 3
    assert desk.pump() == []
    assert desk.deliveries.held() == 3
    desk.bind()
    assert desk.pump() == owed
    assert desk.deliveries.held() == 0
    assert desk.pump() == []


def test_a_new_receipt_does_not_overtake_those_that_wait() -> None:
    """Order is kept even if there is room by now."""
    desk = Desk(window=1)
    binding = desk.bind()
    first, second, third = several(3)
    assert desk.owe(first, second)[1] is None
    binding.outstanding = 0
    assert desk.owe(third) == [None]
    assert desk.pump() == [second]
    binding.outstanding = 0
    assert desk.pump() == [third]


def test_no_window_is_overfilled_and_links_share_the_work() -> None:
    """T29, SMPP 3.4 §2.9: two links of two take four."""
    desk = Desk(window=2)
    links = [desk.bind(), desk.bind()]
    owed = several(6)
    assert [sent.link_id for sent in desk.owe(*owed) if sent is not None] == [1, 2, 1, 2]
    assert [link.outstanding for link in links] == [2, 2]
    assert desk.deliveries.held() == 2
    links[1].outstanding -= 1
    assert desk.pump() == [owed[4]]


def test_what_was_not_acknowledged_goes_first() -> None:
    """Design: kept until acknowledged, and its order with it."""
    desk = Desk(window=2)
    desk.bind()
    owed = several(4)
    desk.owe(*owed)
    desk.bindings.unbind(LinkId(1))
    for lost in (owed[1], owed[0]):
        desk.deliveries.put_back(lost)
    assert desk.deliveries.held() == 4
    desk.window = 10
    desk.bind()
    assert desk.pump() == owed
    assert [one.tries for one in owed] == [2, 2, 1, 1]


def test_what_is_withdrawn_is_not_sent() -> None:
    """A failed commit takes it back; one that is no longer waiting is left alone."""
    desk = Desk(window=1)
    desk.bind()
    sent, stays, goes = several(3)
    desk.owe(sent, stays, goes)
    for one in (goes, goes, sent, delivery(9, "stranger")):
        desk.deliveries.withdraw(one)
    assert desk.deliveries.held() == 1
    desk.bind()
    assert desk.pump() == [stays]


def test_everything_of_a_message_is_withdrawn_at_once() -> None:
    """A message that was never accepted owes nothing."""
    desk = Desk()
    first, second = several(2)
    desk.owe(first, second, Delivery(DELIVERY_MESSAGE, first.message))
    desk.deliveries.withdraw_message(first.message)
    desk.deliveries.withdraw_message(delivery(3, "stranger").message)
    desk.bind()
    assert desk.pump() == [second]


def test_accounts_do_not_wait_for_each_other() -> None:
    """One client that refuses holds up nobody else."""
    desk = Desk()
    desk.bind("acme")
    desk.bind("other")
    refused = delivery(1)
    desk.owe(refused)
    desk.deliveries.refuse(refused, NOW)
    assert desk.owe(delivery(2, "other"))[0] is not None
    assert desk.owe(delivery(3, "acme")) == [None]


def refuse_until_taken(
    desk: Desk, refused: Delivery, times: int, start: float = NOW
) -> list[float]:
    """How long the account is left alone after each of so many refusals."""
    now, waits = float(start), []
    for _ in range(times):
        desk.deliveries.refuse(refused, LinkTime(now))
        at = desk.deliveries.next_deadline()
        assert at is not None
        waits.append(at - now)
        assert desk.pump(at - 0.001) == []
        now = at
        assert desk.on_time(now) == [refused]
    return waits


def test_a_client_that_refuses_is_left_alone_ever_longer() -> None:
    """T29: ESME_RMSGQFUL and its like; the wait doubles and has an end."""
    desk = Desk(window=100)
    desk.bind()
    refused = delivery(1)
    desk.owe(refused)
    waits = refuse_until_taken(desk, refused, 9)
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    assert (waits[0], waits[-1]) == (BACK_OFF_FIRST_S, BACK_OFF_MAX_S)
    desk.deliveries.relax("acme")
    desk.deliveries.relax("stranger")
    assert refuse_until_taken(desk, refused, 2, NOW + 3600) == [1.0, 2.0]


def test_nothing_is_sent_to_an_account_that_is_left_alone() -> None:
    """T29: neither what waits, nor what comes, nor on a new link."""
    desk = Desk()
    desk.bind()
    first, second = several(2)
    desk.owe(first)
    desk.deliveries.refuse(first, NOW)
    assert desk.owe(second) == [None]
    desk.bind()
    assert desk.pump() == []
    assert desk.on_time(NOW + 0.999) == []
    assert desk.on_time(NOW + 1.0) == [first, second]
    assert desk.deliveries.next_deadline() is None


def test_a_pause_that_ends_without_a_receiver_keeps_what_is_owed() -> None:
    """The link may have gone meanwhile."""
    desk = Desk()
    owed = delivery(1)
    desk.deliveries.hold("acme", LinkTime(NOW + 5))
    assert desk.deliveries.next_deadline() == NOW + 5
    desk.owe(owed)
    assert desk.on_time(NOW + 5) == []
    desk.bind()
    assert desk.pump(NOW + 6) == [owed]


def test_pumping_a_stranger_sends_nothing() -> None:
    """An account that is owed nothing has no outbox."""
    desk = Desk()
    assert desk.pump(system_id="stranger") == []
    assert desk.deliveries.next_deadline() is None
    assert desk.on_time(1e9) == []
    assert desk.deliveries.held() == 0


@pytest.mark.parametrize(
    ("status", "settled"),
    [
        (values.ESME_ROK, True),
        (values.ESME_RX_P_APPN, True),
        (values.ESME_RX_R_APPN, True),
        (values.ESME_RINVCMDID, True),
        (values.ESME_RX_T_APPN, False),
        (values.ESME_RMSGQFUL, False),
        (values.ESME_RTHROTTLED, False),
        (values.ESME_RSYSERR, False),
        (0xFFFFFFFF, False),
    ],
)
def test_a_status_ends_a_delivery_or_asks_for_another_try(status: int, settled: bool) -> None:
    """SMPP 3.4 §5.1.3, T29: permanent and reject end it, all else is tried again."""
    assert is_settled(status) == settled


def test_several_refused_receipts_keep_their_order() -> None:
    """Design: oldest first. Answers come in the order of the requests, so do refusals."""
    desk = Desk()
    desk.bind()
    owed = several(3)
    desk.owe(*owed)
    for refused in owed:
        desk.deliveries.refuse(refused, NOW)
    assert desk.on_time(NOW + BACK_OFF_MAX_S) == owed


def test_a_window_that_is_refused_at_once_is_one_refusal() -> None:
    """T29: a client that is full answers its whole window so; that is one reason to wait."""
    desk = Desk()
    desk.bind()
    owed = several(7)
    desk.owe(*owed)
    for refused in owed:
        desk.deliveries.refuse(refused, NOW)
    assert desk.on_time(NOW + 2 * BACK_OFF_FIRST_S) != []


def test_a_short_pause_does_not_end_a_longer_one() -> None:
    """A failed commit holds an account for a second; the ESME's own back-off goes on."""
    desk = Desk()
    desk.bind()
    owed = delivery(1)
    desk.deliveries.hold("acme", LinkTime(NOW + 30))
    desk.deliveries.hold("acme", LinkTime(NOW + 1))
    desk.owe(owed)
    assert desk.on_time(NOW + 1) == []
