"""The phone: inbox, duplicates, long messages, screen and writing."""

import itertools

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import decode_user_data, encode_text
from carrierbox.codecs.mms_notification import MmsNotification, encode_mms_notification
from carrierbox.codecs.segmentation import split_text, split_user_data
from carrierbox.codecs.user_data_header import concatenation_header, find_concatenation
from carrierbox.codecs.wap_push import mms_push
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address, international
from carrierbox.relay import RpMtData
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.handset_memory import TAKEN

NOON = NetworkTime(1_750_000_000.0)
LATER = NetworkTime(NOON + 60.0)
ACME = Address(5, 0, "ACME")
HOUR_S = 3_600.0


def rp(
    reference: int,
    user_data: bytes = b"Hi",
    header: bytes = b"",
    originating: Address = ACME,
    tp_dcs: int = 0,
    sent_at: NetworkTime = NOON,
) -> RpMtData:
    return RpMtData(
        reference, "33612345678", originating, 0, tp_dcs, header, user_data, sent_at, False
    )


def part(
    reference: int,
    concatenation: tuple[int, int, int],
    user_data: bytes,
    originating: Address = ACME,
    tp_dcs: int = 0,
    sent_at: NetworkTime = NOON,
    wide: bool = False,
) -> RpMtData:
    """`concatenation`: reference, total and number."""
    return rp(
        reference,
        user_data,
        concatenation_header(*concatenation, wide),
        originating,
        tp_dcs,
        sent_at,
    )


def texts(handset: Handset) -> list[str]:
    return [text.text for text in handset.inbox]


def test_a_new_phone_is_on_and_empty() -> None:
    """Nothing is there before something comes."""
    handset = Handset("33612345678")
    assert handset.power
    assert (handset.inbox, handset.sent, handset.duplicates, handset.shown) == ([], [], 0, 0)
    assert handset.screen_lines() == ["+33612345678  on  0 texts"]


def test_a_text_keeps_what_came_with_it() -> None:
    """Sender, both times, coding, reference and the phone's own number."""
    handset = Handset("33612345678")
    assert handset.receive(rp(5, b"\x00\x11\x02"), LATER) == TAKEN
    (text,) = handset.inbox
    assert text.text == "@_$"  # T33: none of these is an end of text or its ASCII self
    assert text.originating == ACME
    assert (text.sent_at, text.received_at) == (NOON, LATER)
    assert (text.reference, text.number, text.parts, text.tp_dcs) == (5, 1, 1, 0)


@pytest.mark.parametrize(
    ("tp_dcs", "user_data", "shown"),
    [
        (0x08, "héllo 😀".encode("utf-16-be"), "héllo 😀"),
        (0x08, b"\xd8\x3d", "\ufffd"),
        (0x08, b"\x00A\x00", "A\ufffd"),
        (0x04, b"\xff\x00", "ÿ\x00"),
        (0x00, b"", ""),
    ],
)
def test_octets_that_cannot_be_decoded_harm_nobody(
    tp_dcs: int, user_data: bytes, shown: str
) -> None:
    """T37, T38, T40: odd octets, half a pair, plain octets and no text at all."""
    handset = Handset("33612345678")
    handset.receive(rp(1, user_data, tp_dcs=tp_dcs), NOON)
    assert texts(handset) == [shown]
    assert handset.inbox[0].user_data == user_data
    assert handset.screen_lines()


def test_a_reference_seen_before_is_dropped_and_counted() -> None:
    """The centre sends at least once; the phone shows it once."""
    handset = Handset("33612345678")
    for reference in (1 << 70, 1 << 70, (1 << 70) + 1):
        assert handset.receive(rp(reference), NOON) == TAKEN
    assert (len(handset.inbox), handset.duplicates) == (2, 1)


@pytest.mark.parametrize(("messages_max", "remembered"), [(1, 256), (300, 300)])
def test_at_least_the_newest_references_are_remembered(messages_max: int, remembered: int) -> None:
    """As many as there are texts, and all parts of the longest message; at most twice that."""
    handset = Handset("33612345678", messages_max)
    count = 5 * remembered
    for reference in range(count):
        handset.receive(rp(reference), NOON)
        handset.receive(rp(max(0, reference - remembered + 1)), NOON)
    assert (handset.duplicates, handset.shown) == (count, count)
    handset.receive(rp(count - 2 * remembered - 1), NOON)
    assert (handset.duplicates, handset.shown) == (count, count + 1)


