"""When an ESME is called, what becomes of a call, and how long the next one waits."""

from typing import Any, Final

import pytest

from carrierbox.identifiers import Address
from carrierbox.relay import RpMoData
from carrierbox.smpp import values
from carrierbox.smpp.pdus import BindReceiver, BindTransmitter, DeliverSm, Outbind, SubmitSm
from carrierbox.smsc.accounts import ANY, Accounts, AccountSettings, OutbindSettings
from carrierbox.smsc.bindings import Bindings
from carrierbox.smsc.deliveries import Deliveries
from carrierbox.smsc.outbinds import BACK_OFF_MAX_S, Outbinds
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore

PHONE: Final = "33612345678"
TO: Final = "192.0.2.7:2780"


def settings(system_id: str = "demo", after_s: float = 1.0) -> AccountSettings:
    outbind = OutbindSettings("192.0.2.7", 2780, "centre", "knock", after_s)
    return AccountSettings(system_id, "demo", outbind=outbind)


def a_carrier(store: FakeStore | None = None, *more: AccountSettings) -> DirectCarrier:
    return DirectCarrier(store, [settings(), *more])


def text_from_a_phone(carrier: DirectCarrier) -> None:
    carrier._begin()
    part = RpMoData(PHONE, Address(0, 1, "36000"), 0, 0, b"", b"STOP")
    carrier.box.centre.submit_from_phone(part, lambda problem: None)
    carrier.run()


def details(carrier: DirectCarrier) -> list[str]:
    """What the trace says of calls."""
    _, events = carrier.box.trace.since(0)
    return [event.detail for event in events if event.kind == 17]


def logged(carrier: DirectCarrier) -> list[tuple[str, Any]]:
    return [(event, fields.get("reason")) for event, fields in carrier.logged]


def asked(carrier: DirectCarrier) -> str:
    """What a user hears who asks for a call."""
    told: list[str] = []
    carrier._begin()
    carrier.box.centre.outbinds.request("demo", told.append)
    carrier.run()
    return told[0] if told else "no answer yet"


def test_something_that_waits_is_a_reason_to_call_after_a_while() -> None:
    """SMPP 3.4 §4.1.7: outbind with the centre's own names, then the bind, then deliver_sm."""
    carrier = a_carrier()
    text_from_a_phone(carrier)
    carrier.pass_link_time(0.9)
    assert carrier.called == []
    carrier.pass_link_time(0.1)
    assert carrier.called == ["demo"]
    link = carrier.connect("demo")
    (sent,) = carrier.sent
    assert isinstance(sent.pdu, Outbind)
    assert (sent.link_id, sent.pdu.system_id, sent.pdu.password) == (link, "centre", "knock")
    carrier.bind(bind=BindReceiver("demo", "demo"), link_id=link)
    assert [type(one.pdu) for one in carrier.sent[2:]] == [DeliverSm]
    assert details(carrier) == [f"calls {TO}", f"outbind to {TO}"]
    assert carrier.logged == [("outbind_answered", {"system_id": "demo", "to": TO})]


def test_a_receipt_is_a_reason_to_call_too() -> None:
    """T29: its submitter may transmit only."""
    carrier = a_carrier()
    link = carrier.bind(bind=BindTransmitter("demo", "demo"))
    carrier.submit(link, SubmitSm(destination_addr=PHONE, registered_delivery=1))
    carrier.pass_link_time(1)
    assert carrier.called == ["demo"]


def test_nobody_is_called_who_is_bound_or_for_whom_nothing_waits() -> None:
    """Also when that comes to be so while the call waits for its time."""
    carrier = a_carrier()
    carrier.bind()
    text_from_a_phone(carrier)
    carrier.pass_link_time(5)
    assert carrier.called == []
    carrier = a_carrier()
    text_from_a_phone(carrier)
    link = carrier.bind()
    carrier.pass_link_time(5)
    assert carrier.called == []
    carrier.respond(carrier.deliveries()[0])
    carrier.hang_up(link)
    carrier.pass_link_time(100)
    assert carrier.called == []


