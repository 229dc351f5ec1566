"""PDUs printed for people and for scripts."""

import json

import pytest

from carrierbox.cli import main
from carrierbox.codecs.wap_push import service_push
from carrierbox.codecs.wap_service import WapService
from carrierbox.decoding import octets_of, pdu_lines, pdu_object, pdus_of, short_message_of
from carrierbox.errors import CarrierboxError, CodecError
from carrierbox.smpp.pdus import (
    PDU_CLASSES,
    BindTransceiver,
    DataSm,
    DeliverSm,
    DistributionListDestination,
    EnquireLink,
    Pdu,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
    UnsuccessSme,
)
from carrierbox.smpp.tlv import Tlv, integer_tlv, text_tlv
from carrierbox.smpp.values import COMMAND_NAMES
from carrierbox.smpp.wire import encode_pdu

# The submit_sm of SMPP 3.4 has these fields in this order (§4.4.1).
SUBMIT_SM_FIELDS = [
    "service_type",
    "source_addr_ton",
    "source_addr_npi",
    "source_addr",
    "dest_addr_ton",
    "dest_addr_npi",
    "destination_addr",
    "esm_class",
    "protocol_id",
    "priority_flag",
    "schedule_delivery_time",
    "validity_period",
    "registered_delivery",
    "replace_if_present_flag",
    "data_coding",
    "sm_default_msg_id",
    "sm_length",
    "short_message",
]
HEADER = [
    "command",
    "command_length",
    "command_id",
    "command_status",
    "command_status_name",
    "sequence_number",
]
RECEIPT = (
    b"id:17 sub:001 dlvrd:001 submit date:2601011200 done date:2601011201 stat:DELIVRD err:000 "
    b"text:Hi"
)


def told(pdu: Pdu) -> dict[str, object]:
    (decoded,) = pdus_of(encode_pdu(pdu))
    found = pdu_object(decoded)
    assert json.loads(json.dumps(found)) == found
    return found


def shown(pdu: Pdu) -> str:
    (decoded,) = pdus_of(encode_pdu(pdu))
    return "\n".join(pdu_lines(decoded))


def words(line_start: str, text: str) -> str:
    (line,) = [line for line in text.splitlines() if line.strip().startswith(line_start)]
    return " ".join(line.split())


def test_a_submit_sm_has_every_field_under_its_own_name() -> None:
    """Numbers are numbers, octets lower-case hexadecimal digits (SMPP 3.4 §4.4.1)."""
    found = told(
        SubmitSm(
            source_addr_ton=5,
            source_addr="ACME",
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr="33612345678",
            registered_delivery=1,
            short_message=b"J\x1be",
        )
    )
    assert list(found) == [*HEADER, *SUBMIT_SM_FIELDS, "tlvs", "text"]
    assert found["command"] == "submit_sm"
    assert (found["command_id"], found["command_status"]) == (4, 0)
    assert found["command_status_name"] == "ESME_ROK"
    assert found["source_addr"] == "ACME"
    assert found["sm_length"] == 3
    assert found["short_message"] == "4a1b65"
    assert found["text"] == "J\u20ac"


def test_a_part_is_decoded_without_its_header() -> None:
    """UCS-2 behind a concatenation element (TS 23.040 §9.2.3.24.1)."""
    octets = bytes.fromhex("0500032a0301") + "Hi \U0001f642".encode("utf-16-be")
    pdu = SubmitSm(esm_class=0x40, data_coding=8, short_message=octets)
    found = told(pdu)
    assert found["text"] == "Hi \U0001f642"
    assert found["user_data_header"] == "0500032a0301"
    assert found["concatenation"] == {"reference": 42, "total": 3, "number": 1}
    text = shown(pdu)
    assert words("user_data_header", text).endswith("part 1 of 3, reference 42")
    assert words("esm_class", text) == "esm_class 64 user data header"
    assert words("data_coding", text) == "data_coding 8 UCS-2"


