"""`carrierbox carriers`, the price of a text, and the table of docs/carriers.md."""

import json
from pathlib import Path

import pytest

from carrierbox.cli import main
from carrierbox.config_packs import PACKS
from carrierbox.packs_command import list_objects

PAGE = Path(__file__).parents[2] / "docs" / "carriers.md"


def printed(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command prints."""
    assert main(list(words)) == code
    return capsys.readouterr().out


def test_list_has_a_line_for_each_country(capsys: pytest.CaptureFixture[str]) -> None:
    """With its carriers, rules and what they rest on."""
    lines = printed(capsys, "carriers", "list").splitlines()
    assert lines[0].split()[:5] == ["country", "rules", "documented", "law", "typical"]
    (line,) = [each for each in lines if each.startswith("US ")]
    assert "Verizon Wireless, T-Mobile, AT&T" in line
    assert len(json.loads(printed(capsys, "carriers", "list", "--json"))) == len(lines) - 1


def test_show_is_a_page_of_one_pack(capsys: pytest.CaptureFixture[str]) -> None:
    """Carriers, senders with prices, holidays, rules with why, sources."""
    page = printed(capsys, "carriers", "show", "fr")
    for part in (
        "Bastille Day (07-14)",
        "easter+1",
        "SFR",
        "filtered: REJECTED err 101 (placeholder)",
        "CALL_BARRED 005 (typical, restcomm)",
        "placeholder: no source names the code that this carrier writes; it is made up",
        "what they cost (typical: orders of magnitude, no offers)",
        "EUR 0.07 a part (typical)",
        "taken, two-way (documented, sure), 0.5 a second",
        "taken, one-way (documented, vonage), 10 a second (typical)",
        "sources say what is refused or changed, seldom with which status, state or err",
        "fr-quiet-hours (documented, vonage)",
        "Advertising must say how to stop it",
        "Vonage: sender rules and hours of France, read 2026-11-23: https://api.support.vonage.com/",
        "RestComm: source code of smscgateway, numbers of delivery errors\n",
    ):
        assert part in page
    assert "no receipts (documented)" in printed(capsys, "carriers", "show", "BR")
    page = printed(capsys, "carriers", "show", "US")
    assert "T 1.25 a second" in page
    assert "filtered: REJECTED err 349 (documented)" in page
    assert "placeholder" not in page
    found = json.loads(printed(capsys, "carriers", "show", str(PACKS / "FR.yaml"), "--json"))
    assert found["country"] == "FR"
    assert found["counts"]["documented"] == sum(
        rule["basis"] == "documented" for rule in found["rules"]
    )


def test_a_country_without_a_pack_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2."""
    assert main(["carriers", "show", "XX"]) == 2
    assert "there is no pack of XX" in capsys.readouterr().err


def test_check_counts_what_rules_rest_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Of one pack, and of several together."""
    files = [str(PACKS / f"{country}.yaml") for country in ("KR", "QA")]
    assert printed(capsys, "carriers", "check", files[0]) == (
        "KR of 2026-11-23: 3 rules: 3 documented, 0 law, 0 typical; "
        "2 of 3 sources with page and date\n"
    )
    assert printed(capsys, "carriers", "check", *files).splitlines()[2] == (
        "2 packs: 8 rules: 8 documented, 0 law, 0 typical"
    )
    (found,) = json.loads(printed(capsys, "carriers", "check", files[0], "--json"))
    assert (found["country"], found["rules"], found["problems"]) == ("KR", 3, [])
    assert (found["date"], found["sources"], found["sources_read"]) == ("2026-11-23", 3, 2)


def test_check_refuses_a_pack_that_is_wrong(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With file and line, exit code 2; an example that shows nothing is wrong, too."""
    text = (PACKS / "KR.yaml").read_text("utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("then:", "than:", 1), "utf-8")
    idle = tmp_path / "idle.yaml"
    idle.write_text(text.replace("{from: ACME,", '{from: "+447700900123",', 1), "utf-8")
    assert main(["carriers", "check", str(wrong), str(idle)]) == 2
    told = capsys.readouterr().err
    line = text[: text.index("then:")].count("\n") + 1
    assert f"wrong.yaml:{line}: rules[0].than: unknown key" in told
    assert "idle.yaml: rules[0].example: kr-sent-from-abroad decides about it" in told


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON."""
    found = json.loads(printed(capsys, "carriers", "schema"))
    assert found["title"] == "Carrier pack of carrierbox"


def test_text_says_what_it_costs(capsys: pytest.CaptureFixture[str]) -> None:
    """By the kind of the sender and the parts, where the pack has a price."""
    words = ["text", "Hi " * 60, "--sender", "+12025550199", "--to", "+12125550142"]
    assert printed(capsys, *words).splitlines()[-1] == (
        "cost: USD 0.015 to US: 2 parts of a long code at 0.0075 (typical)"
    )
    cost = json.loads(printed(capsys, *words, "--json"))["cost"]
    assert (cost["amount"], cost["currency"], cost["parts"]) == (0.015, "USD", 2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", "+12125550142"], "needs a sender"),
        (["--sender", "ACME", "--to", "+12125550142"], "has no price of an alphanumeric sender"),
        (["--sender", "ACME", "--to", "hello"], "hello is no number"),
        (["--sender", "ACME", "--to", "+68820123456"], "there is no pack of TV"),
        (["--sender", "ACME", "--to", "+33612345678", "--template"], "goes without --template"),
    ],
)
def test_a_cost_that_nobody_knows_is_told(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    """With what to add."""
    assert main(["text", "Hi", *words]) == 2
    assert told in capsys.readouterr().err


def test_the_table_of_the_page_is_what_packs_have() -> None:
    """docs/carriers.md: a line for each pack as `carriers list --json` tells it."""
    wanted = [
        f"| {each['country']} | {each['rules']} | {each['documented']} | {each['law']} "
        f"| {each['typical']} | {', '.join(each['carriers'])} |"
        for each in list_objects()
    ]
    lines = PAGE.read_text("utf-8").splitlines()
    start = lines.index("| Country | Rules | Documented | Law | Typical | Carriers |") + 2
    assert lines[start : lines.index("", start)] == wanted
