"""Whatever a phone has been through, packing it loses nothing."""

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import NetworkTime
from carrierbox.codecs.user_data_header import concatenation_header
from carrierbox.identifiers import Address
from carrierbox.relay import STATUS_REPORT, RpMtData
from carrierbox.simulator.deletions import Deletions
from carrierbox.simulator.handset import Handset, packed_extra, packed_shows_since
from carrierbox.simulator.handset_memory import HandsetMemory
from carrierbox.simulator.phone_texts import SentText, Text

ADDRESSES = st.builds(
    Address, st.integers(0, 7), st.integers(0, 15), st.text(max_size=20) | st.just("ACME")
)
TIMES = st.floats(0.0, 4e9).map(NetworkTime)
HEADERS = st.sampled_from(
    [b"", bytes.fromhex("0401020003"), bytes.fromhex("05040b8423f0"), bytes.fromhex("03250101")]
) | st.builds(concatenation_header, st.integers(0, 3), st.just(2), st.integers(1, 2))


@st.composite
def parts(draw: st.DrawFn) -> RpMtData:
    rp = RpMtData(
        draw(st.integers(0, (1 << 71) - 1) | st.integers(0, 20)),
        "33612345678",
        draw(ADDRESSES),
        draw(st.sampled_from([0, 0, 0x40, 0x41, 0x47, 0x5F, 0xFF])),
        draw(st.sampled_from([0, 0, 8, 4, 0x10, 0x12, 0xC8, 0xE9, 0xF1, 0xFF])),
        draw(HEADERS),
        draw(st.binary(max_size=160)),
        draw(TIMES),
        False,
    )
    rp.asked = draw(st.integers(0, 3)) << 1
    rp.kind = draw(st.integers(0, 3))
    rp.user_response_code = draw(st.integers(-1, 255))
    return rp


def everything_of(text: Text | SentText) -> list[object]:
    names = [
        "number",
        *("reference", "originating", "tp_dcs", "user_data", "parts", "sent_at", "received_at"),
        *("kind", "user_response_code", "asked", "received_tp_dcs", "user_data_header"),
        *("is_acknowledged", "tp_pid", "in_sim"),
        *("destination", "text", "tp_mr", "tp_st", "reports_missing"),
    ]
    return [getattr(text, name, None) for name in names]


def everything_on(handset: Handset) -> list[object]:
    memory = handset.memory
    return [
        handset.msisdn,
        handset.power,
        handset.messages_max,
        [everything_of(text) for text in handset.inbox],
        [everything_of(text) for text in handset.sent],
        None if handset.flash is None else everything_of(handset.flash),
        *(handset.shown, handset.duplicates, handset.silent, handset.indicators),
        None if memory is None else vars_of(memory),
    ]


def vars_of(memory: HandsetMemory) -> tuple[int, int, bool, int]:
    return memory.phone, memory.sim, memory.refuses, memory.dummies


def report(reference: int, destination: Address, said: bytes) -> RpMtData:
    rp = RpMtData(reference, "33612345678", destination, 0, 0, b"", said, NetworkTime(0.0), False)
    rp.kind = STATUS_REPORT
    return rp


@st.composite
def handsets(draw: st.DrawFn) -> tuple[Handset, list[RpMtData]]:
    handset = Handset("33612345678", draw(st.sampled_from([1, 2, 200])))
    if draw(st.booleans()):
        memory = HandsetMemory(
            draw(st.integers(0, 4)), draw(st.integers(0, 3)), draw(st.booleans()), 1
        )
        handset.set_memory(memory)
    received = draw(st.lists(parts(), max_size=12))
    for rp in received:
        handset.receive(rp, draw(TIMES))
    for destination in draw(st.lists(ADDRESSES.filter(lambda one: one.value != ""), max_size=3)):
        written = draw(st.text(max_size=200))
        handset.compose(destination, written, 0, (), draw(TIMES), draw(st.booleans()))
        said = bytes([draw(st.integers(0, 3)), draw(st.integers(0, 0x7F))])
        handset.receive(report(draw(st.integers(1000, 2000)), destination, said), draw(TIMES))
    for text in handset.inbox:
        text.is_acknowledged = draw(st.booleans())
    if draw(st.booleans()):
        messages = frozenset(draw(st.lists(st.integers(0, 1 << 63), max_size=3)))
        handset.apply_deletions(Deletions(draw(TIMES), messages))
    handset.power = draw(st.booleans())
    return handset, received


@given(handsets(), st.binary(max_size=40))
def test_packing_a_phone_loses_nothing(
    given_phone: tuple[Handset, list[RpMtData]], extra: bytes
) -> None:
    """Texts, sent texts, counts, signs, memory; and it goes on as the phone would have."""
    handset, received = given_phone
    if not handset.can_be_packed:
        return
    octets = handset.pack(extra)
    copy = Handset.unpack("33612345678", octets)
    assert packed_extra(octets) == extra
    assert packed_shows_since(octets) == copy.shows_since
    assert everything_on(copy) == everything_on(handset)
    now = NetworkTime(4e9)
    for rp in received:
        assert copy.receive(rp, now) == handset.receive(rp, now)
    copy.forget_oldest()
    handset.forget_oldest()
    destination = Address(1, 1, "447700900123")
    for phone in (copy, handset):
        phone.compose(destination, "x" * 200, 0, (), now, True)
    assert everything_on(copy) == everything_on(handset)


def test_a_phone_with_one_text_takes_few_octets() -> None:
    """A million of them fit beside everything else."""
    handset = Handset("33612345678")
    rp = RpMtData(
        (1 << 62) + 77,
        "33612345678",
        Address(1, 1, "447700900123"),
        *(0, 0, b"", b"Hello, this is 20 ch"),
        NetworkTime(1_750_000_000.123),
        False,
    )
    handset.receive(rp, NetworkTime(1_750_000_000.456))
    assert len(handset.pack()) <= 90
    assert len(Handset("33612345678").pack()) <= 10