def test_a_header_beyond_the_octets_is_said_and_is_no_error() -> None:
    """The PDU itself is sound."""
    pdu = SubmitSm(esm_class=0x40, short_message=b"\x09ab")
    assert told(pdu)["text"] is None
    assert "user data header of 10 octets" in words("text", shown(pdu))


def test_a_receipt_is_parsed_and_its_tlvs_have_names() -> None:
    """SMPP 3.4 Appendix B; a TLV nobody knows has its tag for a name."""
    pdu = DeliverSm(
        esm_class=4,
        short_message=RECEIPT,
        tlvs=[
            text_tlv(0x001E, "17"),
            integer_tlv(0x0427, 2),
            Tlv(0x0423, b"\x03\x00\x06"),
            Tlv(0x1403, b"\xab"),
        ],
    )
    found = told(pdu)
    assert found["receipt"] == {
        "id": "17",
        "sub": "001",
        "dlvrd": "001",
        "submit_date": "2601011200",
        "done_date": "2601011201",
        "stat": "DELIVRD",
        "err": "000",
        "text": "Hi",
    }
    assert found["tlvs"] == [
        {"tag": tag, "name": name, "length_octets": length, "value": value, "meaning": meaning}
        for tag, name, length, value, meaning in (
            (0x1E, "receipted_message_id", 3, "17", ""),
            (0x427, "message_state", 1, 2, "DELIVERED"),
            (0x423, "network_error_code", 3, "030006", "GSM"),
            (0x1403, "0x1403", 1, "ab", ""),
        )
    ]
    text = shown(pdu)
    assert words("TLV message_state", text) == "TLV message_state (0x0427) 2 DELIVERED"
    assert words("TLV network_error_code", text).endswith("GSM, error 6")
    assert words("TLV 0x1403", text) == "TLV 0x1403 ab 1 octet"
    assert words("receipt stat", text) == 'receipt stat "DELIVRD"'


def test_a_text_that_only_looks_like_a_receipt_is_none() -> None:
    """esm_class decides (SMPP 3.4 §5.2.12)."""
    assert "receipt" not in told(DeliverSm(short_message=RECEIPT))
    assert "receipt" not in told(SubmitSm(esm_class=4, short_message=RECEIPT))


def test_the_text_may_be_in_the_payload() -> None:
    """message_payload of a data_sm (SMPP 3.4 §5.3.2.32)."""
    pdu = DataSm(data_coding=3, tlvs=[Tlv(0x0424, b"caf\xe9")])
    assert told(pdu)["text"] == "caf\xe9"


def test_binary_is_no_text_and_octets_that_are_text_are_shown() -> None:
    """data_coding 4 carries either."""
    assert told(SubmitSm(data_coding=4, short_message=b"\x00\x01"))["text"] is None
    assert told(SubmitSm(data_coding=4, short_message=b"plain"))["text"] == "plain"
    binary = shown(SubmitSm(data_coding=4, short_message=b"\x00\x01"))
    assert words("text", binary) == "text (none) binary, 2 octets"


def test_names_stand_beside_numbers() -> None:
    """Types of number, plans, versions, states, status."""
    bind = shown(BindTransceiver(system_id="a", interface_version=0x34, addr_ton=1, addr_npi=1))
    assert words("interface_version", bind) == "interface_version 52 3.4"
    assert words("addr_ton", bind) == "addr_ton 1 international"
    assert words("addr_npi", bind) == "addr_npi 1 ISDN (E.163/E.164)"
    submit = shown(SubmitSm(esm_class=0xC3, registered_delivery=0x1D, source_addr_ton=99))
    assert words("esm_class", submit).endswith("store and forward, user data header, reply path")
    assert words("registered_delivery", submit).endswith(
        "receipt always, delivery acknowledgement, user acknowledgement, intermediate notifications"
    )
    assert words("source_addr_ton", submit) == "source_addr_ton 99 reserved"
    assert words("command_id", submit) == "command_id 0x00000004 submit_sm"


