"""Long messages survive being cut, mixed, doubled and put together; headers never surprise."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.codecs.data_coding import (
    ALPHABET_GSM7,
    ALPHABET_OCTETS,
    ALPHABET_UCS2,
    alphabet_of,
    decode_text,
)
from carrierbox.codecs.gsm7 import decode_gsm7
from carrierbox.codecs.reassembly import Reassembler
from carrierbox.codecs.segmentation import Segment, fits_one_segment, split_text, split_user_data
from carrierbox.codecs.user_data_header import (
    find_concatenation,
    parse_user_data_header,
    split_user_data_header,
)
from carrierbox.errors import CodecError

GSM7_LONG = st.lists(st.sampled_from("ab@€[^Ω\n"), min_size=100, max_size=600).map("".join)
UCS2_LONG = st.lists(st.sampled_from("яя😀€"), min_size=60, max_size=400).map("".join)
ESCAPES_LONG = st.lists(st.sampled_from([0x1B, 0x1B, 0x65, 0x41]), min_size=150, max_size=500)
HEADERS = st.sampled_from([b"", b"\x00", bytes.fromhex("0605040b8423f0"), b"\x03\x24\x01\x02"])


def reassembled(segments: list[Segment], seed: int) -> bytes:
    """The user data of parts that arrive in some order, some of them twice."""
    order = random.Random(seed)
    arrivals = [*segments, *order.sample(segments, k=len(segments) // 2)]
    order.shuffle(arrivals)
    reassembler = Reassembler(255, 60.0)
    for segment in arrivals:
        concatenation = find_concatenation(segment.user_data_header)
        if concatenation is None:
            return segment.user_data
        whole = reassembler.add("key", concatenation, segment.user_data, 0.0)
        if whole is not None:
            return b"".join(whole)
    raise AssertionError("no message was complete")


@settings(deadline=None)
@given(st.one_of(GSM7_LONG, UCS2_LONG), st.integers(0, 255), st.booleans(), st.integers())
def test_a_text_returns_from_its_parts_in_any_order_with_duplicates(
    text: str, reference: int, wide: bool, seed: int
) -> None:
    """TS 23.040 §9.2.3.24.1, T41."""
    data_coding, segments = split_text(text, reference, wide=wide)
    assert decode_text(reassembled(segments, seed), data_coding) == text
    alphabet = alphabet_of(data_coding)
    for segment in segments:
        assert fits_one_segment(len(segment.user_data), alphabet, len(segment.user_data_header))


@settings(deadline=None)
@given(st.one_of(GSM7_LONG, UCS2_LONG), st.booleans())
def test_each_part_of_a_text_is_readable_alone(text: str, wide: bool) -> None:
    """T34, T37: no escape pair and no surrogate pair is parted."""
    data_coding, segments = split_text(text, 1, wide=wide)
    parts = [decode_text(segment.user_data, data_coding) for segment in segments]
    assert "".join(parts) == text


@settings(deadline=None)
@given(ESCAPES_LONG.map(bytes), HEADERS)
def test_any_septets_read_the_same_in_parts_as_whole(septets: bytes, header: bytes) -> None:
    """TS 23.038 §6.2.1.1, T34: rows of escapes too."""
    segments = split_user_data(septets, ALPHABET_GSM7, 1, header=header)
    assert "".join(decode_gsm7(one.user_data) for one in segments) == decode_gsm7(septets)


@settings(deadline=None)
@given(
    st.binary(max_size=1000),
    st.sampled_from([ALPHABET_GSM7, ALPHABET_OCTETS, ALPHABET_UCS2]),
    st.integers(-1, 70000),
    st.booleans(),
    st.one_of(HEADERS, st.binary(max_size=200)),
)
def test_any_user_data_is_cut_without_loss_or_refused(
    user_data: bytes, alphabet: int, reference: int, wide: bool, header: bytes
) -> None:
    """T36, T38: parts are legal, and nothing but CodecError is raised."""
    try:
        segments = split_user_data(user_data, alphabet, reference, wide=wide, header=header)
    except CodecError:
        return
    assert b"".join(segment.user_data for segment in segments) == user_data
    for segment in segments:
        assert fits_one_segment(len(segment.user_data), alphabet, len(segment.user_data_header))
    if len(segments) > 1:
        numbers = [find_concatenation(segment.user_data_header) for segment in segments]
        assert [found.number for found in numbers if found] == list(range(1, len(segments) + 1))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_octets_are_a_header_or_a_codec_error(octets: bytes) -> None:
    """TS 23.040 §9.2.3.24, T39."""
    found = find_concatenation(octets)
    assert found is None or 1 <= found.number <= found.total
    try:
        header, rest = split_user_data_header(octets)
        assert header + rest == octets
        elements = parse_user_data_header(header)
    except CodecError:
        return
    assert sum(2 + len(element.data) for element in elements) == header[0]


PARTS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(0, 1),
        st.integers(0, 4),
        st.integers(0, 4),
        st.booleans(),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(PARTS, st.integers(1, 6))
def test_a_reassembler_holds_no_more_than_it_may_and_forgets_everything_in_time(
    parts: list[tuple[str, int, int, int, bool]], parts_max: int
) -> None:
    """T41: bounded in number and in time, whatever arrives."""
    reassembler = Reassembler(parts_max, 10.0)
    now = 0.0
    for key, reference, total, number, other in parts:
        now += 1.0
        header = bytes([5, 0, 3, reference, total, number])
        concatenation = find_concatenation(header)
        if concatenation is not None:
            reassembler.add(key, concatenation, b"other" if other else b"one", now)
        assert reassembler.parts_held <= parts_max
        deadline = reassembler.next_deadline()
        assert deadline is None or deadline <= now + 10.0
    given_up = reassembler.on_time(now + 10.0)
    assert all(earlier.first_at <= later.first_at for earlier, later in pairwise(given_up))
    assert reassembler.parts_held == 0
    assert reassembler.next_deadline() is None
