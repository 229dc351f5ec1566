"""A text as the submit_sm PDUs that carry it: addresses, alphabets, parts.

For whoever submits without being a client with a coding of its own: scenarios, the HTTP API, and
questions to rules.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from carrierbox.codecs.data_coding import (
    DATA_CODING_DEFAULT,
    DATA_CODING_UCS2,
    alphabet_of,
    encode_ucs2,
)
from carrierbox.codecs.default_coding import (
    DEFAULT_GSM_PACKED,
    DEFAULT_GSM_UNPACKED,
    said_plainly,
)
from carrierbox.codecs.gsm7 import encode_gsm7
from carrierbox.codecs.packed_short_message import pack_septets_for_smpp
from carrierbox.codecs.segmentation import CodedText, code_text, split_user_data
from carrierbox.codecs.user_data_header import find_concatenation
from carrierbox.errors import CodecError
from carrierbox.identifiers import (
    NPI_ISDN,
    NPI_UNKNOWN,
    TON_ALPHANUMERIC,
    TON_UNKNOWN,
    Address,
    dialled_address,
)
from carrierbox.sender_kinds import check_sender
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_SEGMENT_SEQNUM,
    TAG_SAR_TOTAL_SEGMENTS,
    Tlv,
    integer_tlv,
)
from carrierbox.smpp.values import ESM_CLASS_UDHI
from carrierbox.smsc.content_class import TAG_CONTENT_CLASS

SHORT_MESSAGE_OCTETS_MAX: Final = 254
"""SMPP 3.4 §5.2.21."""
UDH: Final = "udh"
SAR: Final = "sar"
ASCII: Final = 1
LATIN_1: Final = 3
TAG_MAX: Final = 0xFFFF


def address_of(text: str) -> Address:
    """The address of what a person writes: a number with its +, a short code, a name, or nothing.

    Without + or 00 before it, a number is left to the numbering of the network.
    """
    dialled = dialled_address(text) if text else None
    if dialled is not None:
        return dialled
    if not text:
        return Address(TON_UNKNOWN, NPI_UNKNOWN, "")
    if text.isascii() and text.isdigit():
        return Address(TON_UNKNOWN, NPI_ISDN, text)
    return Address(TON_ALPHANUMERIC, NPI_UNKNOWN, text)


def sender_address(text: str) -> Address:
    """The address of a sender, its kind told by `check_sender`; one that is wrong stays as it is.

    A carrier has to see what is wrong to refuse it.
    """
    return check_sender(text).address or address_of(text)


def coded_text(
    text: str,
    data_coding: int | None = None,
    default_coding: int = DEFAULT_GSM_UNPACKED,
    languages: Sequence[int] = (),
) -> CodedText:
    """The text in a `data_coding`, or in the one that it needs; CodecError if that cannot write it.

    `default_coding` is what data_coding 0 means to the account (`codecs.default_coding`); septets
    that it packs are still unpacked here. National tables are used for `languages` where the coding
    is free and data_coding 0 is GSM 7-bit.
    """
    if data_coding is None:
        if default_coding in (DEFAULT_GSM_UNPACKED, DEFAULT_GSM_PACKED):
            return code_text(text, languages)
        for tried in (DATA_CODING_DEFAULT, LATIN_1):
            octets = _in_data_coding(text, tried, default_coding)
            if octets is not None:
                return CodedText(tried, b"", octets)
        return CodedText(DATA_CODING_UCS2, b"", encode_ucs2(text))
    written = _in_data_coding(text, data_coding, default_coding)
    if written is None:
        raise CodecError(f"data_coding {data_coding} cannot write {text[:40]!r}")
    return CodedText(data_coding, b"", written)


def _in_data_coding(text: str, data_coding: int, default_coding: int) -> bytes | None:
    """The octets; None if it has no place for a character."""
    plain, _ = said_plainly(b"", data_coding, default_coding)
    try:
        if plain == ASCII:
            return text.encode("ascii")
        if plain == LATIN_1:
            return text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    if alphabet_of(plain) == alphabet_of(DATA_CODING_UCS2):
        return encode_ucs2(text)
    return encode_gsm7(text)


def whole_submit(
    blank: SubmitSm, coded: CodedText, default_coding: int = DEFAULT_GSM_UNPACKED
) -> SubmitSm:
    """`blank` with the text, in a message_payload beyond 254 octets: the centre cuts it."""
    octets = coded.header + _octets_said(
        coded.user_data, coded.data_coding, default_coding, len(coded.header)
    )
    blank.data_coding = coded.data_coding
    if coded.header:
        blank.esm_class |= ESM_CLASS_UDHI
    if len(octets) > SHORT_MESSAGE_OCTETS_MAX:
        blank.tlvs = [*blank.tlvs, Tlv(TAG_MESSAGE_PAYLOAD, octets)]
    else:
        blank.short_message = octets
    return blank


def submits_in_parts(
    blank: Callable[[], SubmitSm],
    coded: CodedText,
    parts: str,
    reference: int,
    default_coding: int = DEFAULT_GSM_UNPACKED,
) -> list[SubmitSm]:
    """One submit_sm for each part that its client cuts, with UDH or SAR, under `reference`.

    `blank` makes one without a text. SAR has no place for a header: the text is coded without
    languages. Raises CodecError for a text of more than 255 parts.
    """
    plain, _ = said_plainly(b"", coded.data_coding, default_coding)
    # The centre makes sar TLVs a header with 16 bits of reference, which takes an octet more.
    segments = split_user_data(
        coded.user_data, alphabet_of(plain), reference, wide=parts == SAR, header=coded.header
    )
    submits = []
    for segment in segments:
        submit = blank()
        submit.data_coding = coded.data_coding
        part = find_concatenation(segment.user_data_header)
        header = segment.user_data_header
        if parts == SAR and part is not None:
            header = b""
            submit.tlvs = [
                *submit.tlvs,
                integer_tlv(TAG_SAR_MSG_REF_NUM, part.reference),
                integer_tlv(TAG_SAR_TOTAL_SEGMENTS, part.total),
                integer_tlv(TAG_SAR_SEGMENT_SEQNUM, part.number),
            ]
        if header:
            submit.esm_class |= ESM_CLASS_UDHI
        submit.short_message = header + _octets_said(
            segment.user_data, coded.data_coding, default_coding, len(header)
        )
        submits.append(submit)
    return submits


def tlvs_said(written: Mapping[str, str], content_class: str = "") -> list[Tlv]:
    """TLVs from hexadecimal digits by tag (`"0x1401": "0a"`), and that of a content class.

    Raises ValueError for what is no tag or no such digits.
    """
    tlvs = []
    for tag, digits in written.items():
        try:
            number, octets = int(tag, 0), bytes.fromhex(digits)
        except ValueError:
            number, octets = -1, b""
        if not 0 <= number <= TAG_MAX:
            raise ValueError(f"{tag[:20]!r}: {digits[:20]!r} is no TLV: write it as '0x1401': '0a'")
        tlvs.append(Tlv(number, octets))
    if content_class:
        tlvs.append(Tlv(TAG_CONTENT_CLASS, content_class.encode("latin-1", "replace")))
    return tlvs


def _octets_said(
    user_data: bytes, data_coding: int, default_coding: int, header_octets: int
) -> bytes:
    """User data as it stands in short_message, behind its header."""
    if data_coding == DATA_CODING_DEFAULT and default_coding == DEFAULT_GSM_PACKED:
        return pack_septets_for_smpp(user_data, header_octets)
    return user_data