def test_the_oldest_text_goes_when_the_inbox_is_full() -> None:
    """Bounded by messages_max; numbers go on counting."""
    handset = Handset("33612345678", messages_max=3)
    for reference in range(10):
        handset.receive(rp(reference, str(reference).encode()), NOON)
    assert texts(handset) == ["7", "8", "9"]
    assert [text.number for text in handset.inbox] == [8, 9, 10]
    assert handset.shown == 10
    handset.keep_at_most(1)
    assert texts(handset) == ["9"]


@pytest.mark.parametrize("messages_max", [0, -1, 10_001])
def test_an_impossible_size_of_the_inbox_is_refused(messages_max: int) -> None:
    """1 to 10,000."""
    with pytest.raises(ValueError, match="messages_max must be 1 to 10,000"):
        Handset("33612345678", messages_max)
    with pytest.raises(ValueError, match="messages_max must be 1 to 10,000"):
        Handset("33612345678").keep_at_most(messages_max)


def test_forgetting_for_a_limit_above_counts_what_went_before() -> None:
    """The caller counts every text shown; what the phone dropped itself is not taken twice."""
    handset = Handset("33612345678", messages_max=2)
    handset.forget_oldest()
    for reference in range(5):
        handset.receive(rp(reference, str(reference).encode()), NOON)
    for _ in range(3):
        handset.forget_oldest()
    assert texts(handset) == ["3", "4"]
    handset.forget_oldest()
    assert texts(handset) == ["4"]
    handset.forget_oldest()
    handset.forget_oldest()
    assert texts(handset) == []


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
@pytest.mark.parametrize("wide", [False, True])
def test_parts_in_any_order_are_shown_once_when_all_are_there(
    order: tuple[int, ...], wide: bool
) -> None:
    """T41; reference 0 is valid (TS 23.040 §9.2.3.24.1 and .8)."""
    handset = Handset("33612345678")
    pieces = {1: b"one ", 2: b"two ", 3: b"three"}
    for number in order:
        assert handset.inbox == []
        for _ in range(2):
            handset.receive(part(number, (0, 3, number), pieces[number], wide=wide), LATER)
    (text,) = handset.inbox
    assert (text.text, text.parts, text.number) == ("one two three", 3, 1)
    assert (text.reference, text.received_at) == (order[-1], LATER)
    assert (handset.parts_held, handset.duplicates) == (0, 3)


def test_the_longest_message_fits() -> None:
    """255 parts, the last first; all their references are recognised when they come again."""
    handset = Handset("33612345678", messages_max=1)
    for number in range(255, 0, -1):
        handset.receive(part(number, (9, 255, number), b"%03d" % number), NOON)
    for number in range(1, 256):
        handset.receive(part(number, (9, 255, number), b"%03d" % number), NOON)
    assert (handset.duplicates, handset.shown) == (255, 1)
    assert texts(handset) == ["".join(f"{number:03}" for number in range(1, 256))]


def test_a_pair_that_a_client_parted_is_whole_on_the_screen() -> None:
    """T34 and T37: an escape and its character, two halves of a surrogate pair."""
    handset = Handset("33612345678")
    handset.receive(part(1, (1, 2, 1), b"5 \x1b"), NOON)
    handset.receive(part(2, (1, 2, 2), b"e"), NOON)
    smile = "😀".encode("utf-16-be")
    handset.receive(part(3, (2, 2, 1), smile[:2], tp_dcs=8), NOON)
    handset.receive(part(4, (2, 2, 2), smile[2:], tp_dcs=8), NOON)
    assert texts(handset) == ["5 €", "😀"]


