"""The configuration as a whole (DESIGN: what users type)."""

import json
from pathlib import Path

import pytest

from carrierbox.config import (
    AccountSection,
    BoxSection,
    ClockSection,
    Configuration,
    ListenerSection,
    configuration_schema,
    load_configuration,
)
from carrierbox.config_carriers import CarrierRules
from carrierbox.config_listeners import TlsSettings
from carrierbox.config_network import PhoneSection
from carrierbox.config_store import default_store_path
from carrierbox.config_values import Endpoint
from carrierbox.errors import ConfigurationError
from carrierbox.ip_networks import IpNetworks

HOME = {"HOME": "/home/somebody"}


def load(text: str, tmp_path: Path, environment: dict[str, str] | None = None) -> Configuration:
    path = tmp_path / "carrierbox.yaml"
    path.write_text(text, encoding="utf-8")
    return load_configuration(path, {**HOME, **(environment or {})})


def problems_of(text: str, tmp_path: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        load(text, tmp_path)
    return str(raised.value).splitlines()


def test_without_any_setting_the_defaults_hold() -> None:
    """What the command line promises."""
    found = load_configuration(None, HOME)
    assert found.listeners == (ListenerSection(Endpoint("127.0.0.1", 2775)),)
    assert found.http.listen == Endpoint("127.0.0.1", 8775)
    assert found.accounts == (AccountSection("demo", "demo"),)
    assert found.store.durability == "process"
    assert found.store.path == default_store_path(HOME)
    assert found.carriers == CarrierRules("open")
    assert list(found.all_boxes()) == ["default"]


def test_the_documented_layout_is_read(tmp_path: Path) -> None:
    """As far as it acts in this version."""
    found = load(
        """
        listeners:
          - {smpp: 127.0.0.1:2775}
          - {smpp: :2776, tls: {certificate: auto, client_ca: ca.pem}, proxy: {from: [::1]}}
        http: {listen: off}
        session: {enquire_link: 5m, inactivity: 1h, response: 10s, session_init: 0, pdu_max: 1MiB}
        store:
          url: sqlite:///carrier.db
          durability: power
          keep: {messages: 1000, age: 12h, size: 1MiB}
        accounts:
          - {system_id: demo, password: demo, window: 50, binds: 2, address_range: "^33"}
          - {system_id: "*", password: "*", allow_from: [127.0.0.0/8, "::1"]}
        carriers: {default: open, NO: open}
        phones: [{msisdn: +33612345678, power: off, messages_max: 20}]
        clock: {scale: 60}
        boxes: {ci: {accounts: [{system_id: ci, password: ci}]}}
        """,
        tmp_path,
    )
    assert [one.smpp for one in found.listeners] == [
        Endpoint("127.0.0.1", 2775),
        Endpoint("", 2776),
    ]
    assert found.listeners[1].tls == TlsSettings(None, None, Path("ca.pem"))
    assert found.listeners[1].proxy == IpNetworks(["::1"])
    assert found.accounts[1].settings().allow_from == IpNetworks(["127.0.0.0/8", "::1"])
    assert found.http.listen is None
    assert found.phones == (PhoneSection("33612345678", False, 20),)
    assert found.carriers == CarrierRules("open", {"NO": "open"})
    assert found.clock == ClockSection(60.0)
    assert found.store.path == Path("carrier.db")
    assert found.store.keep.messages == 1000
    assert (found.store.keep.age, found.store.keep.size) == (12 * 3600.0, 1024**2)
    account = found.accounts[0].settings()
    assert (account.system_id, account.window, account.binds_max) == ("demo", 50, 2)
    assert account.address_range == "^33"
    session = found.session.settings()
    assert (session.enquire_link_s, session.inactivity_timeout_s) == (300.0, 3600.0)
    assert (session.response_timeout_s, session.session_init_timeout_s) == (10.0, 0.0)
    assert session.pdu_max_octets == 2**20
    boxes = found.all_boxes()
    assert list(boxes) == ["default", "ci"]
    assert boxes["default"].accounts == found.accounts
    assert boxes["ci"].accounts[0].system_id == "ci"


def test_every_problem_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    """Each on its line with the path of its field."""
    problems = problems_of(
        """
        faults: [{name: a, then: {shut: true}}]
        http: {listen: 8775, token: x}
        listeners:
          - {smpp: :2776}
          - {smpp: a:99999, tls: {key: k}, proxy: {from: []}, box: b}
          - {smpp: :2776}
        store: {durability: fast, keep: {age: 7}}
        accounts:
          - {system_id: demo, password: demo}
          - {system_id: sixteen-octets-x, password: ''}
          - {system_id: demo, password: demodemo1, window: 10001, binds: 0, address_range: "("}
          - {system_id: d, password: d, allow_from: [10.0.0.1/8]}
        carriers: {US: imagined}
        phones: [{msisdn: "+33612345678"}, {msisdn: "0033612345678"}]
        clock: {scale: 0}
        boxes: {b: {accounts: [{system_id: demo, password: x}]}, c: {}}
        """,
        tmp_path,
    )
    assert [problem.split(": ")[0] for problem in problems] == [
        "listeners[1].box",
        "listeners[1].smpp",
        "listeners[1].tls.certificate",
        "listeners[1].proxy.from",
        "http.token",
        "http.listen",
        "accounts[2].window",
        "accounts[2].binds",
        "accounts[2].address_range",
        "accounts[3].allow_from",
        "carriers.US",
        "clock.scale",
        "store.durability",
        "store.keep.age",
        "boxes.c.accounts",
        "faults[0].then.shut",
        "accounts[2].system_id",
        "boxes.b.accounts[0].system_id",
        "accounts[1].system_id",
        "accounts[2].password",
        "phones[1].msisdn",
        "listeners[2].smpp",
    ]
    assert "http.token: not acting yet in this version; remove it" in problems
    credentials = "at most 8 octets, unless the account has strict: false"
    assert f"accounts[2].password: {credentials}" in problems
    assert "accounts[2].system_id: demo is given in accounts[0].system_id already" in problems


def test_ports_that_the_system_picks_may_repeat(tmp_path: Path) -> None:
    """Two free ports are two ports."""
    text = "listeners: [{smpp: 127.0.0.1:0}, {smpp: 127.0.0.1:0}]\nhttp: {listen: 127.0.0.1:0}"
    assert len(load(text, tmp_path).listeners) == 2


def test_two_boxes_may_have_the_same_phone_and_one_may_not_have_it_twice(tmp_path: Path) -> None:
    """Each box is a network of its own."""
    phones = 'phones: [{msisdn: "+331"}]'
    box = "boxes: {b: {accounts: [{system_id: b, password: b}], phones: [%s]}}"
    assert load(f"{phones}\n{box % '{msisdn: +331}'}", tmp_path).boxes["b"].phones
    (problem,) = problems_of(box % "{msisdn: +331}, {msisdn: +331}", tmp_path)
    assert problem.startswith("boxes.b.phones[1].msisdn: 331 is given in boxes.b.phones[0]")


def test_every_box_has_a_store_of_its_own(tmp_path: Path) -> None:
    """Beside that of the default box, unless it names one; two boxes never share one."""
    account = "accounts: [{system_id: b, password: b}]"
    found = load(f"store: {{url: sqlite:///x/y.db}}\nboxes: {{b: {{{account}}}}}", tmp_path)
    assert found.boxes["b"].store.path == Path("x/y-b.db")
    found = load(f'store: {{url: ":memory:"}}\nboxes: {{b: {{{account}}}}}', tmp_path)
    assert found.boxes["b"].store.path is None
    same = "store: {url: sqlite:///y.db}"
    (problem,) = problems_of(f"{same}\nboxes: {{b: {{{account}, {same}}}}}", tmp_path)
    assert problem == "boxes.b.store.url: is the store of the box default already"


def test_the_command_line_goes_before_the_environment_before_the_file(tmp_path: Path) -> None:
    """One value from each."""
    path = tmp_path / "c.yaml"
    path.write_text("clock: {scale: 2}\nstore: {durability: power, url: sqlite:///file.db}")
    environment = {
        "CARRIERBOX_CLOCK__SCALE": "3",
        "CARRIERBOX_STORE__URL": ":memory:",
        "CARRIERBOX_HTTP__LISTEN": "off",
        "CARRIERBOX_ACCOUNTS": "[{system_id: a, password: b}]",
    }
    found = load_configuration(path, environment, {"clock": {"scale": 4}})
    assert found.clock.scale == 4.0
    assert found.store.path is None
    assert found.store.durability == "power"
    assert found.http.listen is None
    assert found.accounts == (AccountSection("a", "b"),)
    with pytest.raises(ConfigurationError, match=r"clock\.scale: .* \(from the command line\)"):
        load_configuration(path, environment, {"clock": {"scale": 0}})


@pytest.mark.parametrize(
    ("text", "said"),
    [("[1]", "must be a mapping, not a list"), ("a: [", "line 1, column 5")],
)
def test_a_file_that_is_no_mapping_is_refused(text: str, said: str, tmp_path: Path) -> None:
    """With its name."""
    (problem,) = problems_of(text, tmp_path)
    assert problem.startswith(str(tmp_path))
    assert said in problem


def test_without_a_home_the_remedy_is_told() -> None:
    """As in a container with a made-up user."""
    with pytest.raises(ConfigurationError, match="--store"):
        load_configuration(None, {"HOME": "nowhere"})


def test_the_schema_knows_every_key_and_can_be_written_as_json() -> None:
    """Sections by reference, nothing but known keys, and what acts not yet is not in it."""
    schema = json.loads(json.dumps(configuration_schema()))
    root = schema["$defs"]["Configuration"]
    assert schema["$ref"] == "#/$defs/Configuration"
    assert set(root["properties"]) == {
        "listeners",
        "http",
        "session",
        "accounts",
        "carriers",
        "phones",
        "clock",
        "store",
        "canned_messages",
        "distribution_lists",
        "boxes",
        "dialects",
        "rules",
        "retry",
        "faults",
        "towers",
        "radio",
        "responders",
        "senders",
        "consent",
        "keyword_matching",
    }
    assert root["additionalProperties"] is False
    assert schema["$defs"]["Account"]["required"] == ["system_id", "password"]
    assert schema["$defs"]["Account"]["properties"]["window"] == {
        "description": "deliver_sm that wait for an answer on one bind",
        "type": "integer",
        "minimum": 1,
        "maximum": 10000,
        "default": 100,
    }
    assert schema["$defs"]["Phone"]["properties"]["power"]["enum"] == ["on", "off", True, False]
    assert "not" in root["properties"]["boxes"]["propertyNames"]


def test_a_box_needs_accounts() -> None:
    """The system_id of a bind is what leads to it."""
    with pytest.raises(ConfigurationError, match=r"boxes\.b\.accounts: missing"):
        load_configuration(None, HOME, {"boxes": {"b": {}}})
    assert BoxSection((AccountSection("a", "b"),)).phones == ()


def test_rules_and_rights_of_accounts_reach_their_box(tmp_path: Path) -> None:
    """docs/configuration.md: rules, strict_tlvs and distribution_lists, of each box its own."""
    file = tmp_path / "carrier.yaml"
    file.write_text(
        """
        accounts: [{system_id: a, password: a, strict_tlvs: true, distribution_lists: [friends]}]
        distribution_lists: {friends: ["+33612345678"]}
        rules: [{name: one, then: {accept: true}}]
        boxes:
          b:
            accounts: [{system_id: b, password: b, distribution_lists: all}]
            rules: [{name: two, then: {command_status: 8}}, {name: three, then: {accept: true}}]
        """,
        encoding="utf-8",
    )
    boxes = load_configuration(file, {}, {"store": {"url": ":memory:"}}).all_boxes()
    assert [rule.name for rule in boxes["default"].rules] == ["one"]
    assert [rule.name for rule in boxes["b"].rules] == ["two", "three"]
    (first,), (second,) = (boxes[name].account_settings() for name in ("default", "b"))
    assert (first.strict_tlvs, first.distribution_lists) == (True, ["friends"])
    assert (second.strict_tlvs, second.distribution_lists) == (False, None)


def test_what_is_wrong_with_rules_is_told_with_their_place(tmp_path: Path) -> None:
    """docs/rules.md; and an account may use only lists that there are."""
    problems = problems_of(
        """
        accounts: [{system_id: a, password: a, distribution_lists: [nobody]}]
        rules: [{name: a, when: {share: 0}, then: {accept: true}}, {name: b}]
        boxes:
          b: {accounts: [{system_id: b, password: b, distribution_lists: some}], rules: {}}
        """,
        tmp_path,
    )
    assert sorted(problems) == [
        "accounts[0].distribution_lists: there is no list nobody in distribution_lists",
        "boxes.b.accounts[0].distribution_lists: must be all, or a list of the names of lists",
        "boxes.b.rules: must be a list of rules, not a mapping",
        "rules[0].when.share: must be float > 0.0",
        "rules[1].then: missing",
    ]
