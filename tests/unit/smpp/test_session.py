"""A session, either end: what it answers itself, what it asks the owner, and when it ends."""

import pytest

from carrierbox.errors import LocalProtocolError
from carrierbox.smpp import states, values
from carrierbox.smpp.events import (
    BindReceived,
    Event,
    Notification,
    PduRejected,
    RequestReceived,
    ResponseExpired,
    ResponseReceived,
    SessionClosed,
)
from carrierbox.smpp.pdus import (
    AlertNotification,
    BindReceiver,
    BindReceiverResp,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    BindTransmitterResp,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    Outbind,
    Pdu,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
)
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, TAG_SC_INTERFACE_VERSION, Tlv, tlv_int
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


def smsc(settings: SessionSettings | None = None, interface_version: int = 0x34) -> Session:
    """A message centre's end, bound as transceiver."""
    session = Session(states.SMSC, settings or SessionSettings(), 0.0)
    bind = BindTransceiver("app", "pw", interface_version=interface_version, sequence_number=1)
    assert isinstance(feed(session, bind)[0], BindReceived)
    session.send(BindTransceiverResp("box", 1), 0.0)
    session.data_to_send()
    return session


def esme(settings: SessionSettings | None = None) -> Session:
    """An application's end, bound as transceiver."""
    session = Session(states.ESME, settings or SessionSettings(), 0.0)
    session.send(BindTransceiver("app", "pw"), 0.0)
    feed(session, BindTransceiverResp("box", 1))
    session.data_to_send()
    return session


def the_end(events: list[Event]) -> SessionClosed:
    """The one SessionClosed, which must be last."""
    assert [isinstance(event, SessionClosed) for event in events].count(True) == 1
    last = events[-1]
    assert isinstance(last, SessionClosed)
    return last


# --- bind -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bind", "answer", "state"),
    [
        (BindTransmitter(sequence_number=9), BindTransmitterResp("box", 9), states.BOUND_TX),
        (BindReceiver(sequence_number=9), BindReceiverResp("box", 9), states.BOUND_RX),
        (BindTransceiver(sequence_number=9), BindTransceiverResp("box", 9), states.BOUND_TRX),
    ],
)
def test_an_accepted_bind_moves_the_state(bind: Pdu, answer: Pdu, state: int) -> None:
    """SMPP 3.4 §2.2, at the message centre."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    assert isinstance(feed(session, bind)[0], BindReceived)
    assert session.state == states.OPEN
    session.send(answer, 0.0)
    assert session.state == state


def test_a_refused_bind_leaves_the_session_open_for_another() -> None:
    """T11: the refusal has the bind's own kind; a second try may succeed."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    feed(session, BindTransmitter(sequence_number=1))
    refusal = BindTransmitterResp("", 1, values.ESME_RINVPASWD)
    session.send(refusal, 0.0)
    assert session.state == states.OPEN
    assert len(session.data_to_send()) == 16
    assert isinstance(feed(session, BindTransceiver(sequence_number=2))[0], BindReceived)


def test_a_bind_must_be_answered_in_its_own_kind() -> None:
    """T11."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    feed(session, BindTransmitter(sequence_number=1))
    with pytest.raises(LocalProtocolError, match="does not answer bind_transmitter"):
        session.send(BindReceiverResp("box", 1, values.ESME_RBINDFAIL), 0.0)
    with pytest.raises(LocalProtocolError, match="another sequence_number"):
        session.send(BindTransmitterResp("box", 2), 0.0)
    session.send(BindTransmitterResp("box", 1), 0.0)
    assert session.state == states.BOUND_TX


def test_what_follows_a_bind_waits_for_its_answer() -> None:
    """A pipelined submit_sm is judged in the state that the answer makes."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    events = feed(session, BindTransceiver(sequence_number=1), SubmitSm(sequence_number=2))
    assert [type(event) for event in events] == [BindReceived]
    assert not session.has_work
    session.send(BindTransceiverResp("box", 1), 0.0)
    assert session.has_work
    assert [type(event) for event in pull(session)] == [RequestReceived]