def test_parts_may_differ_in_their_alphabet() -> None:
    """Each part has a TP-DCS of its own; what is kept is UCS-2 then."""
    handset = Handset("33612345678")
    handset.receive(part(2, (1, 2, 2), "Привет".encode("utf-16-be"), tp_dcs=8), NOON)
    handset.receive(part(1, (1, 2, 1), b"\x00 "), NOON)
    assert texts(handset) == ["@ Привет"]
    assert handset.inbox[0].tp_dcs == 8


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (part(1, (7, 2, 1), b"A1"), part(2, (7, 2, 2), b"B2", originating=Address(5, 0, "ACME2"))),
        (part(1, (7, 2, 1), b"A1"), part(2, (7, 2, 2), b"B2", originating=Address(1, 1, "ACME"))),
        (part(1, (7, 2, 1), b"A1"), part(2, (7, 3, 2), b"B2")),
        (part(1, (7, 2, 1), b"A1"), part(2, (8, 2, 2), b"B2")),
        (part(1, (7, 2, 1), b"A1"), part(2, (7, 2, 2), b"B2", wide=True)),
        (
            part(1, (7, 2, 1), b"A1"),
            part(2, (7, 2, 2), b"B2", sent_at=NetworkTime(NOON + HOUR_S + 1.0)),
        ),
    ],
    ids=["sender", "type of number", "total", "reference", "width", "hours apart"],
)
def test_parts_of_different_messages_are_not_mixed(first: RpMtData, second: RpMtData) -> None:
    """T41: key = sender, reference, total and width; references come round again after a while."""
    handset = Handset("33612345678")
    handset.receive(first, NOON)
    handset.receive(second, LATER)
    assert handset.inbox == []
    assert handset.parts_held == 2


def test_a_reused_reference_starts_anew() -> None:
    """T41: the other half of the first message never came; the second message is complete."""
    handset = Handset("33612345678")
    handset.receive(part(1, (7, 2, 1), b"old "), NOON)
    handset.receive(part(2, (7, 2, 1), b"new "), NOON)
    handset.receive(part(3, (7, 2, 2), b"text"), NOON)
    assert texts(handset) == ["new text"]
    much_later = NetworkTime(NOON + 9 * HOUR_S)
    handset.receive(part(4, (7, 2, 2), b"never shown"), NOON)
    handset.receive(part(5, (7, 2, 1), b"third ", sent_at=much_later), much_later)
    handset.receive(part(6, (7, 2, 2), b"text", sent_at=much_later), much_later)
    assert texts(handset) == ["new text", "third text"]


def test_a_reference_that_two_senders_use_hours_apart_is_each_ones_own() -> None:
    """T41: the sender is part of the key, also of what tells an old set from a new one."""
    handset = Handset("33612345678")
    later = NetworkTime(NOON + 2 * HOUR_S)
    other = Address(5, 0, "OTHER")
    handset.receive(part(1, (7, 2, 1), b"left "), NOON)
    handset.receive(part(2, (7, 2, 1), b"one ", originating=other, sent_at=later), later)
    soon = NetworkTime(NOON + 2.0)
    handset.receive(part(3, (7, 2, 2), b"right", sent_at=soon), later)
    handset.receive(part(4, (7, 2, 2), b"two", originating=other, sent_at=later), later)
    assert texts(handset) == ["left right", "one two"]


def test_parts_that_had_to_wait_for_the_phone_still_belong_together() -> None:
    """The second part arrives days after the first, having reached the centre right behind it."""
    handset = Handset("33612345678")
    handset.receive(part(1, (7, 2, 1), b"left "), NOON)
    handset.receive(
        part(2, (7, 2, 2), b"right", sent_at=NetworkTime(NOON + 2.0)),
        NetworkTime(NOON + 3 * 24 * HOUR_S),
    )
    assert texts(handset) == ["left right"]
    assert handset.inbox[0].sent_at == NOON + 2.0


def test_parts_that_never_get_their_others_are_bounded() -> None:
    """T41: whoever sends first parts only cannot fill the phone; later messages still arrive."""
    handset = Handset("33612345678")
    for number in range(3_000):
        handset.receive(
            part(number, (number, 2, 1), b"x", originating=Address(5, 0, f"S{number}"), wide=True),
            NOON,
        )
    assert 0 < handset.parts_held <= 512
    handset.receive(part(9_001, (1, 2, 1), b"left "), NOON)
    handset.receive(part(9_002, (1, 2, 2), b"right"), NOON)
    assert texts(handset) == ["left right"]


def test_parts_are_given_up_after_a_week() -> None:
    """The phone's memory is for something else by then."""
    handset = Handset("33612345678")
    week_later = NetworkTime(NOON + 7 * 24 * HOUR_S)
    handset.receive(part(1, (1, 2, 1), b"x"), NOON)
    handset.receive(part(2, (2, 2, 1), b"x"), week_later)
    assert handset.parts_held == 1


def test_time_that_goes_back_between_parts_is_survived() -> None:
    """What was restored may be later than a clock that was set to a date of its own."""
    handset = Handset("33612345678")
    handset.receive(part(1, (1, 2, 1), b"a"), LATER)
    handset.receive(part(2, (2, 2, 1), b"c"), NOON)
    handset.receive(part(3, (1, 2, 2), b"b"), NOON)
    handset.receive(part(4, (2, 2, 2), b"d"), NOON)
    assert texts(handset) == ["ab", "cd"]


