"""Transfer PDUs and user data headers printed for people and for scripts."""

import json

import pytest

from carrierbox.cli import main
from carrierbox.codecs.mms_notification import MmsNotification, encode_mms_notification
from carrierbox.codecs.tp_user_data import tp_user_data
from carrierbox.codecs.wap_push import mms_push
from carrierbox.decoding_tpdu import header_lines, header_object, tpdu_lines, tpdu_object
from carrierbox.errors import CodecError

# "hellohello" from +27838890001, the example that most guides to GSM modems print.
DELIVER = bytes.fromhex("040b917238880900f10000993092516195800ae8329bfd4697d9ec37")
SUBMIT = bytes.fromhex("11000b916407281553f80000aa0ae8329bfd4697d9ec37")
CONCATENATED = bytes.fromhex("050003aa0302")


def deliver(header: bytes, user_data: bytes, tp_dcs: int = 0) -> bytes:
    packed = tp_user_data(header, user_data, tp_dcs)
    head = bytes([0x44 if header else 0x04]) + DELIVER[1:10] + bytes([tp_dcs]) + DELIVER[11:18]
    return head + bytes([packed.length]) + packed.octets


def test_a_deliver_has_every_field_under_its_own_name() -> None:
    """Numbers are numbers, the text is decoded (TS 23.040 §9.2.2.1)."""
    found = tpdu_object(DELIVER, "mt")
    assert json.loads(json.dumps(found)) == found
    assert found["type"] == "SMS-DELIVER"
    assert found["tp_oa"] == "27838890001"
    assert (found["tp_oa_ton"], found["tp_oa_npi"]) == (1, 1)
    assert (found["tp_pid"], found["tp_dcs"], found["tp_udl"]) == (0, 0, 10)
    assert found["tp_ud"] == "e8329bfd4697d9ec37"
    assert found["text"] == "hellohello"


def test_a_submit_is_read_in_the_other_direction() -> None:
    """TP-MTI 1 is a SUBMIT from the phone and a report to it (§9.2.3.1)."""
    found = tpdu_object(SUBMIT, "mo")
    assert found["type"] == "SMS-SUBMIT"
    assert (found["tp_da"], found["tp_vp"], found["tp_vp_text"]) == ("46708251358", 170, "4 days")
    with pytest.raises(CodecError):
        tpdu_object(SUBMIT, "mt")


def test_names_that_repeat_are_lists() -> None:
    """As they are with one element, so that a script need not tell the two apart."""
    one = tpdu_object(deliver(CONCATENATED, b"Hi"), "mt")
    assert isinstance(one["information_element"], list)
    assert len(one["information_element"]) == 1
    two = tpdu_object(deliver(bytes.fromhex("0b0003aa0302050423f40000"), b"Hi"), "mt")
    elements = two["information_element"]
    assert isinstance(elements, list)
    assert "part 2 of 3, reference 170" in elements[0]
    assert "9204" in elements[1]
    assert two["text"] == "Hi"


def test_people_read_what_a_value_means_behind_it() -> None:
    """A field is a line; the text cannot steer a terminal."""
    lines = tpdu_lines(deliver(b"", b"\x00\x1b", 0x04), "mt")
    assert lines[0] == "SMS-DELIVER"
    told = {line.split()[0]: line for line in lines[1:]}
    assert "tp_dcs_name" not in told
    assert len(told["tp_dcs"].split()) > 2
    assert told["text"].split(maxsplit=1)[1] == '"\\x00\\x1b"'


@pytest.mark.parametrize("octets", [DELIVER[:cut] for cut in range(len(DELIVER))])
def test_a_cut_tpdu_is_an_error_with_a_position(octets: bytes) -> None:
    """Wherever it is cut; nothing crashes."""
    with pytest.raises(CodecError) as caught:
        tpdu_object(octets, "mt")
    assert 0 <= caught.value.position <= len(octets)
    with pytest.raises(CodecError):
        tpdu_lines(octets, "mt")


def test_a_header_is_told_element_by_element() -> None:
    """Identifier, length and data, with what they mean (§9.2.3.24)."""
    found = header_object(CONCATENATED)
    assert json.loads(json.dumps(found)) == found
    assert found["udhl"] == 5
    assert found["concatenation"] == {"reference": 170, "total": 3, "number": 2}
    elements = found["information_elements"]
    assert isinstance(elements, list)
    (element,) = elements
    assert (element["iei"], element["iedl"], element["ied"]) == (0, 3, "aa0302")
    assert element["ied_text"] == "part 2 of 3, reference 170"
    assert "concatenation" not in header_object(bytes.fromhex("03240101"))