def test_what_follows_a_refused_bind_is_illegal() -> None:
    """T11: ESME_RINVBNDSTS before a bind."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    feed(session, BindTransceiver(sequence_number=1), SubmitSm(sequence_number=2))
    session.send(BindTransceiverResp("", 1, values.ESME_RBINDFAIL), 0.0)
    assert [type(event) for event in pull(session)] == [PduRejected]
    assert heads(sent(session))[1] == (values.SUBMIT_SM_RESP, values.ESME_RINVBNDSTS, 2)


def test_a_second_bind_is_refused_in_its_own_kind() -> None:
    """T11: ESME_RALYBND."""
    session = smsc()
    feed(session, BindReceiver(sequence_number=5))
    assert heads(sent(session)) == [(values.BIND_RECEIVER_RESP, values.ESME_RALYBND, 5)]
    assert session.state == states.BOUND_TRX


@pytest.mark.parametrize(
    ("interface_version", "in_force", "has_tlv"),
    [
        (0x34, 0x34, True),
        (0x50, 0x34, True),
        (0x22, 0x34, True),
        (0x33, 0x33, False),
        (0, 0, False),
    ],
)
def test_the_version_of_the_centre_is_told_to_peers_that_read_tlvs(
    interface_version: int, in_force: int, has_tlv: bool
) -> None:
    """T13: sc_interface_version to 3.4 and above; 0x22 is the decimal slip for 0x34."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    feed(session, BindTransceiver(interface_version=interface_version, sequence_number=1))
    session.send(BindTransceiverResp("box", 1), 0.0)
    version = tlv_int(sent(session)[0].tlvs, TAG_SC_INTERFACE_VERSION)
    assert version == (0x34 if has_tlv else None)
    assert session.interface_version == in_force


def test_tlvs_are_taken_off_for_a_peer_below_3_4() -> None:
    """T13, SMPP 3.4 §3.4."""
    session = smsc(interface_version=0x33)
    session.send(DeliverSm(tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, b"x")]), 0.0)
    assert sent(session)[0].tlvs == []


def test_an_application_believes_the_version_of_the_centre() -> None:
    """T13: a centre that says 3.3 gets no TLVs; one that says nothing gets them."""
    session = Session(states.ESME, SessionSettings(), 0.0)
    session.send(BindTransceiver("app"), 0.0)
    feed(session, BindTransceiverResp("box", 1, tlvs=[Tlv(TAG_SC_INTERFACE_VERSION, b"\x33")]))
    session.data_to_send()
    session.send(SubmitSm(tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, b"x")]), 0.0)
    assert sent(session)[0].tlvs == []
    silent = esme()
    silent.send(SubmitSm(tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, b"x")]), 0.0)
    assert sent(silent)[0].tlvs == [Tlv(TAG_MESSAGE_PAYLOAD, b"x")]