def test_a_receiver_that_leaves_something_behind_is_called() -> None:
    """What it did not acknowledge waits again."""
    carrier = a_carrier()
    link = carrier.bind()
    text_from_a_phone(carrier)
    carrier.hang_up(link, *carrier.deliveries())
    carrier.pass_link_time(1)
    assert carrier.called == ["demo"]


def test_an_account_has_one_call_at_a_time() -> None:
    """However much waits, and however often somebody asks."""
    carrier = a_carrier()
    for _ in range(3):
        text_from_a_phone(carrier)
    carrier.pass_link_time(1)
    text_from_a_phone(carrier)
    carrier.pass_link_time(100)
    assert carrier.called == ["demo"]
    assert asked(carrier) == f"{TO} is being called"
    carrier.connect("demo")
    carrier.pass_link_time(100)
    assert carrier.called == ["demo"]
    assert asked(carrier) == f"the link of the last call to {TO} is open"


def test_calls_in_vain_wait_longer_and_longer() -> None:
    """First a second, then twice as long each time, a minute at most; one line of log each."""
    carrier = a_carrier()
    text_from_a_phone(carrier)
    carrier.pass_link_time(1)
    pauses = []
    for number in range(1, 10):
        carrier.fail_call("demo", "connection refused")
        waited = 0.0
        while len(carrier.called) == number:
            carrier.pass_link_time(0.5)
            waited += 0.5
        pauses.append(waited)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert BACK_OFF_MAX_S == 60
    event, fields = carrier.logged[0]
    assert event == "outbind_unanswered"
    reason = "connection refused"
    assert fields == {"system_id": "demo", "to": TO, "reason": reason, "pause_s": 1.0}
    assert details(carrier)[:3] == [f"calls {TO}", f"{TO}: connection refused", f"calls {TO}"]


def test_an_esme_that_never_binds_is_given_up() -> None:
    """The session ends by its session_init timer (SMPP 3.4 §7.2)."""
    carrier = a_carrier()
    text_from_a_phone(carrier)
    carrier.pass_link_time(1)
    carrier.hang_up(carrier.connect("demo"))
    assert logged(carrier) == [("outbind_unanswered", "gone")]
    carrier.pass_link_time(1)
    assert carrier.called == ["demo", "demo"]


def test_a_bind_that_is_refused_is_told_as_what_it_is() -> None:
    """T11: the credentials of the bind are the account's, not those of the outbind."""
    carrier = a_carrier()
    text_from_a_phone(carrier)
    carrier.pass_link_time(1)
    link = carrier.connect("demo")
    carrier.bind(bind=BindReceiver("demo", "wrong"), link_id=link)
    assert carrier.disconnected == [link]
    carrier.hang_up(link)
    reason = "its bind was refused: ESME_RINVPASWD"
    assert logged(carrier) == [("outbind_unanswered", reason)]


@pytest.mark.parametrize(
    ("bind", "reason"),
    [
        (BindTransmitter("demo", "demo"), "it bound as a transmitter only"),
        (BindReceiver("other", "demo"), "it bound as other"),
    ],
)
def test_a_bind_that_takes_nothing_holds_the_line(bind: Any, reason: str) -> None:
    """It is bound as it wants to be; the account is called again once that link is gone."""
    carrier = a_carrier(None, AccountSettings("other", "demo"))
    text_from_a_phone(carrier)
    carrier.pass_link_time(1)
    link = carrier.connect("demo")
    bind.sequence_number = 0
    carrier.bind(bind=bind, link_id=link)
    assert carrier.sent[-1].pdu.command_status == values.ESME_ROK
    assert logged(carrier) == [("outbind_without_receiver", reason)]
    carrier.pass_link_time(1000)
    assert carrier.called == ["demo"]
    carrier.hang_up(link)
    assert logged(carrier)[1:] == [("outbind_unanswered", reason)]
    carrier.pass_link_time(1)
    assert carrier.called == ["demo", "demo"]


