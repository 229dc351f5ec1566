"""What no schema can tell of steps, and numbers in hexadecimal."""

import pytest

from carrierbox.config_conditions import RuleError
from carrierbox.scenarios.steps_checked import (
    DESTINATIONS_MAX,
    check_step,
    subscription_problem,
    with_numbers,
)
from carrierbox.scenarios.steps_written import CancelStep, PhoneStep, SubmitStep


def test_numbers_of_smpp_may_be_hexadecimal() -> None:
    """At any depth; other texts that look so stay texts, and so do names that somebody chose."""
    said = {
        "data_coding": "0x0B",
        "text": "0x0B",
        "submit": {"registered_delivery": "0X1f"},
        "list": [{"esm_class": "0x40"}],
        "each": [{"reference": "0x10"}],
        "tlvs": {"0x1401": "0a"},
    }
    assert with_numbers(said) == {
        **said,
        "data_coding": 11,
        "submit": {"registered_delivery": 31},
        "list": [{"esm_class": 64}],
    }
    assert with_numbers({"data_coding": "0x0G"}) == {"data_coding": "0x0G"}


@pytest.mark.parametrize(
    ("step", "key"),
    [
        (SubmitStep(to="+1", operation="data_sm", schedule="1h"), "schedule"),
        (SubmitStep(to="+1", operation="data_sm", protocol_id=1), "protocol_id"),
        (SubmitStep(to="+1", operation="data_sm", priority_flag=1), "priority_flag"),
    ],
)
def test_a_data_sm_has_not_every_field(step: SubmitStep, key: str) -> None:
    """SMPP 3.4 §4.7.1."""
    with pytest.raises(RuleError, match=f"{key}: a data_sm has none"):
        check_step(step)
    check_step(SubmitStep(to="+1", operation="data_sm", validity="1h"))


def test_a_submit_multi_has_254_destinations_at_most() -> None:
    """SMPP 3.4 §5.2.24."""
    assert DESTINATIONS_MAX == 254
    check_step(SubmitStep(to=["+1"] * 254, operation="submit_multi"))
    with pytest.raises(RuleError, match="to: a submit_multi has 254 destinations at most"):
        check_step(SubmitStep(to=["+1"] * 255, operation="submit_multi"))


def test_a_cancel_names_a_message_or_two_ends() -> None:
    """SMPP 3.4 §4.9.1: with an id, or without."""
    check_step(CancelStep(message="m"))
    check_step(CancelStep(sender="ACME", to="+1"))
    with pytest.raises(RuleError, match="message: goes without from and to"):
        check_step(CancelStep(message="m", to="+1"))


def test_what_a_register_cannot_know_is_told() -> None:
    """With the key."""
    assert subscription_problem({"sms_mo": False}) == ""
    assert subscription_problem({"moon": 1}).startswith("moon: unknown key; known: visited_country")
    assert "visited_country: must be two capital letters" in subscription_problem(
        {"visited_country": "india"}
    )
    assert subscription_problem({"sms_mo": 7}) == "sms_mo: must be bool, got int"


def test_a_phone_has_a_number() -> None:
    """Whatever else the step says."""
    with pytest.raises(RuleError, match=r"msisdn: 'ACME' is no phone number: write \+33612345678"):
        check_step(PhoneStep(msisdn="ACME"))
