"""Dialects in a configuration."""

import pytest

from carrierbox.codecs.receipt_dialect import STANDARD
from carrierbox.config import Configuration, load_configuration
from carrierbox.dialects import dialect_named
from carrierbox.errors import ConfigurationError


def configured(**settings: str) -> Configuration:
    """What the environment says, over a store in memory."""
    variables = {f"CARRIERBOX_{key.upper()}": value for key, value in settings.items()}
    return load_configuration(None, {**variables, "CARRIERBOX_STORE__URL": ":memory:"})


def test_an_account_has_a_dialect_of_the_package_or_of_its_box() -> None:
    """Each box its own; the standard one where nothing is said."""
    found = configured(
        dialects="{mine: {based_on: hex_ids, text_characters: 0}}",
        accounts="[{system_id: a, password: a, dialect: mine, receipt_tlvs: ['0x1403']},"
        " {system_id: b, password: b, dialect: short_ids}, {system_id: c, password: c}]",
        boxes="{two: {accounts: [{system_id: d, password: d, dialect: mine}],"
        " dialects: {mine: {about: Other}}}}",
    )
    boxes = found.all_boxes()
    mine, short, plain = boxes["default"].account_settings()
    assert (mine.dialect.answer_id.notation, mine.dialect.text_characters) == ("%x", 0)
    assert mine.receipt_tlvs == [0x1403]
    assert short.dialect is dialect_named("short_ids")
    assert (plain.dialect, plain.receipt_tlvs) == (STANDARD, [])
    assert [one.dialect.about for one in boxes["two"].account_settings()] == ["Other"]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            {"accounts": "[{system_id: a, password: a, dialect: hexx}]"},
            "accounts[0].dialect: there is no dialect hexx: use standard, ",
        ),
        (
            {
                "dialects": "{mine: {}}",
                "boxes": "{b: {accounts: [{system_id: a, password: a, dialect: mine}]}}",
            },
            "boxes.b.accounts[0].dialect: there is no dialect mine",
        ),
        (
            {
                "dialects": "{mine: {date: today}}",
                "accounts": "[{system_id: a, password: a, dialect: mine}]",
            },
            "dialects.mine.date: must be YYMMDDhhmm",
        ),
        (
            {"accounts": "[{system_id: a, password: a, receipt_tlvs: [0]}]"},
            "accounts[0].receipt_tlvs: '0' is no tag",
        ),
    ],
)
def test_a_configuration_tells_what_is_wrong_with_a_dialect(
    settings: dict[str, str], problem: str
) -> None:
    """Once, with the path of the key."""
    with pytest.raises(ConfigurationError) as raised:
        configured(**settings)
    (line,) = str(raised.value).splitlines()
    assert line.startswith(problem)
