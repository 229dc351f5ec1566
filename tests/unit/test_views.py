"""What a box holds as others see it: decoded, named, dated, in bounded pieces."""

import pytest

from carrierbox import shapes, views
from carrierbox.app import PhoneSettings
from carrierbox.clock import NetworkTime
from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.identifiers import LinkId, international
from carrierbox.smpp.pdus import DataSm, SmeDestination, SubmitMulti, SubmitSm
from carrierbox.smpp.tlv import Tlv
from carrierbox.smpp.values import DELIVERED, ENROUTE
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.messages import Message
from carrierbox.testing.direct import DirectCarrier, number_plan
from carrierbox.trace import PHONE, ROUTED, Trace, TraceEvent

FRENCH = "33612345678"
INDIAN = "919812345678"
SHORT_CODE = "38100"


@pytest.fixture
def carrier() -> DirectCarrier:
    """A box with one phone that is switched off, and an account that has a short code."""
    return DirectCarrier(
        accounts=[AccountSettings("demo", "demo", address_range=SHORT_CODE)],
        phones=[PhoneSettings(FRENCH, power=False)],
    )


@pytest.fixture
def link(carrier: DirectCarrier) -> LinkId:
    """A bound transceiver."""
    return carrier.bind()


def submitted(carrier: DirectCarrier, link: LinkId, submit: SubmitSm) -> Message:
    """The message that a submit_sm becomes."""
    messages = carrier.box.centre.registry
    before = len(messages)
    carrier.request(link, submit)
    carrier.run()
    assert len(messages) == before + 1
    return messages.oldest_first()[-1]


def submit_sm(
    destination_addr: str = "+" + INDIAN,
    short_message: bytes = b"Hi",
    *,
    data_coding: int = 0,
    esm_class: int = 0,
    registered_delivery: int = 0,
    tlvs: list[Tlv] | None = None,
) -> SubmitSm:
    """A submit_sm from ACME."""
    return SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=destination_addr,
        esm_class=esm_class,
        registered_delivery=registered_delivery,
        data_coding=data_coding,
        short_message=short_message,
        tlvs=tlvs or [],
    )


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_800_000_000.25, "2027-01-15T08:00:00.250Z"),
        (1_800_000_000.9999, "2027-01-15T08:00:00.999Z"),
        (1e18, "9999-12-31T23:59:59.000Z"),
        (-5.0, "1970-01-01T00:00:00.000Z"),
    ],
)
def test_times_are_rfc_3339_in_utc_with_milliseconds(at: float, text: str) -> None:
    """A clock that was advanced beyond all dates still has one."""
    assert views.rfc3339(at) == text


def test_a_delivered_message_tells_all_of_its_fields(carrier: DirectCarrier, link: LinkId) -> None:
    """As the client sent it, as it was routed, and how it ended."""
    message = submitted(carrier, link, submit_sm(registered_delivery=1))
    seen = views.message_view(message)
    assert seen.message_id == "0000000001"
    assert (seen.system_id, seen.source_addr) == ("demo", "ACME")
    assert (seen.destination_addr, seen.msisdn) == ("+" + INDIAN, "+" + INDIAN)
    assert (seen.country, seen.rule, seen.origin) == ("IN", "open", "esme")
    assert seen.carrier == message.carrier != ""
    assert (seen.message_state, seen.err, seen.attempts) == ("DELIVERED", "000", 1)
    assert (seen.data_coding, seen.parts, seen.registered_delivery) == (0, 1, 1)
    assert seen.accepted_at == "2027-01-15T08:00:00.000Z"
    assert seen.final_at == "2027-01-15T08:00:00.000Z"
    assert seen.receipt == "sent"


def test_a_receipt_is_acknowledged_by_its_response(carrier: DirectCarrier, link: LinkId) -> None:
    """Sent is not yet taken."""
    message = submitted(carrier, link, submit_sm(registered_delivery=1))
    carrier.respond(carrier.deliveries()[0])
    assert views.message_view(message).receipt == "acknowledged"