def test_who_takes_everything_and_leaves_is_called_again_without_a_pause() -> None:
    """Picking up and hanging up is what outbind is for."""
    carrier = a_carrier()
    for number in range(1, 4):
        text_from_a_phone(carrier)
        carrier.pass_link_time(1)
        assert len(carrier.called) == number
        link = carrier.connect("demo")
        carrier.bind(bind=BindReceiver("demo", "demo"), link_id=link)
        carrier.respond(carrier.deliveries()[-1])
        carrier.hang_up(link)


def test_who_comes_and_takes_nothing_is_called_less_and_less() -> None:
    """Else an ESME that fails at the first message would be called all the time."""
    carrier = a_carrier()
    text_from_a_phone(carrier)
    for pause in (1, 1, 2, 4):
        calls = len(carrier.called)
        carrier.pass_link_time(pause - 0.1)
        assert len(carrier.called) == calls
        carrier.pass_link_time(0.1)
        assert len(carrier.called) == calls + 1
        link = carrier.connect("demo")
        carrier.bind(bind=BindReceiver("demo", "demo"), link_id=link)
        carrier.hang_up(link, carrier.deliveries()[-1])


def test_a_user_may_ask_for_a_call_at_once() -> None:
    """Whatever waits, and whatever pause there is."""
    carrier = a_carrier()
    assert asked(carrier) == ""
    assert carrier.called == ["demo"]
    carrier.fail_call("demo", "connection refused")
    assert asked(carrier) == ""
    assert carrier.called == ["demo", "demo"]


def test_who_is_not_configured_is_not_called() -> None:
    """Nor is anybody under `*`: who would that be?"""
    everybody = AccountSettings(ANY, ANY, outbind=settings().outbind)
    carrier = DirectCarrier(None, [AccountSettings("demo", "demo"), everybody])
    assert "has no outbind" in asked(carrier)
    text_from_a_phone(carrier)
    carrier.pass_link_time(100)
    assert carrier.called == []
    assert carrier.box.centre.outbinds.next_deadline() is None


def test_what_waited_before_a_restart_is_a_reason_to_call() -> None:
    """The journal knows what is owed."""
    store = FakeStore()
    text_from_a_phone(a_carrier(store))
    carrier = a_carrier(store)
    assert carrier.box.centre.handover.next_deadline() == carrier.link_now + 1
    carrier.pass_link_time(1)
    assert carrier.called == ["demo"]


def test_a_failed_commit_loses_neither_a_call_nor_its_outbind() -> None:
    """Who is called is promised nothing, and waits."""
    store = FakeStore()
    carrier = a_carrier(store)
    store.fail(times=2)
    carrier._begin()
    carrier.box.centre.set_phone_power(PHONE, False, lambda problem: None)
    carrier.box.centre.outbinds.request("demo", lambda problem: None)
    carrier.run()
    assert carrier.called == ["demo"]
    carrier._begin()
    carrier.box.centre.set_phone_power(PHONE, False, lambda problem: None)
    carrier.connect("demo")
    assert [type(one.pdu) for one in carrier.sent] == [Outbind]


def test_links_that_nobody_called_are_none_of_its_business() -> None:
    """Every bind and every end of a link is told."""
    bindings = Bindings()
    accounts = Accounts([settings()])
    outbinds = Outbinds(CurrentTurn(), accounts, bindings, Deliveries(bindings))
    carrier = a_carrier()
    link = carrier.bind()
    binding = carrier.box.centre.bindings.of_link(link)
    assert binding is not None
    outbinds.on_bound(binding)
    outbinds.on_refused(link, "x")
    outbinds.on_closed(link, "x")
    assert outbinds.next_deadline() is None
