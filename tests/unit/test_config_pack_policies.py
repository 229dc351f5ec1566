"""From packs to what runs: policies, dealt numbers, words of errors, and all of it in a carrier."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from carrierbox.app import make_configured_box
from carrierbox.box import Box
from carrierbox.clock import NetworkClock
from carrierbox.config import configuration_of
from carrierbox.config_carriers import CarrierRules, carriers_of_words, read_carriers
from carrierbox.config_pack_policies import CarrierPacks
from carrierbox.config_packs import PACKS
from carrierbox.config_values import Problems
from carrierbox.errors import ConfigurationError
from carrierbox.identifiers import Address
from carrierbox.numbering import shared_number_plan
from carrierbox.relay import ABSENT_SUBSCRIBER, UNKNOWN_SUBSCRIBER, Submission
from carrierbox.simulator.policy.registers import Registers
from carrierbox.simulator.policy.screening import OpenPolicy
from carrierbox.smsc.stores.memory import MemoryStore

NOON = datetime(2026, 6, 10, 16, tzinfo=UTC).timestamp()


def box_with(carriers: object, **more: object) -> Box:
    """A box as the configuration has it, at noon in New York."""
    content = {"store": {"url": ":memory:"}, "carriers": carriers, **more}
    configuration = configuration_of(content)
    return make_configured_box(
        "default",
        configuration.all_boxes()["default"],
        MemoryStore(),
        shared_number_plan(),
        NetworkClock(start=NOON, running=False),
    )


def rule_of(box: Box, sender: Address, msisdn: str) -> tuple[str, int]:
    """Which rule would decide about a text, and with which status."""
    assert box.network.ported is not None
    route = box.network.ported.route(msisdn)
    assert route is not None
    submission = Submission(
        "demo", sender, msisdn, route.country, route.carrier, 0, b"", b"Hi", at=box.clock.now()
    )
    assert box.policies is not None
    verdict = box.policies.screen(submission, box.clock.now())
    return verdict.rule, verdict.command_status


NAME = Address(5, 0, "ACME")
LONG_CODE = Address(1, 1, "12025550199")


def test_open_carriers_read_no_pack() -> None:
    """Nothing is asked for, and nothing costs."""
    packs = CarrierPacks("open", {"FR": "open"})
    plan = shared_number_plan()
    assert packs.is_open
    assert packs.number_plan(plan) is plan
    assert packs.pack_of("FR") is None
    assert CarrierRules().packs().is_open


def test_only_packs_that_were_asked_for_are_read() -> None:
    """By the default, or by a country."""
    packs = CarrierPacks("open", {"US": "realistic"})
    assert not packs.is_open
    assert packs.pack_of("FR") is None
    assert packs.pack_of("US") is packs.pack_of("US") is not None
    everywhere = CarrierPacks("realistic", {"FR": "open"})
    assert everywhere.pack_of("FR") is None
    assert everywhere.pack_of("DE") is not None
    assert everywhere.pack_of("TV") is None
    assert isinstance(everywhere.policies().policy_of("TV"), OpenPolicy)


def test_numbers_of_the_united_states_have_carriers_by_share() -> None:
    """What docs/carriers.md names; what the plan knows stays so."""
    plan = CarrierPacks("open", {"US": "realistic"}).number_plan(shared_number_plan())
    found = [plan.route(f"1202{block}0142") for block in (555, 556, 557)]
    assert [route and route.carrier for route in found] == ["AT&T", "Verizon Wireless", "T-Mobile"]
    canadian = plan.route("14165550142")
    assert canadian is not None
    assert canadian.carrier == "CA carrier"


def test_carriers_have_words_of_their_own_for_errors() -> None:
    """In the err field, by network error."""
    packs = CarrierPacks("realistic")
    assert packs.err_words("FR", "SFR")[ABSENT_SUBSCRIBER] == "008"
    assert packs.err_words("FR", "SFR") is packs.err_words("FR", "SFR")
    assert packs.err_words("US", "AT&T")[UNKNOWN_SUBSCRIBER] == "300"
    assert packs.err_words("FR", "Nobody") == {}
    assert packs.err_words("TV", "Nobody") == {}


def test_a_box_has_the_carriers_that_were_chosen() -> None:
    """`{US: realistic}`: there a name is refused, and nowhere else."""
    box = box_with({"US": "realistic"})
    assert rule_of(box, NAME, "12025550142") == ("us-alphanumeric", 0x0A)
    assert rule_of(box, LONG_CODE, "12025550142") == ("us-10dlc-unregistered", 0)
    assert rule_of(box, NAME, "33612345678") == ("open", 0)


def test_a_registered_sender_passes() -> None:
    """Rules ask the registers of their box."""
    sender = {"sender": "+12025550199", "country": "US", "registration": "approved"}
    box = box_with("realistic", senders=[sender])
    assert rule_of(box, LONG_CODE, "12025550142") == ("open", 0)


def test_a_country_without_rules_goes_by_the_default() -> None:
    """`{default: realistic, FR: {retry: patient}}`."""
    rules = read_carriers({"default": "realistic", "FR": {"retry": "patient"}})
    assert rules.by_country == {"FR": "realistic"}


def test_a_pack_of_ones_own_is_taken_and_checked(tmp_path: Path) -> None:
    """By its path; a wrong one is told with file and line where it is named."""
    text = (PACKS / "DE.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(text, "utf-8")
    pack = read_carriers({"DE": str(own)}).packs().pack_of("DE")
    assert pack is not None
    assert pack.where == str(own)
    with pytest.raises(Problems, match="is the pack of DE"):
        read_carriers({"FR": {"rules": str(own)}})
    own.write_text(text.replace("basis: law", "basis: rumour"), "utf-8")
    with pytest.raises(Problems, match=r"own\.yaml:\d+: rules\[0\]\.basis"):
        read_carriers({"DE": str(own)})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("closed", "must be open, realistic, or the path of a pack such as ./pack.yaml"),
        ("my-pack.yaml", "a pack is of one country: write {US: ./pack.yaml}"),
        ({"TV": "realistic"}, "TV: no pack of TV comes with carrierbox: use open, or the path"),
        ({"US": {"rules": 1}}, "US.rules: must be open, realistic, or the path"),
        ({"US": "missing.yaml"}, "US: missing.yaml: cannot be read"),
    ],
)
def test_carriers_that_cannot_be_are_refused(value: object, told: str) -> None:
    """With what to write in their place."""
    with pytest.raises(ValueError) as raised:
        read_carriers(value)
    assert str(raised.value).startswith(told)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["realistic"], "realistic"),
        (["US=realistic"], {"US": "realistic"}),
        (["realistic", "FR=open"], {"default": "realistic", "FR": "open"}),
    ],
)
def test_the_command_line_says_carriers_by_country(
    words: list[str], said: str | Mapping[str, str]
) -> None:
    """`--carriers realistic --carriers FR=open`."""
    assert carriers_of_words(words) == said


def test_a_country_is_said_once() -> None:
    """On the command line."""
    with pytest.raises(ConfigurationError, match="US is given twice"):
        carriers_of_words(["US=open", "US=realistic"])


def test_a_rule_that_is_left_out_is_asked_nowhere() -> None:
    """Scenarios prove with it what a rule does; the others of the pack stay."""
    carriers = read_carriers({"US": "realistic"})
    assert "us-shaft" in rules_in_use(carriers)
    carriers.left_out = frozenset(["us-shaft"])
    left = rules_in_use(carriers)
    assert "us-shaft" not in left
    assert "us-duplicate" in left


def rules_in_use(carriers: CarrierRules) -> list[str]:
    """The names of all rules of America, none before a message came for it."""
    policies = carriers.packs().policies()
    assert policies.rules_in_use() == []
    policies.policy_of("US")
    return [rule.name for rule in policies.rules_in_use()]


def test_registers_learn_how_the_carriers_of_a_country_want_senders() -> None:
    """Of the countries with a pack, read when a phone there first writes."""
    registers = Registers()
    packs = CarrierPacks("open", {"FR": "realistic"})
    packs.policies(registers)
    assert registers.senders_of is not None
    french = registers.senders_of("FR")
    assert french is not None
    assert french is registers.senders_of("FR")
    assert not french.kinds["alphanumeric"].is_two_way
    assert french.kinds["long_code"].pace.per_s == 0.5
    assert registers.senders_of("US") is None