def test_a_receipt_is_held_while_nobody_is_bound(carrier: DirectCarrier, link: LinkId) -> None:
    """It waits for any receiver of the account."""
    message = submitted(carrier, link, submit_sm("+" + FRENCH, registered_delivery=1))
    carrier.hang_up(link)
    carrier.set_power(FRENCH, True)
    assert views.message_view(message).receipt == "held"


def test_a_waiting_message_has_no_final_time_and_tells_its_cause(
    carrier: DirectCarrier, link: LinkId
) -> None:
    """The phone is off: ABSENT_SUBSCRIBER is 6."""
    seen = views.message_view(submitted(carrier, link, submit_sm("+" + FRENCH)))
    assert (seen.message_state, seen.final_at, seen.err) == ("ENROUTE", None, "006")
    assert seen.receipt == "none"


@pytest.mark.parametrize(
    ("submit", "text"),
    [
        (submit_sm(short_message=b"\x1b\x65 1 \x00"), "€ 1 @"),
        (submit_sm(short_message="Grüße 🎉".encode("utf-16-be"), data_coding=8), "Grüße 🎉"),
        (submit_sm(short_message=b"na\xefve", data_coding=3), "naïve"),
        (submit_sm(short_message=b"\x05\x00\x03\x07\x02\x01Hel", esm_class=0x40), "Hel"),
        (submit_sm(short_message=b"", tlvs=[Tlv(0x0424, b"long text")]), "long text"),
        (submit_sm(short_message=b""), ""),
    ],
    ids=["gsm7", "ucs2", "latin1", "udh", "message_payload", "empty"],
)
def test_the_text_is_decoded_wherever_it_stands(
    carrier: DirectCarrier, link: LinkId, submit: SubmitSm, text: str
) -> None:
    """By data_coding, without its header, out of message_payload too (T38, T40)."""
    assert views.message_view(submitted(carrier, link, submit)).text == text


def test_a_long_text_counts_the_parts_the_phone_gets(carrier: DirectCarrier, link: LinkId) -> None:
    """161 characters are two parts, also of a message that waits."""
    submit = submit_sm("+" + FRENCH, short_message=b"x" * 161)
    assert views.message_view(submitted(carrier, link, submit)).parts == 2


def test_a_message_from_a_phone_has_that_origin_and_no_receipt(carrier: DirectCarrier) -> None:
    """It waits for its account; what is acknowledged is the message itself."""
    carrier.set_power(FRENCH, True)
    network, centre = carrier.box.network, carrier.box.centre
    told: list[str] = []
    destination = international(SHORT_CODE)
    destination.ton = 0
    for part in network.mobile_originated(FRENCH, destination, "STOP"):
        centre.submit_from_phone(part, told.append)
    carrier.run()
    assert told == [""]
    (message,) = centre.registry.oldest_first()
    seen = views.message_view(message)
    assert (seen.origin, seen.receipt, seen.message_state) == ("phone", "none", "ENROUTE")
    assert (seen.source_addr, seen.destination_addr) == (FRENCH, SHORT_CODE)
    assert (seen.msisdn, seen.text, seen.parts) == ("+" + FRENCH, "STOP", 1)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (views.MessageFilter(), [1, 2]),
        (views.MessageFilter(to=INDIAN), [1]),
        (views.MessageFilter(to="+91 98123-45678"), [1]),
        (views.MessageFilter(to="0033612345678"), [2]),
        (views.MessageFilter(to="1"), []),
        (views.MessageFilter(source="ACME"), [1, 2]),
        (views.MessageFilter(source="acme"), []),
        (views.MessageFilter(system_id="demo", state=DELIVERED), [1]),
        (views.MessageFilter(system_id="other"), []),
        (views.MessageFilter(state=ENROUTE, to=FRENCH), [2]),
    ],
)
def test_messages_are_found_by_what_was_asked_for(
    carrier: DirectCarrier, link: LinkId, wanted: views.MessageFilter, found: list[int]
) -> None:
    """A number may be written in any way, an alphanumeric address only as it is."""
    submitted(carrier, link, submit_sm())
    submitted(carrier, link, submit_sm("33 612 345 678"))
    messages = carrier.box.centre.registry.oldest_first()
    assert [each.message_id for each in messages if wanted.matches(each)] == found


