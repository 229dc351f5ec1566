"""Fuzz target: data_coding 0 by agreement, packed septets in a short_message, texts coded anew."""

from driver import run

from carrierbox.codecs.default_coding import (
    DEFAULT_CODING_NAMES,
    DEFAULT_GSM_PACKED,
    decode_text_by_default,
    encode_text_by_default,
    from_user_data_by_default,
    receipt_octets,
)
from carrierbox.codecs.packed_short_message import (
    pack_septets_for_smpp,
    unpack_septets_from_smpp,
)
from carrierbox.codecs.user_data_header import split_user_data_header
from carrierbox.errors import CodecError
from carrierbox.smpp.pdus import DeliverSm
from carrierbox.smsc.text_coding import AGREED_CODINGS, phone_form, write_for_account


def target(octets: bytes) -> None:
    """Any octets have a text by any agreement, and a form for phones and for other accounts."""
    first, second, *_ = (*octets[:2], 0, 0)
    default_coding = first % len(DEFAULT_CODING_NAMES)
    agreed = AGREED_CODINGS[default_coding]
    rest = octets[2:]
    header = b""
    if first & 0x40:
        try:
            header, rest = split_user_data_header(rest)
        except CodecError:
            header = b""
    text = decode_text_by_default(rest, second, default_coding, header)
    data_coding, coded = encode_text_by_default(text, default_coding)
    read = decode_text_by_default(coded, data_coding, default_coding)
    if default_coding != DEFAULT_GSM_PACKED and not text.startswith(("\ufeff", "\ufffe")):
        assert read == text, (read, text)
    assert b"\0" not in receipt_octets(text.replace("\0", ""), 0)
    try:
        form = phone_form(second, header, rest, agreed, (1, 6, 3), header_octets=len(header))
    except CodecError:
        return
    from_user_data_by_default(form.user_data, form.data_coding, form.header, default_coding)
    pdu = DeliverSm(data_coding=second, esm_class=first & 0x40, short_message=octets[2:])
    for other in AGREED_CODINGS:
        write_for_account(pdu, agreed, other)
    septets = unpack_septets_from_smpp(rest, len(header))
    again = unpack_septets_from_smpp(pack_septets_for_smpp(septets, len(header)), len(header))
    assert again.startswith(septets[:-1])


if __name__ == "__main__":
    run(
        target,
        [
            bytes.fromhex("010031d98c56b3dd1a"),
            bytes.fromhex("4100050003010201d06536fb0d"),
            bytes.fromhex("020040e9"),
            bytes.fromhex("4203032401031b09"),
        ],
    )
