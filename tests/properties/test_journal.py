"""Every entry of the journal comes back as it was written; any other octets are a StoreError."""

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import NetworkTime
from carrierbox.errors import StoreError
from carrierbox.identifiers import Address
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, Tlv
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc import journal
from carrierbox.smsc.messages import FINAL_STATES, Message
from carrierbox.smsc.packed import pack, unpack
from carrierbox.smsc.told import Told

MESSAGE_IDS = st.integers(0, (1 << 63) - 1)
OCTET = st.integers(0, 255)
UINT16 = st.integers(0, 0xFFFF)
UINT32 = st.integers(0, 0xFFFFFFFF)
TIMES = st.floats(0, 1e11).map(NetworkTime)
LATIN = st.characters(min_codepoint=1, max_codepoint=255)
# Whatever people write into configurations and addresses, but for NUL and halves of surrogates.
TEXT = st.text(st.characters(min_codepoint=1, codec="utf-8"), max_size=30)
TLVS = st.lists(
    st.one_of(
        st.builds(Tlv, UINT16, st.binary(max_size=30)),
        st.builds(Tlv, st.just(TAG_MESSAGE_PAYLOAD), st.integers(0, 65_535).map(bytes)),
    ),
    max_size=3,
)


@st.composite
def submits(draw: st.DrawFn) -> SubmitSm:
    pdu = SubmitSm(
        service_type=draw(st.text(LATIN, max_size=5)),
        source_addr_ton=draw(OCTET),
        source_addr_npi=draw(OCTET),
        source_addr=draw(st.text(LATIN, max_size=20)),
        dest_addr_ton=draw(OCTET),
        dest_addr_npi=draw(OCTET),
        destination_addr=draw(st.text(LATIN, max_size=20)),
        esm_class=draw(OCTET),
        protocol_id=draw(OCTET),
        priority_flag=draw(OCTET),
        schedule_delivery_time=draw(st.text(LATIN, max_size=16)),
        validity_period=draw(st.text(LATIN, max_size=16)),
        registered_delivery=draw(OCTET),
        replace_if_present_flag=draw(OCTET),
        data_coding=draw(OCTET),
        sm_default_msg_id=draw(OCTET),
        short_message=draw(st.binary(max_size=255)),
        sequence_number=draw(UINT32),
        tlvs=draw(TLVS),
    )
    if draw(st.booleans()):
        received = decode_pdu(encode_pdu(pdu))
        assert isinstance(received, SubmitSm)
        return received
    return pdu


@st.composite
def messages(draw: st.DrawFn) -> Message:
    made = Message(
        draw(MESSAGE_IDS),
        draw(TEXT),
        draw(st.integers(0, 1)),
        draw(st.integers(0, 1)),
        draw(submits()),
        Address(draw(OCTET), draw(OCTET), draw(TEXT)),
        draw(TEXT),
        draw(TEXT),
        draw(TEXT),
        draw(TEXT),
        draw(UINT16),
        draw(TIMES),
        draw(TIMES),
        draw(TIMES),
    )
    made.segments_acked = draw(st.integers(0, (1 << 255) - 1))
    made.attempts = draw(UINT32)
    made.cause = draw(UINT16)
    made.diagnostic = draw(UINT16)
    return made


def only(batch: bytes) -> journal.Entry:
    (entry,) = journal.read_entries(batch)
    return entry


def decided(message: Message) -> tuple[object, ...]:
    return (
        message.message_id,
        message.system_id,
        message.origin,
        message.target,
        message.source,
        message.msisdn,
        message.country,
        message.carrier,
        message.rule,
        message.concatenation_reference,
        message.accepted_at,
        message.due_at,
        message.expires_at,
    )


@given(messages())
def test_an_acceptance_comes_back(message: Message) -> None:
    """Design, journal: every field of the message and every octet of its PDU."""
    entry = only(journal.accepted_entry(message))
    again = entry.message
    assert again is not None
    assert decided(again) == decided(message)
    assert encode_pdu(again.submit) == encode_pdu(message.submit)
    assert again.submit.tlvs == message.submit.tlvs
    assert journal.accepted_entry(again) == journal.accepted_entry(message)


