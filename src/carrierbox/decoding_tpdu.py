"""Transfer PDUs and user data headers for people and for scripts (TS 23.040 §9.2.2, §9.2.3.24)."""

from typing import Final

from carrierbox.codecs.information_element_tables import information_element_kind
from carrierbox.codecs.information_element_words import element_words
from carrierbox.codecs.tpdu import decode_tpdu
from carrierbox.codecs.tpdu_types import DIRECTION_MO, DIRECTION_MT, Tpdu
from carrierbox.codecs.tpdu_words import describe_tpdu
from carrierbox.codecs.user_data_header import find_concatenation, parse_user_data_header
from carrierbox.errors import CodecError
from carrierbox.terminal import aligned, printable

DIRECTIONS: Final = {"mt": DIRECTION_MT, "mo": DIRECTION_MO}
"""To the mobile station, from the mobile station."""

RP_ACK: Final = "rp-ack"
RP_ERROR: Final = "rp-error"

_LOWEST_FAILURE_CAUSE: Final = 0x80
_EXPLANATIONS: Final = ("_name", "_text")
# One name for as many elements as a header has: for scripts it is a list even if there is one.
_ALWAYS_LISTS: Final = ("information_element",)


def tpdu_object(octets: bytes, direction: str, carried_in: str | None = None) -> dict[str, object]:
    """A transfer PDU for JSON; `direction` is `mt` or `mo`, `carried_in` as for `tpdu_lines`.

    Numbers are numbers, octets are lower-case hexadecimal digits, and a name that comes more than
    once holds a list. Raises CodecError for octets that are no transfer PDU.
    """
    told: dict[str, object] = {}
    for name, value in describe_tpdu(_decoded(octets, direction, carried_in)):
        before = told.get(name)
        if isinstance(before, list):
            before.append(value)
        elif name in told:
            told[name] = [before, value]
        else:
            told[name] = [value] if name in _ALWAYS_LISTS else value
    return told


def tpdu_lines(octets: bytes, direction: str, carried_in: str | None = None) -> list[str]:
    """A transfer PDU as lines of columns: field, value, what the value means.

    `carried_in` is `rp-ack` or `rp-error` for a report; without it its second octet tells: a
    TP-FCS is 0x80 or above, and a TP-PI is not where nothing uses its extension. Raises CodecError
    for octets that are no transfer PDU.
    """
    (_, title), *fields = describe_tpdu(_decoded(octets, direction, carried_in))
    rows: list[list[str]] = []
    for name, value in fields:
        if rows and name in [rows[-1][0] + each for each in _EXPLANATIONS]:
            rows[-1].append(printable(str(value)))
        elif name == "text":
            rows.append([name, f'"{printable(str(value))}"'])
        else:
            rows.append([name, printable(str(value)) or "(empty)"])
    return [str(title), *aligned(rows, indent="  ")]


def header_object(header: bytes) -> dict[str, object]:
    """A user data header, UDHL included, for JSON. Raises CodecError if it is malformed."""
    elements = parse_user_data_header(_whole(header))
    told: dict[str, object] = {
        "udhl": header[0],
        "information_elements": [
            {
                "iei": each.iei,
                "iei_name": information_element_kind(each.iei).name,
                "iedl": len(each.data),
                "ied": each.data.hex(),
                "ied_text": element_words(each),
            }
            for each in elements
        ],
    }
    found = find_concatenation(header)
    if found is not None:
        told["concatenation"] = {
            "reference": found.reference,
            "total": found.total,
            "number": found.number,
        }
    return told


def header_lines(header: bytes) -> list[str]:
    """A user data header, UDHL included, a line for each element; errors as `header_object`."""
    elements = parse_user_data_header(_whole(header))
    rows = [["udhl", str(header[0]), "octets"]]
    for each in elements:
        name = information_element_kind(each.iei).name
        octets = each.data.hex() or "(empty)"
        rows.append([f"0x{each.iei:02x} {name}", octets, printable(element_words(each))])
    return ["user data header", *aligned(rows, indent="  ")]


def _decoded(octets: bytes, direction: str, carried_in: str | None) -> Tpdu:
    if carried_in is None:
        error = len(octets) > 1 and octets[1] >= _LOWEST_FAILURE_CAUSE
    else:
        error = carried_in == RP_ERROR
    return decode_tpdu(octets, DIRECTIONS[direction], error)


def _whole(header: bytes) -> bytes:
    if not header:
        raise CodecError("a user data header has at least one octet", 0)
    return header