@pytest.mark.parametrize(
    "header",
    [
        bytes([5, 0, 3, 1, 0, 1]),
        bytes([5, 0, 3, 1, 2, 3]),
        bytes([5, 0, 3, 1, 1, 1]),
        bytes([6, 5, 4, 0x0B, 0x84, 0x0B, 0x84]),
        bytes([0]),
        bytes([9, 0, 3]),
    ],
    ids=["total 0", "number above total", "one of one", "ports", "empty", "broken"],
)
def test_a_header_without_a_sound_concatenation_leaves_a_text_of_its_own(header: bytes) -> None:
    """TS 23.040 §9.2.3.24.1: such an element is ignored; T39: other elements are none."""
    handset = Handset("33612345678")
    handset.receive(rp(1, b"alone", header), NOON)
    assert texts(handset) == ["alone"]
    assert (handset.inbox[0].parts, handset.parts_held) == (1, 0)


def test_the_screen_shows_number_power_and_every_text_with_its_sender() -> None:
    """Newest last, lines of a text under its sender."""
    handset = Handset("33612345678")
    handset.receive(rp(1, b"Hi"), NOON)
    handset.receive(rp(2, b"two\nlines", originating=international("33687654321")), NOON)
    handset.receive(rp(3, b"", originating=Address(0, 0, "38100")), NOON)
    handset.receive(rp(4, b"who", originating=Address(0, 0, "")), NOON)
    handset.power = False
    assert handset.screen_lines() == [
        "+33612345678  off  4 texts",
        "  1  ACME",
        "     Hi",
        "  2  +33687654321",
        "     two",
        "     lines",
        "  3  38100",
        "     ",
        "  4  (no sender)",
        "     who",
    ]


def test_a_sender_cannot_steer_the_terminal() -> None:
    """Control characters in text and sender are replaced; each screen line is one line."""
    handset = Handset("33612345678")
    nasty = "a\x1b[2Jb\x9bc\x07\x7fd\u2028e\x85f\rg"
    handset.receive(
        rp(1, nasty.encode("utf-16-be"), originating=Address(5, 0, "\x1b]0;x\n"), tp_dcs=8), NOON
    )
    lines = handset.screen_lines()
    assert "\n".join(lines).splitlines() == lines
    assert not any(ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0 for letter in "".join(lines))
    assert lines[1:] == [
        "  1  \ufffd]0;x\ufffd",
        "     a\ufffd[2Jb\ufffdc\ufffd\ufffdd",
        "     e",
        "     f",
        "     g",
    ]


def test_a_short_text_leaves_in_one_part() -> None:
    """No header where none is needed."""
    handset = Handset("33612345678")
    (element,) = handset.compose(international("447700900123"), "Hi €")
    assert (element.msisdn, element.destination.value) == ("33612345678", "447700900123")
    assert (element.tp_pid, element.tp_dcs, element.user_data_header) == (0, 0, b"")
    assert element.user_data == b"Hi \x1be"
    (sent,) = handset.sent
    assert (sent.number, sent.text, sent.parts) == (1, "Hi €", 1)
    assert sent.destination == element.destination


@pytest.mark.parametrize("text", ["long " * 70, "😀 long " * 30])
def test_a_long_text_leaves_in_parts_with_a_reference_of_the_phone(text: str) -> None:
    """T36, T37: cut as the alphabet asks; what another phone gets of it is the same text."""
    sender = Handset("33612345678")
    receiver = Handset("447700900123")
    sender.compose(international("447700900123"), "short")
    for expected_reference in (1, 2):
        elements = sender.compose(international("447700900123"), text)
        tp_dcs, octets = encode_text(text)
        segments = split_user_data(octets, tp_dcs >> 2, expected_reference)
        assert [element.user_data_header for element in elements] == [
            segment.user_data_header for segment in segments
        ]
        assert len(elements) > 1
        for number, element in enumerate(elements):
            assert element.tp_dcs == tp_dcs
            assert decode_user_data(element.user_data, element.tp_dcs)
            receiver.receive(
                rp(
                    expected_reference << 8 | number,
                    element.user_data,
                    element.user_data_header,
                    international("33612345678"),
                    element.tp_dcs,
                ),
                NOON,
            )
    assert texts(receiver) == [text, text]
    assert [sent.parts for sent in sender.sent] == [1, len(elements), len(elements)]