def test_people_read_a_header_too() -> None:
    """An element without data is told as such."""
    lines = header_lines(bytes.fromhex("0724010199000000"[:16]))
    assert lines[0] == "user data header"
    assert lines[1].split() == ["udhl", "7", "octets"]
    assert lines[2].endswith("Turkish")
    assert "(empty)" in lines[3]


@pytest.mark.parametrize("octets", ["", "0500", "05000301", "050003aa030200", "0100", "0300ff01"])
def test_a_malformed_header_is_an_error(octets: str) -> None:
    """Overruns, a wrong UDHL, nothing at all."""
    with pytest.raises(CodecError) as caught:
        header_object(bytes.fromhex(octets))
    assert caught.value.position >= 0
    with pytest.raises(CodecError):
        header_lines(bytes.fromhex(octets))


def test_the_command_prints_a_tpdu(capsys: pytest.CaptureFixture[str]) -> None:
    """Fields for people, one object for scripts."""
    assert main(["decode", "--tpdu", "mt", DELIVER[:9].hex(), DELIVER[9:].hex()]) == 0
    assert capsys.readouterr().out.startswith("SMS-DELIVER\n")
    assert main(["decode", "--tpdu", "mo", SUBMIT.hex(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == tpdu_object(SUBMIT, "mo")


def test_the_command_prints_a_header(capsys: pytest.CaptureFixture[str]) -> None:
    """Its length octet first."""
    assert main(["decode", "--udh", CONCATENATED.hex()]) == 0
    assert "part 2 of 3" in capsys.readouterr().out
    assert main(["decode", "--udh", CONCATENATED.hex(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == header_object(CONCATENATED)


@pytest.mark.parametrize(
    "argv",
    [
        ["--tpdu", "mt", "zz"],
        ["--tpdu", "mt", "04"],
        ["--tpdu", "mo", "03"],
        ["--tpdu", "mt", DELIVER.hex() + "00"],
        ["--udh", "0500"],
        ["--udh", "--json", ""],
    ],
)
def test_wrong_input_ends_with_2_and_one_sentence(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, nothing on stdout."""
    assert main(["decode", *argv]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("carrierbox: ")


@pytest.mark.parametrize(
    ("octets", "direction", "carried_in", "expected"),
    [
        ("0000", "mo", None, "RP-ACK"),
        ("00d000", "mo", None, "RP-ERROR"),
        ("000000", "mo", "rp-error", "RP-ERROR"),
        ("010099309251619580", "mt", None, "RP-ACK"),
        ("01c50099309251619580", "mt", None, "RP-ERROR"),
        # An extension of TP-PI, which nothing uses, looks like a cause.
        ("008000", "mo", "rp-ack", "RP-ACK"),
    ],
)
def test_a_report_tells_by_its_second_octet_what_it_came_in(
    octets: str, direction: str, carried_in: str | None, expected: str
) -> None:
    """TS 23.040 §9.2.2.1a, §9.2.2.2a, §9.2.3.22: TP-FCS is 0x80 or above."""
    found = tpdu_object(bytes.fromhex(octets), direction, carried_in)
    assert found["carried_in"] == expected
    assert ("tp_fcs" in found) == (expected == "RP-ERROR")
    assert tpdu_lines(bytes.fromhex(octets), direction, carried_in)[1].endswith(expected)


def test_the_command_decodes_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    """`--rp` where the octets do not tell."""
    assert main(["decode", "--tpdu", "mo", "00d000", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["tp_fcs"], found["tp_fcs_name"]) == (0xD0, "(U)SIM storage full")
    assert main(["decode", "--tpdu", "mo", "--rp", "error", "000000"]) == 0
    assert "RP-ERROR" in capsys.readouterr().out


def test_the_notification_of_an_mms_is_readable() -> None:
    """WAP-235-PushOTA §7.1: in place of a text; a second part alone says nothing."""
    notification = encode_mms_notification(MmsNotification("T1", url="http://mms/1"))
    ports = bytes.fromhex("0605040b8423f0")
    found = tpdu_object(deliver(ports, mms_push(notification), 4), "mt")
    assert (found["push_mms"], found["push_url"]) == ("notification", "http://mms/1")
    assert "text" not in found
    second = tpdu_object(deliver(bytes.fromhex("0b0003aa0202") + ports[1:], b"x", 4), "mt")
    assert second["text"] == "x"
