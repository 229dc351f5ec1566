"""Fields one by one, the values around their limits. See test_linter.py for every rule."""

from __future__ import annotations

import pytest

from carrierbox.lint import rule_tables as rules
from carrierbox.lint.dissection import Found
from carrierbox.lint.pdu_checks import Message, check_bind, check_message, check_tlvs
from carrierbox.lint.rule_tables import Rule
from carrierbox.smpp.fields import SmeDestination
from carrierbox.smpp.pdus import (
    BindTransceiver,
    DataSm,
    EnquireLink,
    ReplaceSm,
    SubmitMulti,
    SubmitSm,
)
from carrierbox.smpp.tlv import Tlv

NOW = 1_700_000_000.0


def submit(**fields: object) -> list[Rule]:
    """What is wrong with a submit_sm with these fields."""
    request = SubmitSm(destination_addr="33612345678", short_message=b"Hello")
    for name, value in fields.items():
        setattr(request, name, value)
    return judged(request)[0]


def judged(request: object) -> tuple[list[Rule], Message | None]:
    found: list[Found] = []
    message = check_message(request, NOW, found)  # type: ignore[arg-type]
    return [rule for rule, _ in found], message


@pytest.mark.parametrize(
    "fields",
    [
        {"esm_class": 0x03},
        {"esm_class": 0x08},
        {"esm_class": 0x80},
        {"registered_delivery": 0x1E},
        {"priority_flag": 3},
        {"data_coding": 0xF0},
        {"data_coding": 0x0E, "short_message": b"a"},
        {"source_addr": "", "source_addr_ton": 0},
        {"source_addr": "12345", "source_addr_ton": 6},
        {"source_addr": "ElevenChars", "source_addr_ton": 5},
        {"validity_period": "991231235959948+"},
        {"schedule_delivery_time": "000000010000000R"},
    ],
)
def test_values_that_the_specification_allows(fields: dict[str, object]) -> None:
    """SMPP 3.4 §5.2: the last ones inside."""
    assert submit(**fields) == []


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"esm_class": 0x04}, rules.ESM_CLASS),
        ({"esm_class": 0x0C}, rules.ESM_CLASS),
        ({"registered_delivery": 0x03}, rules.REGISTERED_DELIVERY),
        ({"data_coding": 0x10}, rules.DATA_CODING_RESERVED),
        ({"data_coding": 0xE0, "short_message": b"\0a"}, rules.DATA_CODING_RESERVED),
        ({"source_addr": "+336", "source_addr_ton": 1}, rules.ADDRESS_PUNCTUATION),
        ({"destination_addr": "336 12 34"}, rules.ADDRESS_PUNCTUATION),
        ({"validity_period": "991331235959948+"}, rules.TIME_MALFORMED),
        ({"validity_period": "000000010000000"}, rules.TIME_MALFORMED),
        ({"schedule_delivery_time": "231114220000000+"}, rules.TIME_PAST),
    ],
)
def test_values_that_it_does_not(fields: dict[str, object], rule: Rule) -> None:
    """T21, T22, T32, T42, T45."""
    assert submit(**fields) == [rule]


def test_data_sm_and_replace_sm_and_submit_multi_are_judged_alike() -> None:
    """As far as they have the fields."""
    payload = [Tlv(0x0424, b"Hello")]
    assert judged(DataSm(destination_addr="336", tlvs=payload))[0] == []
    assert judged(DataSm(destination_addr="336"))[0] == [rules.NO_PAYLOAD]
    assert judged(ReplaceSm(registered_delivery=0x40))[0] == [rules.REGISTERED_DELIVERY]
    destinations = [SmeDestination(1, 1, "00336"), SmeDestination(9, 1, "336")]
    found, _ = judged(SubmitMulti(dest_address=[*destinations], short_message=b"a"))
    assert found == [rules.INTERNATIONAL_PREFIX, rules.TON]
    assert judged(EnquireLink()) == ([], None)


def test_the_concatenation_is_found_in_header_or_parameters() -> None:
    """T40: both kinds; the header wins."""
    header = b"\x05\x00\x03\x07\x02\x01"
    _, message = judged(SubmitSm(destination_addr="336", esm_class=0x40, short_message=header))
    assert message is not None
    assert message.concatenation is not None
    assert (message.concatenation.total, message.concatenation.wide) == (2, False)
    sar = [Tlv(0x020C, b"\1\2"), Tlv(0x020E, b"\3"), Tlv(0x020F, b"\3")]
    found, message = judged(SubmitSm(destination_addr="336", short_message=b"a", tlvs=sar))
    assert found == []
    assert message is not None
    assert message.concatenation is not None
    assert (message.concatenation.reference, message.concatenation.number) == (0x0102, 3)


@pytest.mark.parametrize(("total", "number"), [(0, 0), (2, 3), (2, 0)])
def test_impossible_segments_are_told(total: int, number: int) -> None:
    """T40: they count from 1 to the total."""
    sar = [Tlv(0x020C, b"\1\2"), Tlv(0x020E, bytes([total])), Tlv(0x020F, bytes([number]))]
    assert submit(tlvs=sar) == [rules.SAR_INCOMPLETE]


@pytest.mark.parametrize(("version", "count"), [(0x34, 0), (0x33, 0), (0x50, 0), (0, 1), (5, 1)])
def test_versions(version: int, count: int) -> None:
    """T13."""
    found: list[Found] = []
    check_bind(BindTransceiver(interface_version=version), found)
    assert [rule for rule, _ in found] == [rules.INTERFACE_VERSION] * count


def test_vendors_parameters_and_repeatable_ones_are_fine() -> None:
    """T43."""
    found: list[Found] = []
    tlvs = [Tlv(0x1403, b"a"), Tlv(0x3FFF, b""), *[Tlv(0x0381, b"\1\1\x0012")] * 2]
    check_tlvs(SubmitSm(tlvs=tlvs), 0x34, found)
    assert found == []
