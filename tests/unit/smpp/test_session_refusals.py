"""What a session refuses, forgives and leaves: bodies of refusals, stray octets, calls."""

from carrierbox.smpp import states, values
from carrierbox.smpp.events import (
    BindReceived,
    Event,
    PduRejected,
    RequestReceived,
    ResponseReceived,
    SessionClosed,
)
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindTransceiver,
    BindTransceiverResp,
    DeliverSm,
    EnquireLink,
    Outbind,
    Pdu,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.wire import encode_pdu


def pull(session: Session) -> list[Event]:
    events: list[Event] = []
    while (event := session.next_event(0.0)) is not None:
        events.append(event)
    return events


def feed(session: Session, pdu: Pdu) -> list[Event]:
    """What the session tells of a PDU that arrives."""
    session.receive_octets(encode_pdu(pdu))
    return pull(session)


def smsc() -> Session:
    """A message centre's end, bound as transceiver."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    assert isinstance(feed(session, BindTransceiver("app", sequence_number=1))[0], BindReceived)
    session.send(BindTransceiverResp("box", 1), 0.0)
    session.data_to_send()
    return session


def test_refusals_of_a_session_have_bodies_where_they_are_wanted() -> None:
    """T09: those that the session makes by itself, too."""
    session = smsc()
    session.error_bodies = True
    feed(session, BindReceiver(sequence_number=4))
    assert session.data_to_send() == bytes.fromhex("0000001180000001000000050000000400")


def test_a_tap_is_shown_every_pdu_once_and_drops_some() -> None:
    """Before anything is judged: what it drops is neither answered nor counted."""
    session = smsc()
    shown: list[tuple[bytes, float]] = []

    def tap(frame: bytes, now: float) -> bool:
        shown.append((frame, now))
        return len(shown) != 2

    session.tap = tap
    frames = [encode_pdu(EnquireLink(sequence_number=number)) for number in (2, 3, 4)]
    session.receive_octets(b"".join(frames))
    assert session.next_event(5.0) is None
    assert shown == [(frame, 5.0) for frame in frames]
    answers = session.frames_to_send()
    assert [octets[15] for octets in answers] == [2, 4]
    assert session.data_to_send() == b""


def test_a_pdu_that_has_to_wait_is_shown_once() -> None:
    """Beyond the window of unanswered requests it is held, and looked at again."""
    settings = SessionSettings()
    settings.inbound_window = 1
    session = Session(states.SMSC, settings, 0.0)
    feed(session, BindTransceiver("app", sequence_number=1))
    session.send(BindTransceiverResp("box", 1), 0.0)
    shown: list[int] = []

    def tap(frame: bytes, now: float) -> bool:
        shown.append(frame[15])
        return True

    session.tap = tap
    feed(session, SubmitSm(destination_addr="336", sequence_number=2))
    assert feed(session, SubmitSm(destination_addr="336", sequence_number=3)) == []
    assert pull(session) == []
    session.send(SubmitSmResp("7", 2), 0.0)
    (event,) = pull(session)
    assert isinstance(event, RequestReceived)
    assert shown == [2, 3]


def test_a_lenient_session_reads_past_what_is_no_tlv() -> None:
    """T05: in requests and in responses; a strict one tells the one and drops the other."""
    sound = encode_pdu(SubmitSm(destination_addr="336", sequence_number=2))
    frame = (len(sound) + 2).to_bytes(4, "big") + sound[4:] + b"\r\n"
    response = bytes.fromhex("0000001380000005000000000000000100") + b"\r\n"
    for is_lenient, kinds in (
        (True, [RequestReceived, ResponseReceived]),
        (False, [PduRejected, PduRejected]),
    ):
        session = smsc()
        session.is_lenient = is_lenient
        session.send(DeliverSm(), 0.0, "context")
        session.receive_octets(frame + response)
        events = pull(session)
        assert [type(event) for event in events] == kinds
        assert getattr(events[1], "context", None) == "context"


def test_an_outbind_of_an_application_changes_nothing() -> None:
    """SMPP 3.4 §4.1.7: only the centre may send it, and it has no response."""
    for session in (Session(states.SMSC, SessionSettings(), 0.0), smsc()):
        before = session.state
        (event,) = feed(session, Outbind("me", "pw"))
        assert isinstance(event, PduRejected)
        assert event.command_status == values.ESME_RINVBNDSTS
        assert (session.state, session.data_to_send()) == (before, b"")


def test_who_is_called_and_does_not_bind_is_left() -> None:
    """SMPP 3.4 §7.2: session_init_timer, from the connection on, of both ends."""
    centre = Session(states.SMSC, SessionSettings(session_init_timeout_s=5.0), 0.0)
    centre.send(Outbind("box", "pw"), 1.0)
    assert centre.next_deadline() == 5.0
    centre.on_time(5.0)
    (event,) = pull(centre)
    assert isinstance(event, SessionClosed)
    assert centre.wants_close