def test_lists_of_structures_are_lists() -> None:
    """submit_multi and its response (SMPP 3.4 §4.5)."""
    destinations: list[SmeDestination | DistributionListDestination] = [
        SmeDestination(1, 1, "336"),
        DistributionListDestination("all"),
    ]
    found = told(SubmitMulti(dest_address=destinations, short_message=b"x"))
    assert found["number_of_dests"] == 2
    assert found["dest_address"] == [
        {"dest_flag": 1, "dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "336"},
        {"dest_flag": 2, "dl_name": "all"},
    ]
    response = SubmitMultiResp(message_id="7", unsuccess_sme=[UnsuccessSme(1, 1, "336", 0x58)])
    text = shown(response)
    assert words("unsuccess_sme 1 error_status_code", text).endswith("88 ESME_RTHROTTLED")


@pytest.mark.parametrize("command_id", sorted(COMMAND_NAMES))
def test_every_pdu_can_be_printed_both_ways(command_id: int) -> None:
    """Each command, with nothing in it."""
    pdu = PDU_CLASSES[command_id]()
    assert told(pdu)["command"] == COMMAND_NAMES[command_id]
    assert shown(pdu).startswith(COMMAND_NAMES[command_id])


def test_nothing_in_a_pdu_can_steer_the_terminal() -> None:
    """An escape sequence from a stranger."""
    text = shown(SubmitSm(source_addr="\x1b[2J\x9b2J", short_message=b"\x0a\x0d"))
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert words("source_addr ", text) == r'source_addr "\x1b[2J\x9b2J"'
    assert words("text", text) == r'text "\n\r" 2 characters'


def test_octets_are_read_as_people_paste_them() -> None:
    """Spaces, line ends, colons, 0x, either case."""
    assert octets_of(" 00 0aFF\n0x10:11\t") == bytes.fromhex("000aff1011")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there are no octets"),
        ("0", "the last octet is cut"),
        ("0g", "'g' is no hexadecimal digit (at position 1)"),
        ("\x1b", r"'\\x1b' is no hexadecimal digit"),
        ("\uff10\uff10", "is no hexadecimal digit"),
    ],
)
def test_what_are_no_octets_is_told(text: str, said: str) -> None:
    """With its place."""
    with pytest.raises(CodecError) as raised:
        octets_of(text)
    assert said in str(raised.value)


def test_pdus_in_a_row_come_one_after_the_other() -> None:
    """The first ones are given even if the last one is bad."""
    row = encode_pdu(EnquireLink()) + encode_pdu(SubmitSmResp(message_id="1")) + b"\0\0\0\x11"
    given: list[int] = []
    with pytest.raises(CodecError, match=r"less than a header of 16 \(at position 34\)"):
        given.extend(pdu.command_id for pdu in pdus_of(row))
    assert given == [0x15, 0x80000004]


@pytest.mark.parametrize(
    ("hexadecimal", "said"),
    [
        ("00000010", "4 octets are less than a header"),
        ("0000000f000000150000000000000001", "command_length 15 is less than a header"),
        ("00000011000000150000000000000001", "command_length says 17 octets, 16 are there"),
        ("00000010000000ff0000000000000001", "unknown command_id 0x000000FF"),
        ("00000011000000040000000000000001ff", "service_type is cut"),
    ],
)
def test_what_is_no_pdu_is_told_in_a_sentence(hexadecimal: str, said: str) -> None:
    """Never another exception."""
    with pytest.raises(CarrierboxError, match=said):
        list(pdus_of(bytes.fromhex(hexadecimal)))


def test_what_carries_no_message_has_none() -> None:
    """An enquire_link, and a submit_sm without text."""
    assert short_message_of(EnquireLink()) is None
    assert told(SubmitSm())["text"] == ""


