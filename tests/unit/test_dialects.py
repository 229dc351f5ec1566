"""Dialects from the package and from a user."""

from typing import Any

import pytest

from carrierbox.codecs.receipt_dialect import RECEIPT_TLVS, STANDARD, Dialect
from carrierbox.config_values import Problems
from carrierbox.dialects import (
    DIALECTS_MAX,
    DIALECTS_SCHEMA,
    READERS,
    builtin_dialects,
    dialect_named,
    longest_receipt,
    read_dialect_name,
    read_dialects,
    read_receipt_tlvs,
)


def values_of(dialect: Dialect) -> dict[str, object]:
    """Everything that a dialect says but its name."""
    return {
        "about": dialect.about,
        "layout": dialect.layout,
        "date": dialect.date,
        "text_characters": dialect.text_characters,
        "stat": dialect.stat_words,
        "err": dialect.err_words,
        "err_width": dialect.err_width,
        "ids": [one.notation for one in (dialect.answer_id, dialect.text_id, dialect.tlv_id)],
        "id_characters_max": dialect.id_characters_max,
        "tlvs": dialect.tlvs,
        "tlv_nul": dialect.tlv_nul,
    }


def own(**fields: object) -> Dialect:
    return read_dialects({"mine": fields})["mine"]


def problems_of(value: object) -> dict[str, str]:
    with pytest.raises(Problems) as raised:
        read_dialects(value)
    return dict(raised.value.found)


def test_the_package_has_dialects_and_the_standard_one_is_the_default() -> None:
    """The file says of the standard dialect what the code takes without reading it."""
    assert next(iter(builtin_dialects())) == "standard"
    assert builtin_dialects()["standard"] is STANDARD is dialect_named("standard")
    assert values_of(own(about=STANDARD.about)) == values_of(STANDARD)
    assert dialect_named("hex_ids").answer_id.render(255) == "ff"


def test_every_dialect_is_told_in_a_line_and_different_from_the_others() -> None:
    """No two entries write the same."""
    told = [values_of(each) for each in builtin_dialects().values()]
    assert all(str(each["about"]).endswith(".") for each in told)
    for each in told:
        del each["about"]
    assert [each for each in told if told.count(each) > 1] == []


def test_a_dialect_nobody_knows_is_an_error_that_names_the_others() -> None:
    """For tests and for configurations alike."""
    with pytest.raises(ValueError, match=r"no dialect hex: use standard, .*hex_ids.*, or define"):
        dialect_named("hex")


@pytest.mark.parametrize("name", builtin_dialects())
def test_every_receipt_fits_a_short_message(name: str) -> None:
    """SMPP 3.4 §5.2.21: 254 octets, whatever id, words and text."""
    assert longest_receipt(builtin_dialects()[name]) <= 254