def test_a_bind_with_a_long_password_is_refused_whole() -> None:
    """T12: nine characters are one too many; nothing is cut."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    body = b"app\0" + b"123456789\0" + b"\0\x34\0\0\0"
    head = (16 + len(body)).to_bytes(4, "big") + bytes.fromhex("000000090000000000000001")
    session.receive_octets(head + body)
    assert [type(event) for event in pull(session)] == [PduRejected]
    assert heads(sent(session)) == [(values.BIND_TRANSCEIVER_RESP, values.ESME_RINVPASWD, 1)]


def test_an_outbind_asks_the_application_to_bind() -> None:
    """SMPP 3.4 §2.2.1."""
    centre = Session(states.SMSC, SessionSettings(), 0.0)
    centre.send(Outbind("box", "pw"), 0.0)
    application = Session(states.ESME, SessionSettings(), 0.0)
    application.receive_octets(centre.data_to_send())
    assert [type(event) for event in pull(application)] == [Notification]
    assert centre.state == application.state == states.OUTBOUND
    application.send(BindReceiver("app"), 0.0)
    centre.receive_octets(application.data_to_send())
    assert [type(event) for event in pull(centre)] == [BindReceived]


def test_an_application_sends_one_bind_at_a_time() -> None:
    """SMPP 3.4 §2.2: the state is not known before the answer."""
    session = Session(states.ESME, SessionSettings(), 0.0)
    session.send(BindTransmitter(), 0.0)
    with pytest.raises(LocalProtocolError, match="no answer yet"):
        session.send(BindTransmitter(), 0.0)
    feed(session, BindTransmitterResp("", 1, values.ESME_RBINDFAIL))
    assert session.send(BindTransmitter(), 0.0) == 2


# --- requests and responses ---------------------------------------------------------------------


def test_a_request_is_told_and_its_answer_bears_its_number() -> None:
    """T08, 0 and numbers above 0x7FFFFFFF included."""
    session = smsc()
    for number in (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
        (event,) = feed(session, SubmitSm(sequence_number=number))
        assert isinstance(event, RequestReceived)
        session.send(SubmitSmResp("id", event.pdu.sequence_number), 0.0)
        assert heads(sent(session)) == [(values.SUBMIT_SM_RESP, 0, number)]
    assert session.unanswered == 0


def test_requests_with_one_number_are_all_answered() -> None:
    """T08: clients exist that give all segments the same sequence_number."""
    session = smsc()
    events = feed(session, SubmitSm(sequence_number=5), SubmitSm(sequence_number=5))
    for _ in events:
        session.send(SubmitSmResp("id", 5), 0.0)
    assert len(sent(session)) == len(events) == 2


def test_our_numbers_go_round_past_those_that_wait() -> None:
    """T08: 0x7FFFFFFF, then 1."""
    session = smsc()
    assert session.send(DeliverSm(), 0.0) == 1
    session._last_sequence = values.SEQUENCE_NUMBER_MAX - 1
    assert session.send(DeliverSm(), 0.0) == values.SEQUENCE_NUMBER_MAX
    assert session.send(DeliverSm(), 0.0) == 2


def test_a_response_comes_back_with_its_context() -> None:
    """SMPP 3.4 §2.6: responses may come in any order."""
    session = smsc()
    first = session.send(DeliverSm(), 0.0, "first")
    second = session.send(DeliverSm(), 0.0, "second")
    events = feed(session, DeliverSmResp("", second), DeliverSmResp("", first))
    assert [e.context for e in events if isinstance(e, ResponseReceived)] == ["second", "first"]


def test_a_generic_nack_answers_any_request() -> None:
    """T07."""
    session = smsc()
    number = session.send(DeliverSm(), 0.0, "context")
    (event,) = feed(session, GenericNack(number, values.ESME_RINVCMDID))
    assert isinstance(event, ResponseReceived)
    assert event.context == "context"
    assert event.pdu.command_status == values.ESME_RINVCMDID


def test_responses_that_answer_nothing_are_ignored() -> None:
    """T07: never nack a nack; unknown, unsolicited and mismatched responses are only counted."""
    session = smsc()
    number = session.send(DeliverSm(), 0.0)
    session.data_to_send()
    unknown = bytes.fromhex("00000010800009990000000000000001")
    session.receive_octets(unknown)
    strays = [GenericNack(0, 3), GenericNack(77, 3), DeliverSmResp("", 77), UnbindResp(number)]
    assert feed(session, *strays, SubmitSmResp("x", number)) == []
    assert session.data_to_send() == b""
    assert session.ignored_responses == 6
    assert session.window_free == 99


def test_an_unreadable_response_ends_its_request() -> None:
    """A message_id without NUL: nothing is answered, the owner gets the context back."""
    session = esme()
    number = session.send(SubmitSm(), 0.0, "context")
    session.data_to_send()
    session.receive_octets(
        bytes.fromhex("000000118000000400000000") + number.to_bytes(4, "big") + b"9"
    )
    (event,) = pull(session)
    assert isinstance(event, PduRejected)
    assert (event.command_status, event.context) == (values.ESME_RINVCMDLEN, "context")
    assert session.data_to_send() == b""
    assert session.window_free == 100


@pytest.mark.parametrize(
    "frame", ["00000010800000050000000000000001", "0000001180000005000000000000000100"]
)
def test_a_deliver_sm_resp_may_lack_its_message_id(frame: str) -> None:
    """T10."""
    session = smsc()
    session.send(DeliverSm(), 0.0, "context")
    session.receive_octets(bytes.fromhex(frame))
    assert [type(event) for event in pull(session)] == [ResponseReceived]


def test_a_receiver_may_not_submit_and_a_transmitter_gets_nothing() -> None:
    """T11."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    feed(session, BindReceiver(sequence_number=1))
    session.send(BindReceiverResp("box", 1), 0.0)
    session.data_to_send()
    feed(session, SubmitSm(sequence_number=2))
    assert heads(sent(session)) == [(values.SUBMIT_SM_RESP, values.ESME_RINVBNDSTS, 2)]
    other = Session(states.SMSC, SessionSettings(), 0.0)
    feed(other, BindTransmitter(sequence_number=1))
    other.send(BindTransmitterResp("box", 1), 0.0)
    with pytest.raises(LocalProtocolError, match="deliver_sm from the SMSC in BOUND_TX"):
        other.send(DeliverSm(), 0.0)


def test_a_deliver_sm_from_an_application_is_refused_with_its_nul() -> None:
    """SMPP 3.4 §4.6.2: message_id of deliver_sm_resp is one NUL."""
    session = smsc()
    feed(session, DeliverSm(sequence_number=3))
    assert session.data_to_send() == bytes.fromhex("0000001180000005000000040000000300")


