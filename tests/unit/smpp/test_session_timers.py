"""A session in time: session_init, enquire_link, inactivity (SMPP 3.4 §7.2)."""

import pytest

from carrierbox.smpp import states, values
from carrierbox.smpp.events import Event, SessionClosed
from carrierbox.smpp.pdus import (
    BindTransceiver,
    BindTransceiverResp,
    EnquireLink,
    EnquireLinkResp,
    Pdu,
    QuerySm,
    SubmitSm,
)
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.wire import decode_pdu, encode_pdu


def feed(session: Session, *pdus: Pdu, now: float = 0.0) -> list[Event]:
    """What the session tells of PDUs that arrive in one read."""
    session.receive_octets(b"".join(encode_pdu(pdu) for pdu in pdus))
    return pull(session, now)


def pull(session: Session, now: float = 0.0) -> list[Event]:
    events: list[Event] = []
    while (event := session.next_event(now)) is not None:
        events.append(event)
    return events


def sent(session: Session) -> list[Pdu]:
    """The PDUs that wait to be written."""
    octets = session.data_to_send()
    pdus = []
    while octets:
        length_octets = int.from_bytes(octets[:4], "big")
        pdus.append(decode_pdu(octets[:length_octets]))
        octets = octets[length_octets:]
    return pdus


def heads(pdus: list[Pdu]) -> list[tuple[int, int, int]]:
    return [(pdu.command_id, pdu.command_status, pdu.sequence_number) for pdu in pdus]


def smsc(settings: SessionSettings) -> Session:
    """A message centre's end, bound as transceiver."""
    session = Session(states.SMSC, settings, 0.0)
    feed(session, BindTransceiver("app", "pw", sequence_number=1))
    session.send(BindTransceiverResp("box", 1), 0.0)
    session.data_to_send()
    return session


def the_end(events: list[Event]) -> SessionClosed:
    """The one SessionClosed, which must be last."""
    assert [isinstance(event, SessionClosed) for event in events].count(True) == 1
    last = events[-1]
    assert isinstance(last, SessionClosed)
    return last


@pytest.mark.parametrize("role", [states.SMSC, states.ESME])
def test_a_session_without_a_bind_is_dropped(role: int) -> None:
    """SMPP 3.4 §7.2, session_init_timer; enquire_link before the bind is answered (T14)."""
    session = Session(role, SessionSettings(session_init_timeout_s=30), 100.0)
    feed(session, EnquireLink(1), now=120.0)
    assert heads(sent(session)) == [(values.ENQUIRE_LINK_RESP, 0, 1)]
    assert session.next_deadline() == 130.0
    session.on_time(130.0)
    the_end(pull(session))
    assert session.wants_close


def test_silence_is_broken_by_enquire_link_and_no_answer_ends_the_session() -> None:
    """SMPP 3.4 §7.2, T14."""
    session = smsc(SessionSettings(enquire_link_s=60, response_timeout_s=10))
    assert session.next_deadline() == 60.0
    feed(session, SubmitSm(sequence_number=2), now=50.0)
    session.on_time(60.0)
    assert session.data_to_send() == b""
    assert session.next_deadline() == 110.0
    session.on_time(110.0)
    (enquiry,) = sent(session)
    assert enquiry.command_id == values.ENQUIRE_LINK
    assert feed(session, EnquireLinkResp(enquiry.sequence_number), now=111.0) == []
    assert session.next_deadline() == 171.0
    session.on_time(171.0)
    session.on_time(181.0)
    the_end(pull(session))
    assert session.ignored_responses == 0


def test_any_pdu_answers_our_enquire_link() -> None:
    """SMPP 3.4 §4.11: the peer is alive whatever it says."""
    session = smsc(SessionSettings(enquire_link_s=60, response_timeout_s=10))
    assert pull(session) == []
    session.on_time(60.0)
    assert [pdu.command_id for pdu in sent(session)] == [values.ENQUIRE_LINK]
    feed(session, EnquireLink(5), now=65.0)
    session.on_time(70.0)
    assert pull(session) == []


def test_octets_that_the_owner_has_not_come_to_are_no_silence() -> None:
    """T14, T17: a slow owner must not cost the peer its session."""
    session = smsc(SessionSettings(inbound_window=1, enquire_link_s=60))
    feed(session, SubmitSm(sequence_number=2), SubmitSm(sequence_number=3))
    session.on_time(1000.0)
    assert session.data_to_send() == b""
    assert pull(session) == []


def test_enquire_link_alone_is_no_activity() -> None:
    """SMPP 3.4 §7.2, inactivity_timer."""
    session = smsc(SessionSettings(inactivity_timeout_s=100))
    feed(session, QuerySm("x", sequence_number=2), now=30.0)
    feed(session, EnquireLink(3), EnquireLink(4), now=90.0)
    session.on_time(129.0)
    assert pull(session) == []
    session.on_time(130.0)
    assert the_end(pull(session)).reason == "inactive"