def test_a_users_dialect_is_another_one_with_changes() -> None:
    """What it does not say is as in the one it is based on, the standard one by default."""
    mine = own(based_on="hex_ids", layout="id:{id} err:{err}", err={"0": "OK", "other": "NO"})
    assert (mine.name, mine.layout) == ("mine", "id:{id} err:{err}")
    assert (mine.answer_id.notation, mine.err_words) == ("%x", {0: "OK", -1: "NO"})
    assert own(id_characters_max=8).text_id.render(10**9 + 7) == "00000007"
    assert own(tlvs=["message_state"]).tlvs == RECEIPT_TLVS["message_state"]
    assert "hex_ids" in mine.about


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("based_on", "mine", "must be a dialect that comes with carrierbox: standard, "),
        ("based_on", ["hex_ids"], "must be a dialect"),
        ("layuot", "", "unknown key; known here: based_on, about, layout"),
        ("about", "two\nlines", "must be a line of"),
        ("layout", 5, "must be text"),
        ("layout", "id:{id", "a brace that belongs to no field"),
        ("layout", "id:{name}", "there is no field {name}"),
        ("layout", "text:{text} id:{id}", "must end with {text}"),
        ("layout", "é{id}", "printable ASCII"),
        ("layout", "x" * 161, "at most 160"),
        ("layout", "{id}" * 20, "a receipt could take 380 octets, of 254"),
        ("text_characters", 21, "must be 0 to 20"),
        ("date", "DDMMYY", "must be YYMMDDhhmm, "),
        ("stat", "FAILED", "must be a mapping such as {UNDELIVERABLE: FAILED}"),
        ("stat.FAILED", "X", "must be a message_state: "),
        ("stat.DELIVERED", "two words", "must be a word of 1 to 16"),
        ("stat.DELIVERED", 1, "must be a word"),
        ("err.x", "X", "must be a MAP error, 0 (none) to 65535, or other"),
        ("err.70000", "X", "must be a MAP error"),
        ("err.0", "", "must be a word"),
        ("err_width", 17, "must be 0 to 16"),
        ("answer_id", "%s", "must be %d, %x or %X"),
        ("id_characters_max", 5, "must be 6 to 64"),
        ("id_characters_max", False, "must be a whole number"),
        ("tlvs", ["message_payload"], "must be a list of receipted_message_id, "),
        ("tlvs", [["message_state"]], "must be a list of receipted_message_id, "),
        ("tlv_nul", "no", "must be true or false"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(field: str, value: object, problem: str) -> None:
    """The whole way down to a word."""
    name, _, inner = field.partition(".")
    fields: dict[str, object] = {name: {inner: value} if inner else value}
    told = problems_of({"mine": fields, "good": {}})
    assert list(told) == [f"mine.{field}"]
    assert told[f"mine.{field}"].startswith(problem) or problem in told[f"mine.{field}"]


@pytest.mark.parametrize(
    ("value", "path", "problem"),
    [
        ({"Mine": {}}, "Mine", "small letters"),
        ({"standard": {}}, "standard", "is the name of a dialect that comes with carrierbox"),
        ({"mine": None}, "mine", "must be a mapping"),
        ({"mine": "hex_ids"}, "mine", "must be a mapping"),
    ],
)
def test_names_and_entries_are_checked(value: object, path: str, problem: str) -> None:
    """A dialect of the package cannot be changed under its own name."""
    assert problem in problems_of(value)[path]


@pytest.mark.parametrize("value", ["hex_ids", ["hex_ids"], None, 5])
def test_dialects_are_a_mapping(value: object) -> None:
    """The error shows one."""
    with pytest.raises(ValueError, match="must be a mapping such as"):
        read_dialects(value)


def test_dialects_are_bounded() -> None:
    """A configuration is no place for thousands."""
    with pytest.raises(ValueError, match="at most 100"):
        read_dialects({f"d{number}": {} for number in range(DIALECTS_MAX + 1)})


@pytest.mark.parametrize("name", ["", "Hex", "1st", "a" * 33, "a b"])
def test_names_are_plain(name: str) -> None:
    """They stand in paths of problems and in command lines."""
    with pytest.raises(ValueError, match="at most 32 small letters"):
        read_dialect_name(name)
    assert read_dialect_name("hex_ids-2") == "hex_ids-2"


def test_tags_are_numbers_however_they_are_written() -> None:
    """T43: 0x1400 to 0x3FFF are the vendors'; once is enough."""
    assert read_receipt_tlvs(["0x1403", 5123, "5124", 0x1405]) == [0x1403, 0x1404, 0x1405]
    assert read_receipt_tlvs([]) == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("0x1403", "must be a list"),
        ([0x1400 + number for number in range(33)], "at most 32"),
        ([0], "is no tag"),
        ([65536], "is no tag"),
        (["0x10000"], "is no tag"),
        (["tag"], "is no tag"),
        ([True], "is no tag"),
        ([None], "is no tag"),
        ([0x0424], "0x0424 is message_payload"),
        ([0x1E], "0x001E is receipted_message_id"),
    ],
)
def test_what_is_no_tag_is_told(value: object, problem: str) -> None:
    """Also those that a receipt has of its own."""
    with pytest.raises(ValueError, match=problem):
        read_receipt_tlvs(value)


def test_the_schema_has_every_key() -> None:
    """An editor that knows the schema knows the keys."""
    properties: dict[str, Any] = DIALECTS_SCHEMA["additionalProperties"]["properties"]
    assert list(properties) == ["based_on", *READERS]