def test_an_alert_notification_is_told_and_not_answered() -> None:
    """SMPP 3.4 §4.12."""
    session = esme()
    (event,) = feed(session, AlertNotification(sequence_number=4))
    assert isinstance(event, Notification)
    assert session.data_to_send() == b""
    other = smsc()
    feed(other, AlertNotification(sequence_number=4))
    assert other.data_to_send() == b""


def test_an_sm_length_beyond_the_pdu_is_refused_and_the_session_goes_on() -> None:
    """T06."""
    session = smsc()
    frame = bytearray(encode_pdu(SubmitSm(short_message=b"hello", sequence_number=2)))
    frame[-6] = 200
    session.receive_octets(bytes(frame))
    assert [type(e) for e in feed(session, SubmitSm(sequence_number=3))] == [
        PduRejected,
        RequestReceived,
    ]
    assert heads(sent(session)) == [(values.SUBMIT_SM_RESP, values.ESME_RINVMSGLEN, 2)]


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 16, b"\0" * 16])
def test_a_stream_that_is_not_smpp_is_nacked_and_closed(first: bytes) -> None:
    """T03, T04: 'GET ' is a command_length of 1195725856."""
    session = smsc()
    session.receive_octets(first)
    the_end(pull(session))
    assert session.wants_close
    (nack,) = sent(session)
    assert (nack.command_id, nack.command_status) == (values.GENERIC_NACK, values.ESME_RINVCMDLEN)
    assert nack.sequence_number == int.from_bytes(first[12:16], "big")
    assert feed(session, EnquireLink(1)) == []


# --- windows ------------------------------------------------------------------------------------


def test_our_window_is_bounded() -> None:
    """T16."""
    session = smsc(SessionSettings(window=2))
    session.send(DeliverSm(), 0.0)
    assert session.window_free == 1
    number = session.send(DeliverSm(), 0.0)
    with pytest.raises(LocalProtocolError, match="window of 2 is full"):
        session.send(DeliverSm(), 0.0)
    feed(session, DeliverSmResp("", number))
    assert session.window_free == 1


def test_a_request_expires_and_its_late_answer_is_ignored() -> None:
    """T16: the slot is free again."""
    session = smsc(SessionSettings(window=1, response_timeout_s=10))
    number = session.send(DeliverSm(), 5.0, "context")
    assert session.next_deadline() == 15.0
    session.on_time(14.9)
    assert pull(session) == []
    session.on_time(15.0)
    (event,) = pull(session)
    assert isinstance(event, ResponseExpired)
    assert (event.context, event.sequence_number) == ("context", number)
    assert session.window_free == 1
    assert feed(session, DeliverSmResp("", number)) == []
    assert session.ignored_responses == 1


def test_unanswered_requests_hold_back_the_next_but_not_enquire_link() -> None:
    """T14, T16, T17: back-pressure; what can be answered without the owner still is."""
    session = smsc(SessionSettings(inbound_window=2))
    number = session.send(DeliverSm(), 0.0)
    session.data_to_send()
    assert len(feed(session, *[SubmitSm(sequence_number=n) for n in (1, 2)])) == 2
    assert len(feed(session, EnquireLink(9), DeliverSmResp("", number))) == 1
    assert heads(sent(session)) == [(values.ENQUIRE_LINK_RESP, 0, 9)]
    assert feed(session, SubmitSm(sequence_number=3)) == []
    assert not session.has_work
    session.send(SubmitSmResp("x", 1), 0.0)
    assert session.has_work
    assert len(pull(session)) == 1


def test_a_peer_that_does_not_read_is_not_heard_further() -> None:
    """T16, T18: what it can pile up is bounded."""
    session = smsc(SessionSettings(outbox_max_octets=100))
    feed(session, *[EnquireLink(n) for n in range(1000)])
    assert not session.has_work
    assert session.window_free == 0
    answered = 0
    while octets := session.data_to_send():
        assert len(octets) <= 116
        answered += len(octets) // 16
        pull(session)
    assert answered == 1000


def test_reading_should_stop_while_octets_wait() -> None:
    """The transport is told by `wants_octets`."""
    session = smsc(SessionSettings(inbound_window=1))
    session.receive_octets(encode_pdu(SubmitSm(short_message=b"x" * 200)) * 2000)
    pull(session)
    assert not session.wants_octets


# --- unbind and the end ---------------------------------------------------------------------------


