"""`carrierbox policy explain`, here and of a running carrier."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from carrierbox import api_client
from carrierbox.api_client import CarrierApi
from carrierbox.cli import main
from carrierbox.errors import ConfigurationError
from carrierbox.policy_command import explain_here, explanation_lines

RULES = """
rules:
  - name: quiet hours
    why: Not at night.
    when: {content_class: marketing, local_time: {from: "21:00", to: "08:00"}}
    unless: {source_addr: STAFF}
    then: {command_status: ESME_RPROHIBITED}
  - name: throttle
    when: {country: US, rate: {over: 1, per: 1s}}
    then: {command_status: ESME_RTHROTTLED}
  - name: some
    when: {share: 10}
    then: {command_status: ESME_RSYSERR}
"""
ASKED = ["--from", "ACME", "--to", "+14155550123", "--text", "Sale", "--class", "marketing"]


@pytest.fixture(autouse=True)
def no_carrier(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine of a developer sets must not decide."""
    monkeypatch.delenv("CARRIERBOX_URL", raising=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with rules."""
    file = tmp_path / "carrier.yaml"
    file.write_text(RULES, encoding="utf-8")
    return file


def explain(*arguments: str) -> int:
    return main(["policy", "explain", *arguments])


def test_a_refusal_is_told_with_the_rule_and_its_conditions(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """22:00 in San Francisco; the exit code is that of something that does not hold."""
    code = explain(*ASKED, "--at", "2026-11-23T06:00Z", "--config", str(config))
    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert lines[:6] == [
        "account  demo",
        "from     ACME (alphanumeric)",
        "to       +14155550123 (US, US carrier)",
        "at       2026-11-23T06:00:00Z, there Sun 2026-11-22 22:00 America/Los_Angeles",
        "class    marketing, by submission",
        "form     gsm7, 1 part",
    ]
    assert "refused with ESME_RPROHIBITED by rule quiet hours" in lines
    assert "  Not at night." in lines
    assert "matched: quiet hours" in lines
    assert "matched: some (not asked: a rule before it decided)" in lines
    assert any(line.startswith("  no   unless source_addr: STAFF") for line in lines)
    assert any(line.startswith("  ?  share: 10 %, drawn") for line in lines)


def test_by_day_only_what_is_drawn_may_refuse(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes close is told, too."""
    explain(*ASKED, "--at", "2026-11-23T22:00Z", "--config", str(config), "--json")
    found = json.loads(capsys.readouterr().out)
    assert [each["rule"] for each in found["close"]] == ["quiet hours"]
    assert [each["rule"] for each in found["matched"]] == ["some"]


def test_what_cannot_be_asked_is_a_wrong_usage(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The option and the remedy."""
    for arguments, problem in (
        (["--from", "A"], "--to: is missing"),
        (["--to", "+14155550123"], "--from: is missing"),
        (["--from", "A", "--to", "x"], "--to: 'x' is no phone number"),
        ([*ASKED, "--box", "spare"], "--box: there is no box 'spare'"),
        ([*ASKED, "--carriers", "strict"], "carriers"),
        ([*ASKED, "--text", "x" * 20_000], "--text: must be str of length <= 10000"),
        ([*ASKED, "--class", "fun"], "--class: must be one of otp"),
        ([*ASKED, "--url", "http://127.0.0.1:1", "--config", str(config)], "--url: a running"),
    ):
        assert explain(*arguments) == 2
        assert problem in capsys.readouterr().err


class FakeApi(CarrierApi):
    """A carrier whose rules are those of a configuration."""

    asked: ClassVar[list[tuple[Any, ...]]] = []
    config: ClassVar[Path]

    def _request(
        self,
        method: str,
        segments: tuple[str, ...],
        query: dict[str, str | int],
        body: dict[str, Any] | None,
    ) -> dict[str, Any]:
        self.asked.append((method, "/".join(segments), query))
        return explain_here(body or {}, self.config, None, {})


def test_a_running_carrier_is_asked_the_same(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its windows hold what came."""
    FakeApi.asked = []
    FakeApi.config = config
    monkeypatch.setattr(api_client, "CarrierApi", FakeApi)
    night = [*ASKED, "--at", "2026-11-23T06:00Z", "--url", "http://127.0.0.1:8775"]
    assert explain(*night) == 1
    assert "by rule quiet hours" in capsys.readouterr().out
    assert explain(*night, "--box", "spare") == 1
    assert FakeApi.asked == [
        ("POST", "policy/explain", {}),
        ("POST", "policy/explain", {"box": "spare"}),
    ]


def test_the_environment_names_the_carrier(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for every command, unless rules are named here; --url goes before it."""
    FakeApi.asked = []
    FakeApi.config = config
    monkeypatch.setattr(api_client, "CarrierApi", FakeApi)
    monkeypatch.setenv("CARRIERBOX_URL", "http://127.0.0.1:1")
    night = [*ASKED, "--at", "2026-11-23T06:00Z"]
    assert explain(*night) == 1
    assert len(FakeApi.asked) == 1
    assert "by rule quiet hours" in capsys.readouterr().out
    assert explain(*night, "--carriers", "open") == 0
    assert explain(*night, "--config", str(config)) == 1
    assert len(FakeApi.asked) == 1
    assert explain(*night, "--url", "http://127.0.0.1:2") == 1
    assert len(FakeApi.asked) == 2
    monkeypatch.setenv("CARRIERBOX_URL", "")
    assert explain(*night) == 0
    assert len(FakeApi.asked) == 2


def test_the_store_of_the_configuration_is_left_alone(tmp_path: Path) -> None:
    """Rules are asked in memory."""
    file = tmp_path / "carrier.yaml"
    store = tmp_path / "carrier.db"
    file.write_text(f'store: {{url: "sqlite:///{store}"}}\n', encoding="utf-8")
    found = explain_here({"from": "ACME", "to": "+33612345678"}, file, None, {})
    assert found["verdict"]["accepted"]
    assert not store.exists()


def test_windows_are_told_with_how_full_they_are() -> None:
    """80 % and more come close."""
    condition: dict[str, Any] = {
        "place": "when",
        "condition": "rate",
        "wanted": "more than 10 messages in 1m",
        "found": "9 with this one",
        "holds": False,
        "level": 0.9,
        "drawn": False,
    }
    found = explain_here({"from": "ACME", "to": "+33612345678"}, None, "open", {})
    found["close"] = [{"rule": "r", "reason": "", "asked": True, "conditions": [condition]}]
    found["message"]["link_domains"] = ["a.example"]
    assert explanation_lines(found, True)[-1] == "0 rules looked at"
    lines = explanation_lines(found)
    assert "  no  rate: more than 10 messages in 1m  9 with this one (90% of the window)" in lines
    assert "links    a.example" in lines
    with pytest.raises(ConfigurationError, match="--account"):
        explain_here({"from": "A", "to": "+33612345678", "account": "x"}, None, None, {})


def test_without_rules_it_is_said_where_rules_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Who asks nobody must not take "accepted" for the word of a carrier."""
    assert explain("--from", "ACME", "--to", "+14155550123") == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert (
        told == "0 rules looked at: name some with --config or --carriers, or a carrier with --url"
    )