@given(messages(), TIMES, st.sampled_from(sorted(FINAL_STATES)), st.booleans())
def test_attempts_and_ends_come_back(
    message: Message, at: NetworkTime, state: int, owed: bool
) -> None:
    """Design, journal: which of up to 255 parts arrived, how often it was tried, how it ended."""
    attempt = only(journal.attempted_entry(message, at))
    assert attempt.segments_acked == message.segments_acked
    assert (attempt.message_id, attempt.attempts) == (message.message_id, message.attempts)
    assert (attempt.cause, attempt.diagnostic) == (message.cause, message.diagnostic)
    assert attempt.at == at
    message.conclude(state, at)
    end = only(journal.concluded_entry(message, owed))
    assert (end.message_id, end.state, end.at) == (message.message_id, state, at)
    assert (end.cause, end.diagnostic) == (message.cause, message.diagnostic)
    assert end.receipt_owed == owed


@given(MESSAGE_IDS, UINT32, TEXT, st.booleans())
def test_the_small_entries_come_back(
    message_id: int, status: int, msisdn: str, power: bool
) -> None:
    """Design, journal: acknowledged receipts, what a user set, the counter."""
    done = only(journal.receipt_done_entry(message_id, status))
    assert (done.message_id, done.command_status) == (message_id, status)
    phone = only(journal.phone_power_entry(msisdn, power))
    assert (phone.msisdn, phone.power) == (msisdn, power)
    assert only(journal.counter_entry(message_id)).message_id == message_id


@given(st.binary(max_size=200), st.integers(0, 8))
def test_any_octets_are_entries_or_a_store_error(octets: bytes, kind: int) -> None:
    """Everything from outside can be wrong: nothing else is ever raised."""
    framed = bytes([kind]) + len(octets).to_bytes(4, "little") + octets
    for batch in (octets, framed):
        try:
            list(journal.read_entries(batch))
        except StoreError:
            continue


@given(messages(), st.data())
def test_a_damaged_acceptance_is_read_or_a_store_error(
    message: Message, data: st.DataObject
) -> None:
    """One octet changed, or the end cut off."""
    entry = bytearray(journal.accepted_entry(message))
    at = data.draw(st.integers(0, min(len(entry), 400) - 1))
    entry[at] = data.draw(OCTET)
    damaged = bytes(entry[: len(entry) - data.draw(st.integers(0, 40))])
    try:
        list(journal.read_entries(damaged))
    except StoreError:
        return


@st.composite
def tolds(draw: st.DrawFn) -> Told:
    """Whatever rules may make of a message."""
    told = Told()
    told.reason = draw(TEXT)
    told.delivers = draw(st.booleans())
    told.message_state = draw(st.sampled_from([0, *sorted(FINAL_STATES)]))
    told.err = draw(st.text(st.sampled_from("013AZ._-"), max_size=20))
    told.after_s = draw(st.floats(0, 1e9))
    told.copies = draw(st.integers(1, 100))
    told.is_told = draw(st.booleans())
    told.held_until = draw(TIMES)
    told.text = draw(st.none() | st.text(max_size=30))
    return told


@given(messages(), tolds(), st.integers(0, 100))
def test_what_a_rule_made_of_a_message_comes_back(
    message: Message, told: Told, copies_done: int
) -> None:
    """TOLD stands behind ACCEPTED, with any character of a text, halves of surrogates too."""
    message.told = told
    accepted, entry = journal.read_entries(journal.accepted_entry(message))
    assert accepted.message is not None
    assert entry.told is not None
    assert vars_of(entry.told) == vars_of(told)
    assert (entry.message_id, entry.at) == (message.message_id, message.accepted_at)
    copy = only(journal.copy_entry(message.message_id, copies_done))
    assert (copy.message_id, copy.attempts) == (message.message_id, copies_done)


@given(messages(), tolds(), st.sampled_from(sorted(FINAL_STATES)), TIMES)
def test_what_a_rule_made_of_a_message_is_packed_with_it(
    message: Message, told: Told, state: int, at: NetworkTime
) -> None:
    """History forgets nothing of it, however often it is looked at."""
    message.told = told
    message.segments_acked &= 0xFF
    message.conclude(state, at)
    message.is_history = True
    again = unpack(pack(message))
    assert again.told is not None
    assert vars_of(again.told) == vars_of(told)
    assert (again.state_told, again.told_at) == (message.state_told, message.told_at)
    assert pack(again) == pack(unpack(pack(again)))


def vars_of(told: Told) -> tuple[object, ...]:
    """Everything that is kept of it."""
    return (
        told.reason,
        told.delivers,
        told.message_state,
        told.err,
        told.after_s,
        told.copies,
        told.is_told,
        told.held_until,
        told.text,
    )
