"""Canned messages and distribution lists in the configuration."""

from pathlib import Path

import pytest

from carrierbox.config import load_configuration
from carrierbox.config_content import (
    lists_nobody_has,
    read_canned_messages,
    read_deliver,
    read_distribution_lists,
    read_flag,
    read_languages,
    read_list_names,
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


@pytest.mark.parametrize(
    ("value", "languages"),
    [
        ("none", ()),
        ([], ()),
        ("all", tuple(range(1, 14))),
        ("turkish", (1,)),
        (["portuguese", "TR", "turkish"], (3, 1)),
    ],
)
def test_languages_are_named(value: object, languages: tuple[int, ...]) -> None:
    """TS 23.038 §6.2.1.2.4: by 3GPP's names or ISO 639-1 codes, each once."""
    assert read_languages(value) == languages


@pytest.mark.parametrize("value", ["klingon", ["turkish", 5], {"turkish": True}, None, 1])
def test_what_is_no_language_is_told(value: object) -> None:
    """With the names there are, or how to write them."""
    with pytest.raises(ValueError, match=r"one of turkish|such as"):
        read_languages(value)


def test_codings_and_languages_reach_the_accounts(tmp_path: Path) -> None:
    """T32: of accounts, of countries and, by the environment, of one more."""
    file = tmp_path / "carrier.yaml"
    file.write_text(
        "accounts: [{system_id: a, password: a, data_coding_0: gsm_packed, languages: [turkish]},"
        " {system_id: b, password: b, data_coding_0: null}]\n"
        "carriers: {default: {data_coding_0: ascii}, FR: {rules: open, data_coding_0: latin1},"
        " DE: open, IT: {rules: open}}\nstore: {url: ':memory:'}\n"
    )
    environment = {"CARRIERBOX_CARRIERS__DE__DATA_CODING_0": "gsm"}
    found = load_configuration(file, environment)
    box = found.all_boxes()["default"]
    first, second = box.account_settings()
    assert (first.data_coding_0, first.languages) == (1, (1,))
    assert (second.data_coding_0, second.languages) == (None, ())
    codings = box.carrier_codings()
    told = {country: codings.of_country(country).default_coding for country in ("FR", "DE", "IT")}
    assert told == {"FR": 2, "DE": 0, "IT": 3}
    assert found.carriers.by_country == {"FR": "open", "DE": "open", "IT": "open"}


def test_wrong_codings_are_told_with_their_path() -> None:
    """The field and what it may be."""
    with pytest.raises(ConfigurationError) as raised:
        load_configuration(
            None,
            {},
            {
                "accounts": [{"system_id": "a", "password": "a", "data_coding_0": "utf8"}],
                "carriers": {"FR": {"data_coding_0": "gsm7", "rule": "open", "rules": "closed"}},
            },
        )
    told = str(raised.value)
    assert "accounts[0].data_coding_0: must be gsm, gsm_packed, latin1, ascii or null" in told
    assert "carriers.FR.data_coding_0: must be gsm," in told
    assert "carriers.FR.rule: unknown key; known here: rules, data_coding_0" in told
    assert "carriers.FR.rules: must be open" in told


def test_lists_of_accounts_are_all_or_names() -> None:
    """docs/configuration.md, accounts[].distribution_lists: and each is one of its box."""
    assert read_list_names("all") is None
    assert read_list_names([]) == []
    assert read_list_names(["friends"]) == ["friends"]
    for wrong in ("friends", None, {"friends": True}, ["x"] * 1001):
        with pytest.raises(ValueError, match="must be all, or a list"):
            read_list_names(wrong)
    with pytest.raises(ValueError, match="must be text"):
        read_list_names([5])
    read = {
        "accounts[0].distribution_lists": None,
        "accounts[1].distribution_lists": ["friends", "foes"],
        "boxes.b.accounts[0].distribution_lists": ["friends"],
        "distribution_lists": {"friends": ["336"]},
    }
    problem = "there is no list {} in distribution_lists"
    assert lists_nobody_has(read) == [
        ("accounts[1].distribution_lists", problem.format("foes")),
        ("boxes.b.accounts[0].distribution_lists", problem.format("friends")),
    ]