def test_a_filter_that_asks_for_nothing_is_open() -> None:
    """Then nothing needs to be looked at but what is shown."""
    assert views.MessageFilter().is_open
    assert not views.MessageFilter(state=0).is_open
    assert not views.MessageFilter(to="x").is_open


def test_the_events_of_a_message_are_numbered_as_in_the_trace(
    carrier: DirectCarrier, link: LinkId
) -> None:
    """One page after the other comes to the same as all at once."""
    submitted(carrier, link, submit_sm("+" + FRENCH))
    message = submitted(carrier, link, submit_sm())
    trace = carrier.box.trace
    last, events = views.message_events_page(trace, message.message_id)
    assert last == trace.newest
    kinds = [event.kind for event in events]
    assert kinds == [
        "submitted",
        "accepted",
        "routed",
        "attempt",
        "procedure",
        "procedure",
        "arrived",
        "concluded",
    ]
    procedures = [event.detail for event in events if event.kind == "procedure"]
    assert procedures == ["sendRoutingInfoForSM to HLR: ok", "mt-ForwardSM: ok"]
    _, everything = views.events_page(trace, 0)
    of_message = [event for event in everything if event.message_id == "0000000002"]
    assert [event.number for event in events] == [event.number for event in of_message]
    found, position = [], 0
    while position < trace.newest:
        position, page = views.message_events_page(trace, message.message_id, position, 2)
        found += page
    assert found == events
    shown = views.with_events(views.message_view(message), events)
    assert (shown.message_id, shown.events) == ("0000000002", events)


def test_a_reader_that_fell_behind_goes_on_at_the_oldest_event() -> None:
    """The ring holds three; numbers tell what was missed."""
    trace = Trace(size=3)
    for number in range(1, 8):
        trace.add(TraceEvent(PHONE, NetworkTime(float(number)), 0, "", FRENCH, "on"))
    last, events = views.events_page(trace, 2)
    assert (last, [event.number for event in events]) == (7, [5, 6, 7])
    assert (events[0].message_id, events[0].msisdn) == (None, "+" + FRENCH)
    assert views.events_page(trace, 7) == (7, [])


def test_a_reader_from_before_a_restart_begins_anew() -> None:
    """The trace counts from 1 again, so a number beyond it is an old one."""
    trace = Trace()
    trace.add(TraceEvent(ROUTED, NetworkTime(1.0), 5, "demo", FRENCH, "SFR"))
    last, events = views.events_page(trace, 4000)
    assert last == 1
    assert [(event.number, event.kind, event.message_id) for event in events] == [
        (1, "routed", "0000000005")
    ]


def test_an_event_of_an_unknown_kind_keeps_its_number() -> None:
    """Nothing that somebody adds to the trace can break its readers."""
    trace = Trace()
    trace.add(TraceEvent(250, NetworkTime(1.0), 0, "", "", ""))
    assert views.events_page(trace, 0)[1][0].kind == "250"


def test_a_phone_shows_its_texts_and_where_it_belongs(carrier: DirectCarrier, link: LinkId) -> None:
    """The newest last, with the sender as a phone shows it."""
    submitted(carrier, link, submit_sm(short_message=b"one"))
    submitted(carrier, link, submit_sm(short_message=b"x" * 161))
    network = carrier.box.network
    handset = network.phone(INDIAN)
    assert handset is not None
    seen = views.phone_view(network, number_plan(), handset, 0)
    assert (seen.msisdn, seen.country, seen.power) == ("+" + INDIAN, "IN", "on")
    assert seen.imsi == "999709812345678"
    assert [(text.number, text.sender, text.text, text.parts) for text in seen.texts] == [
        (1, "ACME", "one", 1),
        (2, "ACME", "x" * 161, 2),
    ]
    assert seen.texts[0].sent_at == seen.texts[0].received_at == "2027-01-15T08:00:00.000Z"
    summary = views.phone_summary(network, number_plan(), handset, 0)
    assert (summary.duplicates, summary.waiting) == (0, 0)


