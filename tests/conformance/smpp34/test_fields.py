"""Every body of SMPP 3.4 §4, octet by octet, against a second transcription (`fields.toml`)."""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from carrierbox.errors import LocalProtocolError, PduError
from carrierbox.smpp import values
from carrierbox.smpp.fields import DistributionListDestination, SmeDestination, UnsuccessSme
from carrierbox.smpp.pdus import PDU_CLASSES, Pdu
from carrierbox.smpp.wire import (
    decode_declared,
    decode_pdu,
    describe_pdu,
    encode_declared,
    encode_pdu,
)

TABLE: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "fields.toml").read_text(encoding="utf-8")
)
COMMANDS: Final = {name: number for number, name in values.COMMAND_NAMES.items()}
SEQUENCE_NUMBER: Final = 7


class Body:
    """A body written by the table: every number another one, every string another letter."""

    def __init__(self, long_field: str = "", long_octets: int = 0) -> None:
        self._long_field = long_field
        self._long_octets = long_octets
        self._count = 0
        self.parts: list[bytes] = []
        self.values: dict[str, Any] = {}

    def add(self, body: str) -> "Body":
        """Write the fields of a body, each behind the other."""
        self._add(body, self.values)
        return self

    def _add(self, body: str, values_of: dict[str, Any]) -> None:
        for name, kind in fields_of(body):
            if kind.startswith("int"):
                self._add_integer(name, int(kind[3:]), values_of)
            elif kind == "oct":
                self.parts[-1] = bytes([2])
                values_of[fields_of(body)[-2][0]] = 2
                values_of[name] = b"Hi"
                self.parts.append(b"Hi")
            elif kind.startswith("("):
                self._add_structures(name, kind, values_of)
            else:
                self._add_string(name, values_of)

    def _add_integer(self, name: str, length_octets: int, values_of: dict[str, Any]) -> None:
        self._count += 1
        # The first octet of a wide integer counts, too.
        number = self._count | (0x9A << 8 * (length_octets - 1) if length_octets > 1 else 0)
        values_of[name] = number
        self.parts.append(number.to_bytes(length_octets, "big"))

    def _add_string(self, name: str, values_of: dict[str, Any]) -> None:
        self._count += 1
        length = self._long_octets if name == self._long_field else 3
        text = chr(ord("A") + self._count % 26) * length
        values_of[name] = text
        self.parts.append(text.encode() + b"\0")

    def _add_structures(self, name: str, kind: str, values_of: dict[str, Any]) -> None:
        shapes = TABLE["structures"][kind]
        values_of[[*values_of][-1]] = len(shapes)
        self.parts[-1] = bytes([len(shapes)])
        values_of[name] = []
        for flag, shape in shapes.items():
            element: dict[str, Any] = {}
            if flag:
                element["dest_flag"] = int(flag)
                self.parts.append(bytes([int(flag)]))
            self._add(shape, element)
            values_of[name].append(element)


def fields_of(body: str) -> list[tuple[str, str]]:
    pairs = [field.strip().split("=") for field in body.split(";") if field.strip()]
    return [(name, kind) for name, kind in pairs]


def strings_of(body: str) -> list[tuple[str, int]]:
    found = []
    for name, kind in fields_of(body):
        if kind.startswith("cstr"):
            found.append((name, int(kind[4:])))
        for shape in TABLE["structures"].get(kind, {}).values():
            found += strings_of(shape)
    return found


def framed(command: str, body: Body) -> bytes:
    octets = b"".join(body.parts)
    words = (16 + len(octets), COMMANDS[command], values.ESME_ROK, SEQUENCE_NUMBER)
    return b"".join(word.to_bytes(4, "big") for word in words) + octets


def pdu_of(command: str, body: Body) -> Pdu:
    """The PDU that says the same, made by its attributes."""
    pdu = PDU_CLASSES[COMMANDS[command]]()
    pdu.sequence_number = SEQUENCE_NUMBER
    for name, value in body.values.items():
        if isinstance(value, list):
            setattr(pdu, name, [element_of(name, one) for one in value])
        elif hasattr(pdu, name):
            setattr(pdu, name, value)
    return pdu


def element_of(name: str, given: dict[str, Any]) -> object:
    """An element of a list, made by the codec's own declaration of it."""
    element = next(shape for shape in shapes_of(name) if shape_fits(shape, given))
    for field, value in given.items():
        setattr(element, field, value)
    return element


def shapes_of(name: str) -> list[object]:
    if name == "unsuccess_sme":
        return [UnsuccessSme()]
    return [SmeDestination(), DistributionListDestination()]


def shape_fits(shape: object, given: dict[str, Any]) -> bool:
    return all(hasattr(shape, field) for field in given)


STRINGS: Final = [
    pytest.param(command, name, max_octets, id=f"{command}-{name}")
    for command, body in TABLE["bodies"].items()
    for name, max_octets in strings_of(body)
]


def test_every_body_is_transcribed() -> None:
    """SMPP 3.4 §5.1.2.1, table 5-1; each string has the status that refuses it."""
    assert set(TABLE["bodies"]) == set(TABLE["clauses"]) == set(COMMANDS)
    named = {param.values[1] for param in STRINGS}
    assert named == set(TABLE["statuses"])


@pytest.mark.parametrize("command", TABLE["bodies"])
def test_a_body_is_its_fields_in_their_order(command: str) -> None:
    """SMPP 3.4 §4, read and written, by both codecs."""
    body = Body().add(TABLE["bodies"][command])
    frame = framed(command, body)
    for decode in (decode_declared, decode_pdu):
        assert dict(describe_pdu(decode(frame))) == body.values
    for encode in (encode_declared, encode_pdu):
        assert encode(pdu_of(command, body)).hex() == frame.hex()


@pytest.mark.parametrize(("command", "name", "max_octets"), STRINGS)
def test_the_longest_string_is_read_and_written(command: str, name: str, max_octets: int) -> None:
    """SMPP 3.4 §3.1, §5.2, T12: the NUL is one of the octets; by both codecs."""
    body = Body(name, max_octets - 1).add(TABLE["bodies"][command])
    frame = framed(command, body)
    for decode in (decode_declared, decode_pdu):
        assert dict(describe_pdu(decode(frame))) == body.values
    for encode in (encode_declared, encode_pdu):
        assert encode(pdu_of(command, body)).hex() == frame.hex()


@pytest.mark.parametrize(("command", "name", "max_octets"), STRINGS)
def test_a_longer_string_is_refused_and_never_written(
    command: str, name: str, max_octets: int
) -> None:
    """SMPP 3.4 §5.1.3, T12: with the status of its field; nothing is cut."""
    body = Body(name, max_octets).add(TABLE["bodies"][command])
    for decode in (decode_declared, decode_pdu):
        with pytest.raises(PduError) as caught:
            decode(framed(command, body))
        assert values.status_name(caught.value.command_status) == f"ESME_{TABLE['statuses'][name]}"
    for encode in (encode_declared, encode_pdu):
        with pytest.raises(LocalProtocolError):
            encode(pdu_of(command, body))
