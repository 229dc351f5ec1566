"""What an account is owed, for how long, and what its keys say together."""

from pathlib import Path

import pytest

from carrierbox.config import configuration_schema, load_configuration
from carrierbox.errors import ConfigurationError
from carrierbox.relay import ABSENT_SUBSCRIBER

BOX = 'store: {url: ":memory:"}\n'


def problems_of(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "carrier.yaml"
    path.write_text(BOX + text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load_configuration(path, {})
    return str(raised.value).splitlines()


def test_an_account_says_how_long_its_messages_and_receipts_are_worth_it(tmp_path: Path) -> None:
    """Each key reaches the message centre, in seconds."""
    path = tmp_path / "carrier.yaml"
    path.write_text(
        f"{BOX}accounts:\n"
        "  - {system_id: a, password: a, validity_default: 1d, validity_max: 2d,\n"
        "     receipts_keep: 7d, receipts_tries: 5}\n"
        "  - {system_id: b, password: b, validity_max: 1d}\n"
        "  - {system_id: c, password: c}\n",
        encoding="utf-8",
    )
    first, second, third = load_configuration(path, {}).all_boxes()["default"].account_settings()
    assert (first.validity_default_s, first.validity_max_s) == (86_400.0, 172_800.0)
    assert (first.receipts_keep_s, first.receipts_tries) == (604_800.0, 5)
    assert (second.validity_default_s, second.validity_max_s) == (86_400.0, 86_400.0)
    assert (third.validity_default_s, third.validity_max_s) == (259_200.0, 1_209_600.0)
    assert (third.receipts_keep_s, third.receipts_tries) == (0.0, 0)


def test_what_is_wrong_with_them_is_told_by_field(tmp_path: Path) -> None:
    """A default beyond a maximum that was given, and values out of bounds."""
    told = problems_of(
        tmp_path,
        "accounts:\n"
        "  - {system_id: a, password: a, validity_default: 3d, validity_max: 2d}\n"
        "  - {system_id: b, password: b, validity_default: 0, receipts_tries: -1}\n"
        "  - {system_id: c, password: c, receipts_keep: 400d}\n",
    )
    assert told == [
        "accounts[1].validity_default: must be 1s to 366d",
        "accounts[1].receipts_tries: must be 0 to 10000, not -1",
        "accounts[2].receipts_keep: must be 0s to 366d",
        "accounts[0].validity_default: must not be longer than validity_max, which is 2d",
    ]


def test_a_strict_account_has_short_credentials_and_a_called_one_a_name(tmp_path: Path) -> None:
    """SMPP 3.4 §5.2.1, §5.2.2, §4.1.7."""
    told = problems_of(
        tmp_path,
        "accounts:\n"
        "  - {system_id: sixteen-octets-x, password: nine-oct9}\n"
        "  - {system_id: sixteen-octets-y, password: nine-oct9, strict: false}\n"
        '  - {system_id: "*", password: x, outbind: {to: "127.0.0.1:2780"}}\n',
    )
    assert told == [
        "accounts[0].system_id: at most 15 octets, unless the account has strict: false",
        "accounts[0].password: at most 8 octets, unless the account has strict: false",
        "accounts[2].outbind: needs an account with a name of its own",
    ]


def test_a_box_and_its_countries_say_when_to_try_again(tmp_path: Path) -> None:
    """`retry`, and `carriers: {FR: {retry: …}}`, also from the environment."""
    path = tmp_path / "carrier.yaml"
    path.write_text(
        f"{BOX}retry: {{based_on: patient, absent: [2m]}}\n"
        "carriers: {FR: {rules: open, retry: {absent: {first: 1m, multiplier: 3, ceiling: 12h}}}}\n"
        "boxes:\n"
        "  b: {accounts: [{system_id: b, password: b}], retry: impatient}\n",
        encoding="utf-8",
    )
    found = load_configuration(path, {"CARRIERBOX_CARRIERS__DE__RETRY__ABSENT": "[3m]"})
    default, other = (box.centre_settings().retry for box in found.all_boxes().values())
    delays = [
        default.of_country(country).delay_s(ABSENT_SUBSCRIBER, 2) for country in ("GB", "FR", "DE")
    ]
    assert delays == [120.0, 180.0, 180.0]
    assert other.of_country("FR").delay_s(ABSENT_SUBSCRIBER, 2) == 30.0
    assert problems_of(tmp_path, "retry: {absent: soon}\n")[0].startswith("retry.absent: must be")


def test_the_schema_tells_causes_and_presets() -> None:
    """Editors complete them."""
    definitions = configuration_schema()["$defs"]
    account = definitions["Account"]["properties"]
    keys = ("validity_default", "validity_max", "receipts_keep", "receipts_tries")
    assert [account[key]["default"] for key in keys] == ["72h", "14d", 0, 0]
    retry = definitions["Box"]["properties"]["retry"]
    assert retry["anyOf"][0] == {"enum": ["default", "patient", "impatient"]}
    assert {"based_on", "absent", "memory_full", "other"} <= set(retry["anyOf"][1]["properties"])


def test_an_account_says_what_its_messages_are_about(tmp_path: Path) -> None:
    """One of the classes, or nothing."""
    path = tmp_path / "carrier.yaml"
    path.write_text(
        f"{BOX}accounts:\n"
        "  - {system_id: a, password: a, content_class: marketing}\n"
        "  - {system_id: b, password: b, content_class: null}\n"
        "  - {system_id: c, password: c}\n",
        encoding="utf-8",
    )
    accounts = load_configuration(path, {}).all_boxes()["default"].account_settings()
    assert [each.content_class for each in accounts] == ["marketing", "", ""]
    told = problems_of(tmp_path, "accounts: [{system_id: a, password: a, content_class: fun}]\n")
    assert told[0].startswith("accounts[0].content_class: must be null, or one of otp, ")