def test_a_tlv_is_told_in_words_as_far_as_it_can_be() -> None:
    """SMPP 3.4 §5.3.2: what the value means; of the wrong length, or reserved, that it is so."""
    pdu = SubmitSm(
        tlvs=[
            Tlv(0x0302, b"\x06"),
            Tlv(0x0019, b"\x07"),
            Tlv(0x0423, b"\x09\x00\x06"),
            Tlv(0x0381, b"\x01\x01\x01\x31"),
            Tlv(0x130C, b""),
            Tlv(0x0204, b"\x01"),
        ]
    )
    text = shown(pdu)
    said = "presentation restricted, verified and failed"
    assert words("TLV callback_num_pres_ind", text).endswith(f"(0x0302) 6 {said}")
    assert words("TLV payload_type", text).endswith("7 reserved")
    assert words("TLV network_error_code", text).endswith("reserved, error 6")
    assert words("TLV callback_num (", text).endswith("01010131 ASCII digits, 4 octets")
    assert words("TLV alert_on_message_delivery", text).endswith("(empty) 0 octets")
    assert words("TLV user_message_reference", text).endswith("01 1 octet")


def test_a_header_is_told_element_by_element_and_a_push_by_its_content() -> None:
    """TS 23.040 §9.2.3.24, WAP-167-ServiceInd: ports, class and what the phone would open."""
    push = service_push(WapService("service indication", "Hi", {"href": "http://www.xa.com/y"}))
    header = bytes.fromhex("0605040b8423f0")
    pdu = SubmitSm(esm_class=0x40, data_coding=0xF4, short_message=header + push)
    found = told(pdu)
    assert found["information_elements"] == [
        {
            "name": "application port addressing, 16-bit",
            "meaning": "to port 2948 (WAP push) from port 9200",
        }
    ]
    content = found["content"]
    assert isinstance(content, dict)
    assert (content["text"], content["href"]) == ("Hi", "http://www.xa.com/y")
    text = shown(pdu)
    assert words("content href", text) == 'content href "http://www.xa.com/y"'
    assert words("data_coding", text) == "data_coding 244 octets, class 0 (flash)"
    later = SubmitSm(
        esm_class=0x40, data_coding=4, short_message=bytes.fromhex("0b0003070202") + header[1:]
    )
    assert "content" not in told(later)


def test_text_of_a_national_table_is_read_by_its_header() -> None:
    """TS 23.040 §9.2.3.24.15; a header that is malformed is told and is no error (T39)."""
    pdu = SubmitSm(esm_class=0x40, short_message=bytes.fromhex("03240103") + b"\x1b\x09a")
    assert told(pdu)["text"] == "ça"
    odd = told(SubmitSm(esm_class=0x40, short_message=b"\x02\x00\x09a"))
    elements = odd["information_elements"]
    assert isinstance(elements, list)
    assert elements[0]["name"] == "problem"


def test_what_is_odd_about_ucs2_is_remarked() -> None:
    """T37: little-endian clients are detected and reported; the text stays as it was sent."""
    found = told(SubmitSm(data_coding=8, short_message="Hello".encode("utf-16-le")))
    assert found["remarks"] == ["looks little-endian, UCS-2 is big-endian"]
    assert "remarks" not in told(SubmitSm(data_coding=8, short_message="Hi".encode("utf-16-be")))
    text = shown(SubmitSm(data_coding=8, short_message=b"\0H\0"))
    assert words("remark", text) == "remark odd number of octets, the last unit is cut"


@pytest.mark.parametrize(
    ("name", "text"), [("gsm", "Ö"), ("latin1", "\\"), ("ascii", "\\"), ("gsm_packed", "Ö")]
)
def test_data_coding_0_is_read_as_agreed(
    name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """SMPP 3.4 §5.2.19, T32: the one octet that is two letters."""
    octets = encode_pdu(SubmitSm(short_message=b"\\")).hex()
    assert main(["decode", "--data-coding-0", name, "--json", octets]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == text
