"""Canned messages and distribution lists in the configuration."""

import pytest

from carrierbox.config import load_configuration
from carrierbox.config_content import (
    read_canned_messages,
    read_deliver,
    read_distribution_lists,
    read_flag,
    read_rate,
    read_rate_counts,
)
from carrierbox.config_values import Problems
from carrierbox.errors import ConfigurationError


def test_content_is_read() -> None:
    """SMPP 3.4 §5.2.20, §4.5.1.2: sm_default_msg_id and dl_name."""
    assert read_canned_messages({"1": "Hello", 254: "Bye"}) == {1: "Hello", 254: "Bye"}
    assert read_distribution_lists({"friends": ["+33 6 12 34 56 78"]}) == {
        "friends": ["33612345678"]
    }
    assert read_deliver("data_sm")
    assert not read_deliver("deliver_sm")


@pytest.mark.parametrize(
    ("reader", "value", "path", "problem"),
    [
        (read_canned_messages, {"0": "x"}, "0", "must be 1 to 254"),
        (read_canned_messages, {"255": "x"}, "255", "must be 1 to 254"),
        (read_canned_messages, {"one": "x"}, "one", "must be 1 to 254"),
        (read_canned_messages, {"1": ""}, "1", "1 to 1000 characters"),
        (read_canned_messages, {"1": 5}, "1", "text"),
        (read_distribution_lists, {"x" * 21: ["+336"]}, "x" * 21, "1 to 20"),
        (read_distribution_lists, {"a": []}, "a", "1 to 10000 numbers"),
        (read_distribution_lists, {"a": "+33612345678"}, "a", "list"),
        (read_distribution_lists, {"a": ["nobody"]}, "a", "international number"),
    ],
)
def test_what_is_wrong_is_named(reader, value, path: str, problem: str) -> None:  # type: ignore[no-untyped-def]
    """Everything from outside can be wrong: the field and the remedy."""
    with pytest.raises(Problems) as caught:
        reader(value)
    ((where, what),) = caught.value.found
    assert where == path
    assert problem in what


@pytest.mark.parametrize("reader", [read_canned_messages, read_distribution_lists])
def test_what_is_no_mapping_is_refused_with_an_example(reader) -> None:  # type: ignore[no-untyped-def]
    """An error shows what is wanted."""
    with pytest.raises(ValueError, match=r"a mapping such as \{"):
        reader(["x"])


def test_an_unknown_way_to_deliver_is_refused() -> None:
    """SMPP 3.4 §4.6, §4.7."""
    with pytest.raises(ValueError, match="deliver_sm or data_sm"):
        read_deliver("carrier pigeon")


@pytest.mark.parametrize(("value", "rate"), [(None, 0.0), (1, 1.0), (0.5, 0.5)])
def test_a_rate_is_a_number_or_nothing(value: float | None, rate: float) -> None:
    """T47: rate_per_s."""
    assert read_rate(value) == rate


@pytest.mark.parametrize("value", [0, -1, 2e6, "fast", True, []])
def test_what_is_no_rate_is_refused(value: object) -> None:
    """A rate of nothing would refuse everything: say null for no bound."""
    with pytest.raises(ValueError, match="must be"):
        read_rate(value)


def test_a_rate_counts_messages_or_parts() -> None:
    """T47."""
    assert [read_rate_counts(value) for value in ("messages", "parts")] == [False, True]
    with pytest.raises(ValueError, match="messages or parts"):
        read_rate_counts("octets")


def test_only_an_account_that_is_not_strict_may_have_a_long_password() -> None:
    """T12: strict or lenient by account, never silent truncation."""
    accounts = "[{system_id: a, password: '123456789'%s}]"
    home = {"HOME": "/"}
    lenient = {**home, "CARRIERBOX_ACCOUNTS": accounts % ", strict: false"}
    (box,) = load_configuration(None, lenient).all_boxes().values()
    assert not box.accounts[0].settings().strict
    strict = {**home, "CARRIERBOX_ACCOUNTS": accounts % ""}
    with pytest.raises(ConfigurationError, match=r"accounts\[0\]\.password: at most 8 octets"):
        load_configuration(None, strict)
    with pytest.raises(ValueError, match="true or false"):
        read_flag("yes")


def test_the_configuration_hands_them_on() -> None:
    """Environment, file and command line share the layout."""
    settings = {
        "CARRIERBOX_CANNED_MESSAGES": "{1: Hello}",
        "CARRIERBOX_DISTRIBUTION_LISTS": '{friends: ["+33612345678"]}',
        "CARRIERBOX_ACCOUNTS": "[{system_id: a, password: b, deliver: data_sm, rate_per_s: 5,"
        " rate_counts: parts, queue_max: 9}]",
        "CARRIERBOX_STORE__URL": ":memory:",
    }
    configuration = load_configuration(None, settings)
    (box,) = configuration.all_boxes().values()
    assert box.centre_settings().canned == {1: "Hello"}
    assert box.centre_settings().lists == {"friends": ["33612345678"]}
    account = box.accounts[0].settings()
    assert account.data_sm
    assert (account.rate_per_s, account.rate_by_part, account.queue_max) == (5.0, True, 9)
    settings = {"CARRIERBOX_ACCOUNTS": "[{system_id: a, password: b, rate_per_s: null}]"}
    (box,) = load_configuration(None, {**settings, "HOME": "/"}).all_boxes().values()
    assert box.accounts[0].settings().rate_per_s == 0.0
    with pytest.raises(ConfigurationError, match=r"canned_messages\.900"):
        load_configuration(None, {"CARRIERBOX_CANNED_MESSAGES": "{900: Hello}"})