def test_a_phone_of_nobodys_number_belongs_nowhere(carrier: DirectCarrier) -> None:
    """A user may name any number; no country owns 0."""
    handset = carrier.phone("0" * 12)
    seen = views.phone_summary(carrier.box.network, number_plan(), handset, 3)
    assert (seen.country, seen.carrier, seen.waiting) == ("", "", 3)


def test_the_tlvs_of_a_message_are_shown_as_they_came(carrier: DirectCarrier, link: LinkId) -> None:
    """T43: those of vendors, unknown ones and repeated ones too, in their order."""
    submit = submit_sm(
        tlvs=[
            Tlv(0x1403, b"\xab\x00"),
            Tlv(0x0204, b"\x01\x02"),
            Tlv(0x001E, b"17\0"),
            Tlv(0x0204, b"\x01"),
            Tlv(0x1403, b""),
        ]
    )
    seen = views.message_view(submitted(carrier, link, submit)).tlvs
    assert [(each.tag, each.name, each.value, each.meaning) for each in seen] == [
        (0x1403, "0x1403", "ab00", None),
        (0x0204, "user_message_reference", "0102", 258),
        (0x001E, "receipted_message_id", "313700", "17"),
        (0x0204, "user_message_reference", "01", None),
        (0x1403, "0x1403", "", None),
    ]


def test_tlvs_are_still_there_after_a_restart(carrier: DirectCarrier, link: LinkId) -> None:
    """T43: the journal keeps the PDU as it came; of a data_sm and a submit_multi what they said."""
    vendor = Tlv(0x3FFF, b"theirs")
    submitted(carrier, link, submit_sm(tlvs=[vendor]))
    payload = Tlv(0x0424, b"Hi")
    carrier.ask(link, DataSm(destination_addr=FRENCH, tlvs=[payload, vendor]))
    multi = SubmitMulti(dest_address=[SmeDestination(1, 1, FRENCH)], tlvs=[vendor])
    carrier.ask(link, multi)
    later = DirectCarrier(carrier.store)
    for message in later.box.centre.registry.oldest_first():
        told = views.message_view(message).tlvs
        assert (told[-1].name, told[-1].value) == ("0x3FFF", b"theirs".hex())


def test_a_message_shows_what_its_rule_made_of_it() -> None:
    """The truth and what its sender is told, side by side; null where there is no difference."""
    carrier = DirectCarrier()
    outcome = {
        "source_addr": "567890",
        "hold": "1s",
        "text": {"append": "!"},
        "report": {"state": "REJECTED", "err": "013", "after": "5s", "copies": 2},
    }
    rule = {"name": "mine", "why": "Because.", "then": outcome}
    carrier.box.rules.add_test_rule(compile_rule(definition_of(rule)))
    link = carrier.bind()
    carrier.ask(link, SubmitSm(source_addr="ACME", destination_addr=FRENCH, short_message=b"Hi"))
    (message,) = carrier.box.centre.registry.newest_first()
    held = views.message_view(message).told
    assert held is not None
    assert (held.at, held.message_state) == (None, "ENROUTE")
    carrier.advance(1.0)
    shown = views.message_view(message)
    assert (shown.rule, shown.message_state, shown.err) == ("mine", "DELIVERED", "000")
    assert shown.text == "Hi"
    assert shown.told == shapes.Told(
        reason="Because.",
        deliver=True,
        message_state="REJECTED",
        err="013",
        at=views.rfc3339(message.final_at + 5.0),
        receipts=2,
        held_until=views.rfc3339(message.accepted_at + 1.0),
        source_addr="567890",
        text="Hi!",
    )
    carrier.box.rules.put_test_rules([])
    carrier.ask(link, SubmitSm(source_addr="ACME", destination_addr=FRENCH, short_message=b"Hi"))
    assert views.message_view(next(carrier.box.centre.registry.newest_first())).told is None