def test_an_unbind_is_answered_after_what_was_asked_before() -> None:
    """T15: answer, flush pending responses, then close."""
    session = smsc()
    feed(session, SubmitSm(sequence_number=2), Unbind(3), SubmitSm(sequence_number=4))
    assert heads(sent(session)) == [(values.SUBMIT_SM_RESP, values.ESME_RINVBNDSTS, 4)]
    session.send(SubmitSmResp("id", 2), 0.0)
    assert heads(sent(session)) == [(values.SUBMIT_SM_RESP, 0, 2), (values.UNBIND_RESP, 0, 3)]
    the_end(pull(session))
    assert session.wants_close
    assert session.state == states.UNBOUND


def test_our_unbind_waits_for_pending_answers_and_for_its_own() -> None:
    """T15, from the centre; new requests meanwhile get ESME_RSYSERR, which may be retried."""
    session = smsc()
    feed(session, SubmitSm(sequence_number=2))
    session.unbind(0.0)
    assert session.data_to_send() == b""
    feed(session, SubmitSm(sequence_number=3))
    session.send(SubmitSmResp("id", 2), 0.0)
    refused, answered, unbind = heads(sent(session))
    assert refused == (values.SUBMIT_SM_RESP, values.ESME_RSYSERR, 3)
    assert answered == (values.SUBMIT_SM_RESP, 0, 2)
    assert unbind[0] == values.UNBIND
    assert not session.wants_close
    with pytest.raises(LocalProtocolError):
        session.send(DeliverSm(), 0.0)
    the_end(feed(session, UnbindResp(unbind[2])))
    assert session.wants_close


def test_a_peer_that_ignores_unbind_is_left() -> None:
    """T15: after the response timeout."""
    session = smsc(SessionSettings(response_timeout_s=10))
    session.send(DeliverSm(), 0.0, "lost")
    feed(session, SubmitSm(sequence_number=2))
    session.unbind(0.0)
    session.on_time(10.0)
    assert session.next_deadline() == 20.0
    session.on_time(20.0)
    events = pull(session)
    assert isinstance(events[0], ResponseExpired)
    assert the_end(events).contexts == []


def test_two_unbinds_that_cross_end_the_session() -> None:
    """T15."""
    session = smsc()
    session.unbind(0.0)
    session.data_to_send()
    the_end(feed(session, Unbind(8)))
    assert heads(sent(session)) == [(values.UNBIND_RESP, 0, 8)]


def test_an_unbind_before_a_bind() -> None:
    """Theirs is refused with ESME_RINVBNDSTS, ours just ends."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    feed(session, Unbind(1))
    assert heads(sent(session)) == [(values.UNBIND_RESP, values.ESME_RINVBNDSTS, 1)]
    session.unbind(0.0)
    the_end(pull(session))


def test_a_lost_connection_gives_all_contexts_back_once() -> None:
    """T18: what had arrived is told first, the end once and last."""
    session = smsc()
    session.send(DeliverSm(), 0.0, "first")
    second = session.send(DeliverSm(), 0.0, "second")
    session.receive_octets(encode_pdu(DeliverSmResp("", second)) + b"\0\0\0")
    session.end_of_stream(0.0)
    session.end_of_stream(0.0)
    assert session.has_work
    events = pull(session)
    assert isinstance(events[0], ResponseReceived)
    end = the_end(events)
    assert end.contexts == ["first"]
    assert "middle of a PDU" in end.reason
    assert session.state == states.CLOSED
    assert not session.has_work
    assert pull(session) == []
    assert session.next_deadline() is None


def test_an_answer_after_the_end_is_dropped_and_a_request_is_a_bug() -> None:
    """T18: the owner may not know yet that the connection is gone."""
    session = smsc()
    feed(session, SubmitSm(sequence_number=2))
    session.end_of_stream(0.0)
    the_end(pull(session))
    assert session.send(SubmitSmResp("id", 2), 0.0) == 2
    assert session.data_to_send() == b""
    with pytest.raises(LocalProtocolError):
        session.send(DeliverSm(), 0.0)
    session.unbind(0.0)
    session.on_time(1e9)
    assert pull(session) == []


def test_a_connection_lost_during_a_bind_ends_the_session() -> None:
    """T18: the bind is not waited for."""
    session = Session(states.SMSC, SessionSettings(), 0.0)
    feed(session, BindTransceiver(sequence_number=1), SubmitSm(sequence_number=2))
    session.end_of_stream(0.0)
    the_end(pull(session))


@pytest.mark.parametrize("pdu", [SubmitSmResp("x", 1), EnquireLinkResp(1), UnbindResp(1), Unbind()])
def test_an_owner_that_answers_nothing_or_unbinds_by_hand_is_stopped(pdu: Pdu) -> None:
    """Our own bugs raise."""
    session = smsc()
    with pytest.raises(LocalProtocolError):
        session.send(pdu, 0.0)
