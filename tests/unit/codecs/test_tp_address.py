"""Addresses of transfer PDUs."""

import pytest

from carrierbox.codecs.tp_address import TpAddress, decode_tp_address, tp_address
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address


@pytest.mark.parametrize(
    ("ton", "npi", "value", "octets"),
    [
        (1, 1, "33612345678", "0b913316325476f8"),
        (1, 1, "447917267410", "0c91449771624701"),
        (2, 1, "0126541234", "0aa11062452143"),
        (0, 1, "50131", "05810531f1"),
        (0, 0, "", "0080"),
        (0, 1, "*#21#abc", "0881ba12cbed"),
        (1, 1, "12345678901234567890", "149121436587092143658709"),
        (5, 0, "Acme", "07d0c171bb0c"),
        (5, 0, "Megafon", "0dd0cdf2396c7ebb01"),
        (5, 0, "MyBrandName", "14d0cdbc501e76939de17619"),
        (5, 0, "12345678", "0ed031d98c56b3dd70"),
    ],
)
def test_an_address_is_encoded_and_decoded(ton: int, npi: int, value: str, octets: str) -> None:
    """TS 23.040 §9.1.2.5: useful semi-octets are counted, text is packed."""
    address = tp_address(Address(ton, npi, value))
    assert address.encode().hex() == octets
    decoded, end = decode_tp_address(b"\xff" + bytes.fromhex(octets) + b"\xff", 1)
    assert end == 1 + len(octets) // 2
    assert decoded == address
    assert hash(decoded) == hash(address)
    assert decoded.address == Address(ton, npi, value)
    assert repr(decoded) == f"TpAddress(Address({ton}, {npi}, {value!r}))"


@pytest.mark.parametrize(
    ("ton", "npi", "value"),
    [
        (1, 1, "1" * 21),
        (1, 1, "12x"),
        (1, 1, "１"),
        (5, 0, "TwelveLetter"),
        (5, 0, "ElevenChar€"),
        (5, 0, "Привет"),
        (8, 0, "1"),
        (1, 16, "1"),
        (-1, 0, "1"),
    ],
)
def test_what_has_no_place_in_an_address_is_an_error(ton: int, npi: int, value: str) -> None:
    """TS 23.040 §9.1.2.5: twelve octets at most."""
    with pytest.raises(CodecError):
        tp_address(Address(ton, npi, value))


@pytest.mark.parametrize(
    ("octets", "position"),
    [("", 0), ("0b", 1), ("0b91331632", 0), ("159121436587092143658709f1", 0)],
)
def test_an_address_that_ends_early_or_is_too_long_is_an_error(octets: str, position: int) -> None:
    """TS 23.040 §9.1.2.5."""
    with pytest.raises(CodecError) as caught:
        decode_tp_address(bytes.fromhex(octets), 0)
    assert caught.value.position == position


def test_strange_octets_are_kept() -> None:
    """T38: a filler that is none, digits 15, the extension bit off."""
    octets = bytes.fromhex("031133f4")
    decoded, _ = decode_tp_address(octets, 0)
    assert decoded.value == "334"
    assert decode_tp_address(bytes.fromhex("0491f3f4"), 0)[0].value == "3f4f"
    assert decoded.encode() == octets
    for wrong in (TpAddress(3, 0x91, b"\x33"), TpAddress(22, 0x91, b""), TpAddress(0, 256, b"")):
        with pytest.raises(CodecError):
            wrong.encode()
    assert decoded != 3
