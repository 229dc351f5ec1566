"""The rules of TLVs as data; tests/conformance/smpp34/test_tlvs.py goes through every row."""

from carrierbox.smpp.tlv import TAG_DISPLAY_TIME, TAG_MS_VALIDITY, TAG_USSD_SERVICE_OP, Tlv
from carrierbox.smpp.tlv_rules import (
    TLV_RULES,
    TlvRule,
    asks_for_too_many_messages,
    tlv_meaning,
    tlv_refusal,
)
from carrierbox.smpp.values import DATA_SM, ESME_RINVPARLEN, ESME_ROK, SUBMIT_MULTI, SUBMIT_SM


def test_a_rule_allows_names_ranges_or_everything() -> None:
    """SMPP 3.4 §5.3.2: some values have names, some are numbers, some are free."""
    assert TlvRule((), {}).allows(77)
    named = TlvRule((), {0: "no"}, ((5, 6),))
    assert [value for value in range(9) if named.allows(value)] == [0, 5, 6]
    assert TLV_RULES[TAG_USSD_SERVICE_OP].allows(255)
    assert not TLV_RULES[TAG_USSD_SERVICE_OP].allows(31)


def test_without_tlvs_nothing_is_refused() -> None:
    """The usual PDU."""
    assert tlv_refusal(SUBMIT_SM, []) == ESME_ROK
    assert not asks_for_too_many_messages(SUBMIT_SM, [])


def test_what_a_value_means_is_told_in_words() -> None:
    """SMPP 3.4 §5.3.2.26: and of what has a wrong length nothing."""
    assert tlv_meaning(Tlv(TAG_DISPLAY_TIME, b"\2")) == "invoke"
    assert tlv_meaning(Tlv(TAG_DISPLAY_TIME, b"\0\2")) == ""
    assert tlv_meaning(Tlv(0x1403, b"\2")) == ""


def test_ms_validity_has_one_octet_or_four() -> None:
    """SMPP 3.4 §5.3.2.27 and SMPP 5.0 §4.8.4.44: nothing in between."""
    for length, status in ((1, ESME_ROK), (2, ESME_RINVPARLEN), (4, ESME_ROK)):
        assert tlv_refusal(SUBMIT_SM, [Tlv(TAG_MS_VALIDITY, bytes(length))]) == status


def test_too_many_messages_are_asked_for_where_the_field_belongs() -> None:
    """SMPP 3.4 tables 4-11 and 4-19: submit_sm and data_sm have number_of_messages."""
    many = [Tlv(0x0304, b"\x64")]
    asked = [asks_for_too_many_messages(one, many) for one in (SUBMIT_SM, DATA_SM, SUBMIT_MULTI)]
    assert asked == [True, True, False]