def test_the_phones_concatenation_reference_wraps_at_eight_bits() -> None:
    """T41: 255 is followed by 0."""
    handset = Handset("33612345678")
    references = []
    for _ in range(257):
        concatenation = find_concatenation(handset.compose(ACME, "x" * 161)[0].user_data_header)
        assert concatenation is not None
        references.append(concatenation.reference)
    assert references == [*range(1, 256), 0, 1]


def test_sent_texts_are_bounded() -> None:
    """The newest messages_max are kept."""
    handset = Handset("33612345678", messages_max=2)
    for number in range(5):
        handset.compose(ACME, str(number))
    assert [(sent.number, sent.text) for sent in handset.sent] == [(4, "3"), (5, "4")]
    handset.keep_at_most(1)
    assert [sent.text for sent in handset.sent] == ["4"]


def test_what_cannot_be_sent_is_refused_and_leaves_no_trace() -> None:
    """More than 255 parts, or nowhere to go."""
    handset = Handset("33612345678")
    with pytest.raises(CodecError, match="255"):
        handset.compose(ACME, "x" * (153 * 255 + 1))
    with pytest.raises(ValueError, match="destination"):
        handset.compose(Address(0, 0, ""), "Hi")
    assert handset.sent == []


@pytest.mark.parametrize("length", [75, 230])
def test_a_national_alphabet_named_in_the_header_is_read(length: int) -> None:
    """TS 23.040 §9.2.3.24.15-16: single and locking shifts, in one part and in several."""
    text = ("İstanbul'da ağaç şöyle: ğış. " * 8)[:length]
    _, segments = split_text(text, 7, languages=(1,))
    handset = Handset("905321234567")
    for number, segment in enumerate(segments):
        assert segment.user_data_header
        handset.receive(rp(number, segment.user_data, header=segment.user_data_header), NOON)
    assert texts(handset) == [text]


def test_a_text_keeps_its_class_port_and_signs() -> None:
    """TS 23.038 §4, TS 23.040 §9.2.3.24.2: flash, voicemail, where an application listens."""
    handset = Handset("33612345678")
    handset.receive(rp(1, b"now", tp_dcs=0x10), NOON)
    handset.receive(rp(2, b"3 calls", bytes.fromhex("0401028003"[:10])), NOON)
    handset.receive(rp(3, b"x", bytes.fromhex("0605041f401f40")), NOON)
    voicemail, port = handset.inbox
    flash = handset.flash
    assert flash is not None
    assert (flash.signs.message_class, voicemail.signs.message_class) == (0, None)
    assert handset.indicators == {"voicemail": 3}
    assert port.signs.port == 8000
    assert (flash.content, flash.text) == ([], "now")
    handset.receive(rp(4, b"none", tp_dcs=0xC0), NOON)
    assert handset.indicators == {}
    assert Handset("33612345678").indicators == {}


def test_the_class_of_a_national_text_is_kept() -> None:
    """Its octets are kept in UCS-2, which has no class."""
    handset = Handset("905321234567")
    handset.receive(rp(1, b"\x07", bytes.fromhex("03250101"), tp_dcs=0x11), NOON)
    (text,) = handset.inbox
    assert (text.text, text.signs.message_class) == ("ı", 1)


def test_the_notification_of_an_mms_in_two_parts_is_read() -> None:
    """OMA-MMS-ENC §6.2, WAP-235-PushOTA §7.1: all parts joined."""
    push = mms_push(encode_mms_notification(MmsNotification("T1", url="http://mms/" + "1" * 120)))
    ports = bytes.fromhex("05040b8423f0")
    handset = Handset("33612345678")
    for number, piece in enumerate((push[:120], push[120:]), 1):
        header = bytes([11, 0, 3, 9, 2, number]) + ports
        handset.receive(rp(number, piece, header, tp_dcs=4), NOON)
    (text,) = handset.inbox
    assert dict(text.content)["url"] == "http://mms/" + "1" * 120


def test_a_phone_uses_the_national_tables_it_may() -> None:
    """TS 23.038 §6.2.1.2.4: where they save parts."""
    handset = Handset("905321234567")
    assert len(handset.compose(ACME, "ğ" * 100)) == 2
    (part,) = handset.compose(ACME, "ğ" * 100, languages=(1,))
    assert part.user_data_header == bytes.fromhex("03250101")
