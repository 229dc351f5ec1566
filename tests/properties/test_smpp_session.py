"""Sessions under any cut of any stream, and two of them back to back."""

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.smpp import states, values
from carrierbox.smpp.events import (
    BindReceived,
    Event,
    RequestReceived,
    ResponseReceived,
    SessionClosed,
)
from carrierbox.smpp.pdus import (
    PDU_CLASSES,
    BindTransceiver,
    BindTransceiverResp,
    DeliverSm,
    DeliverSmResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.wire import encode_pdu

BIND = encode_pdu(BindTransceiver("app", "pw", sequence_number=1))
FRAMES = [encode_pdu(make()) for make in PDU_CLASSES.values()]
STREAMS = st.lists(
    st.one_of(
        st.sampled_from(FRAMES),
        st.binary(max_size=30).map(
            lambda o: (16 + len(o)).to_bytes(4, "big") + b"\0\0\0\4" + b"\0" * 8 + o
        ),
        st.binary(max_size=8),
    ),
    max_size=8,
).map(b"".join)


def answer(session: Session, event: Event) -> None:
    """What an owner does: accept everything."""
    if isinstance(event, BindReceived | RequestReceived):
        response = PDU_CLASSES[event.pdu.command_id | values.RESPONSE_BIT]()
        response.sequence_number = event.pdu.sequence_number
        session.send(response, 0.0)


def told(event: Event) -> tuple[object, ...]:
    """An event in a form that can be compared."""
    frame = getattr(event, "frame", None) or getattr(getattr(event, "pdu", None), "frame", b"")
    return type(event), frame, getattr(event, "reason", "")


def run(pieces: list[bytes]) -> tuple[list[tuple[object, ...]], bytes]:
    session = Session(states.SMSC, SessionSettings(), 0.0)
    events = []
    octets = b""
    for piece in pieces:
        session.receive_octets(piece)
        while (event := session.next_event(0.0)) is not None:
            events.append(told(event))
            answer(session, event)
        octets += session.data_to_send()
    return events, octets


@given(st.booleans(), STREAMS, st.lists(st.integers(1, 40), min_size=1))
def test_any_cut_of_a_stream_gives_the_same_events_and_answers(
    bound: bool, stream: bytes, sizes: list[int]
) -> None:
    """T01, T02: a transport cuts where it likes."""
    stream = (BIND if bound else b"") + stream
    pieces: list[bytes] = []
    at = 0
    while at < len(stream):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(stream[at : at + size])
        at += size
    assert run(pieces) == run([stream]) == run([stream[i : i + 1] for i in range(len(stream))])


@given(st.sampled_from([states.SMSC, states.ESME]), st.binary(max_size=200))
def test_no_stream_makes_a_session_raise(role: int, stream: bytes) -> None:
    """Whatever comes, the end is told once and last."""
    session = Session(role, SessionSettings(pdu_max_octets=64), 0.0)
    session.receive_octets(stream)
    session.end_of_stream(0.0)
    events: list[Event] = []
    while (event := session.next_event(0.0)) is not None:
        events.append(event)
        answer(session, event)
    assert [isinstance(event, SessionClosed) for event in events].count(True) == 1
    assert isinstance(events[-1], SessionClosed)


class SessionPair:
    """Two sessions joined by two queues of octets."""

    def __init__(self) -> None:
        self.centre = Session(states.SMSC, SessionSettings(), 0.0)
        self.application = Session(states.ESME, SessionSettings(), 0.0)
        self.told: list[Event] = []

    def settle(self, size: int) -> None:
        """Carry octets both ways, `size` at a time, until nothing moves."""
        moved = True
        while moved:
            moved = False
            for source, sink in (
                (self.centre, self.application),
                (self.application, self.centre),
            ):
                octets = source.data_to_send()
                for at in range(0, len(octets), size):
                    moved = True
                    sink.receive_octets(octets[at : at + size])
                    while (event := sink.next_event(0.0)) is not None:
                        self.told.append(event)
                        self.answer(sink, event)

    @staticmethod
    def answer(session: Session, event: Event) -> None:
        if isinstance(event, BindReceived):
            session.send(BindTransceiverResp("box", event.pdu.sequence_number), 0.0)
        elif isinstance(event, RequestReceived):
            number = event.pdu.sequence_number
            is_submit = isinstance(event.pdu, SubmitSm)
            session.send(
                SubmitSmResp("id", number) if is_submit else DeliverSmResp("", number), 0.0
            )


@given(
    st.lists(st.tuples(st.booleans(), st.binary(max_size=255)), max_size=20),
    st.integers(1, 100),
    st.booleans(),
)
def test_two_sessions_bind_talk_and_unbind(
    messages: list[tuple[bool, bytes]], size: int, centre_unbinds: bool
) -> None:
    """SMPP 3.4 §2: nothing is refused, ignored or lost between two of ours."""
    pair = SessionPair()
    pair.application.send(BindTransceiver("app", "pw"), 0.0)
    pair.settle(size)
    assert pair.centre.state == pair.application.state == states.BOUND_TRX
    for up, text in messages:
        if up:
            pair.application.send(SubmitSm(short_message=text), 0.0, text)
        else:
            pair.centre.send(DeliverSm(short_message=text), 0.0, text)
    pair.settle(size)
    answered = [e.context for e in pair.told if isinstance(e, ResponseReceived)]
    assert sorted(answered[1:], key=repr) == sorted((text for _, text in messages), key=repr)
    (pair.centre if centre_unbinds else pair.application).unbind(0.0)
    pair.settle(size)
    assert pair.centre.wants_close
    assert pair.application.wants_close
    assert pair.centre.ignored_responses == pair.application.ignored_responses == 0
    ends = [event for event in pair.told if isinstance(event, SessionClosed)]
    assert [end.contexts for end in ends] == [[], []]
