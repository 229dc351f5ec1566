"""Rules from their page to the phone: each example of docs/rules.md does what the page says.

A carrier without sockets takes the configuration of the example, a client submits, time passes.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.config import load_configuration
from carrierbox.config_match import Supplies
from carrierbox.config_rules import compile_rule, definition_of, rule_book
from carrierbox.config_senders import registers_of
from carrierbox.relay import CAUSE_NAMES
from carrierbox.smpp import values
from carrierbox.smpp.pdus import (
    DataSm,
    DeliverSm,
    Pdu,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import (
    TAG_DELIVERY_FAILURE_REASON,
    TAG_MESSAGE_PAYLOAD,
    Tlv,
    tlv_int,
)
from carrierbox.smpp.values import STATUS_NAMES
from carrierbox.smsc.content_class import TAG_CONTENT_CLASS
from carrierbox.testing.direct import START, DirectCarrier, number_plan
from carrierbox.testing.stores import FakeStore
from carrierbox.trace import KIND_NAMES

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE: Final = DOCS / "rules.md"
BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

FRENCH: Final = "33612345678"
BRITISH: Final = "447700900123"
AMERICAN: Final = "12125550123"
HOUR: Final = 3600.0


class Client:
    """A client of a carrier with rules, and what became of its last message."""

    def __init__(self, carrier: DirectCarrier) -> None:
        self.carrier = carrier
        self.link = carrier.bind()

    def submit(self, text: str = "Hi", to: str = FRENCH, **fields: Any) -> int:
        """Submit from ACME; the status of the answer."""
        given: dict[str, Any] = {"source_addr_ton": 5, "source_addr": "ACME"} | fields
        return self.ask(
            SubmitSm(destination_addr=to, short_message=text.encode("latin-1"), **given)
        )

    def ask(self, pdu: Pdu) -> int:
        return self.carrier.ask(self.link, pdu).command_status

    @property
    def state(self) -> str:
        """The state of the newest message."""
        message = next(self.carrier.box.centre.registry.newest_first())
        return values.MESSAGE_STATE_NAMES[message.state]

    def receipts(self) -> list[bytes]:
        """The texts of all receipts so far."""
        found = [one.pdu for one in self.carrier.deliveries()]
        return [pdu.short_message for pdu in found if isinstance(pdu, DeliverSm)]

    def events(self, kind: str) -> list[str]:
        """The details of all events of a kind."""
        _, events = self.carrier.box.trace.since(0, 100_000)
        return [event.detail for event in events if KIND_NAMES[event.kind] == kind]


def a_client(*rules: Mapping[str, object], store: FakeStore | None = None) -> Client:
    carrier = DirectCarrier(store)
    book = carrier.box.rules
    for rule in rules:
        book.add_test_rule(compile_rule(definition_of(rule)))
    return Client(carrier)


# The examples of the page, by the name of their first rule.


def no_casino(client: Client) -> None:
    assert client.submit("Win at the casino") == values.ESME_RPROHIBITED
    assert client.submit("Win at home") == values.ESME_ROK
    assert client.carrier.shown(FRENCH) == ["Win at home"]
    assert client.events("refused") == ["ESME_RPROHIBITED by rule no casino"]


def first_attempt_fails(client: Client) -> None:
    assert client.submit(registered_delivery=1) == values.ESME_ROK
    assert (client.state, client.carrier.shown(FRENCH)) == ("ENROUTE", [])
    assert client.events("failed") == ["SYSTEM_FAILURE"]
    client.carrier.advance(30.0)
    assert (client.state, client.carrier.shown(FRENCH)) == ("DELIVERED", ["Hi"])
    assert client.submit(to=BRITISH, registered_delivery=1) == values.ESME_ROK
    assert client.state == "UNDELIVERABLE"
    assert client.events("accepted") == ["first attempt fails", "nobody there"]
    receipt = client.carrier.deliveries()[-1].pdu
    assert b"stat:UNDELIV err:001" in receipt.short_message  # type: ignore[attr-defined]


def one_in_four(client: Client) -> None:
    statuses = [client.submit() for _ in range(400)]
    assert set(statuses) == {values.ESME_ROK, values.ESME_RTHROTTLED}
    assert 70 <= statuses.count(values.ESME_RTHROTTLED) <= 130


def staff(client: Client) -> None:
    assert client.submit() == values.ESME_ROK
    assert client.submit(source_addr="ACME-TEST") == values.ESME_ROK
    assert client.submit(to=BRITISH) == values.ESME_RSYSERR
    assert client.submit(source_addr="OTHER") == values.ESME_RSYSERR


def digits_as_a_sender(client: Client) -> None:
    national: dict[str, Any] = {"source_addr_ton": 2, "source_addr": "08001234"}
    assert client.submit(**national) == values.ESME_RINVSRCADR
    assert client.submit(**national | {"source_addr_ton": 3}) == values.ESME_ROK
    assert client.submit(**national | {"source_addr": "08101234"}) == values.ESME_ROK
    assert client.submit("Log in at HTTPS://bank.example") == 0x400
    assert client.submit("Log in at https://bank.examples") == values.ESME_ROK
    destination = SmeDestination(1, 1, FRENCH)
    text = b"https://bank.example"
    assert client.ask(SubmitMulti(dest_address=[destination], short_message=text)) == 0


def false_receipt(client: Client) -> None:
    assert client.submit("Win at the casino", registered_delivery=1) == values.ESME_ROK
    assert (client.state, client.carrier.shown(FRENCH)) == ("UNDELIVERABLE", [])
    assert b"stat:DELIVRD" in client.receipts()[0]
    assert client.submit("A loan", registered_delivery=1) == values.ESME_ROK
    client.carrier.advance(HOUR)
    assert (len(client.receipts()), client.carrier.shown(FRENCH)) == (1, [])
    assert client.submit("On sale", registered_delivery=1) == values.ESME_ROK
    assert (client.state, client.carrier.shown(FRENCH)) == ("DELIVERED", ["On sale"])
    client.carrier.advance(5.0)
    client.carrier.respond(client.carrier.deliveries()[-1])
    assert len(client.receipts()) == 3
    assert all(b"stat:REJECTD err:013" in each for each in client.receipts()[1:])
    why = "The carrier filters what looks like an advertisement."
    assert client.events("verdict") == ["false receipt", "silent drop", f"filtered: {why}"]


def every_campaign_waits(client: Client) -> None:
    assert client.submit("An offer") == values.ESME_ROK
    client.carrier.advance(899.0)
    assert (client.state, client.carrier.shown(FRENCH)) == ("ENROUTE", [])
    client.carrier.advance(1.0)
    assert (client.state, client.carrier.shown(FRENCH)) == ("DELIVERED", ["An offer"])
    assert client.submit("A newsletter") == values.ESME_ROK
    client.carrier.advance(24 * HOUR)
    (_, newsletter) = client.carrier.phone(FRENCH).inbox
    assert datetime.fromtimestamp(newsletter.received_at, ZoneInfo("Europe/Paris")).hour == 8


def sender_of_the_carrier(client: Client) -> None:
    assert client.submit("See http://shop.example/x?y") == values.ESME_ROK
    (text,) = client.carrier.phone(FRENCH).inbox
    assert (text.sender, text.text) == ("567890", "See [link] Reply STOP to end")
    assert client.events("accepted") == ["sender of the carrier, no links"]


def answered_twice(client: Client) -> None:
    assert client.submit("Answer twice") == values.ESME_ROK
    assert client.submit("Answer once") == values.ESME_ROK
    answers = [one for one in client.carrier.sent if isinstance(one.pdu, SubmitSmResp)]
    assert len(answers) == 3


def no_links_from_abroad(client: Client) -> None:
    british: dict[str, Any] = {"source_addr_ton": 1, "source_addr": BRITISH}
    assert client.submit("See shop.example", **british) == values.ESME_RPROHIBITED
    assert client.submit("See login.bank.example", **british) == values.ESME_RPROHIBITED
    assert client.submit("See you", **british) == values.ESME_ROK
    assert client.submit("See shop.example", to=BRITISH, **british) == values.ESME_ROK
    assert client.submit("See shop.example") == values.ESME_ROK
    refused = client.events("refused")
    assert "ESME_RPROHIBITED by rule no links from abroad" in refused[0]


def no_promotions_by_long_code(client: Client) -> None:
    long_code: dict[str, Any] = {"source_addr_ton": 1, "source_addr": BRITISH}
    gambling = [Tlv(TAG_CONTENT_CLASS, b"gambling")]
    assert client.submit(tlvs=gambling, **long_code) == values.ESME_RPROHIBITED
    assert client.submit(tlvs=gambling) == values.ESME_ROK
    assert client.submit(**long_code) == values.ESME_ROK


def quiet_hours(client: Client) -> None:
    # It is Friday, 9:00 in Paris and 2:00 in Austin.
    marketing = [Tlv(TAG_CONTENT_CLASS, b"marketing")]
    carrier = client.carrier
    assert client.submit("By day", tlvs=marketing) == values.ESME_ROK
    assert carrier.shown(FRENCH) == ["By day"]
    carrier.advance(11 * HOUR)
    client.submit("At night", tlvs=marketing)
    client.submit("Your code")
    assert carrier.shown(FRENCH) == ["By day", "Your code"]
    carrier.advance(12 * HOUR)
    assert carrier.shown(FRENCH) == ["By day", "Your code", "At night"]
    carrier.advance(28 * HOUR)
    client.submit("On Sunday", tlvs=marketing)
    assert "On Sunday" not in carrier.shown(FRENCH)
    assert client.submit(to="15125550123") == values.ESME_RPROHIBITED
    carrier.advance(7 * HOUR)
    assert client.submit(to="15125550123") == values.ESME_ROK


def one_a_second(client: Client) -> None:
    american: dict[str, Any] = {"source_addr_ton": 1, "source_addr": "14155550000"}
    assert client.submit("1", to="12125550123", **american) == values.ESME_ROK
    assert client.submit("2", to="12125550123", **american) == values.ESME_RTHROTTLED
    client.carrier.advance(1.0)
    assert client.submit("3", to="12125550123", **american) == values.ESME_ROK
    # The first of a sender to a number is to come back later; it does, and the next do not have to.
    client.submit("First")
    assert client.carrier.shown(FRENCH) == []
    client.carrier.advance(HOUR)
    client.submit("Second")
    assert client.carrier.shown(FRENCH) == ["First", "Second"]
    for _ in range(3):
        client.submit("Again")
    assert client.carrier.shown(FRENCH) == ["First", "Second", "Again", "Again"]
    assert [client.submit() for _ in range(1995)] == [values.ESME_ROK] * 1995
    assert client.submit("One too many") == values.ESME_RTHROTTLED
    client.carrier.advance(24 * HOUR)
    assert client.submit("Another day") == values.ESME_ROK


def as_fast_as_registered(client: Client) -> None:
    for sender, passing in (("12025550199", 120), ("12025550198", 75)):
        given: dict[str, Any] = {"source_addr_ton": 1, "source_addr": sender, "to": AMERICAN}
        statuses = [client.submit(**given) for _ in range(passing + 1)]
        assert statuses == [*[values.ESME_ROK] * passing, values.ESME_RTHROTTLED]
    assert client.submit(source_addr_ton=1, source_addr="12025550199") == values.ESME_ROK


EXAMPLES: Final[dict[str, Callable[[Client], None]]] = {
    "no casino": no_casino,
    "first attempt fails": first_attempt_fails,
    "false receipt": false_receipt,
    "every campaign waits": every_campaign_waits,
    "sender of the carrier": sender_of_the_carrier,
    "answered twice": answered_twice,
    "one in four is throttled": one_in_four,
    "staff": staff,
    "digits as a sender": digits_as_a_sender,
    "no links from abroad": no_links_from_abroad,
    "no promotions by long code": no_promotions_by_long_code,
    "quiet hours": quiet_hours,
    "one a second": one_a_second,
    "as fast as it is registered": as_fast_as_registered,
}


def blocks(language: str) -> list[str]:
    return [block for found, block in BLOCK.findall(PAGE.read_text("utf-8")) if found == language]


@pytest.mark.parametrize("example", blocks("yaml"))
def test_an_example_does_what_the_page_says(example: str, tmp_path: Path) -> None:
    """docs/rules.md: as a configuration, from the submit to the phone."""
    file = tmp_path / "carrier.yaml"
    file.write_text(example, encoding="utf-8")
    read = load_configuration(file, {}, {"store": {"url": ":memory:"}})
    rules = read.rules
    registers = registers_of(read.senders)
    registers.begin(number_plan(), NetworkTime(START))
    carrier = DirectCarrier(rules=rule_book(rules, Supplies(registers)))
    EXAMPLES[rules[0].name](Client(carrier))


def test_every_example_is_on_the_page() -> None:
    """The test above leaves none out."""
    assert len(blocks("yaml")) == len(EXAMPLES)


def test_the_request_on_the_page_is_a_rule() -> None:
    """docs/rules.md, the one for curl."""
    (block,) = (each for each in blocks("") if "-d '" in each)
    (body,) = re.findall(r"-d '(.*)'", block)
    client = a_client(json.loads(body))
    assert client.submit() == values.ESME_RMSGQFUL
    assert client.submit(to=BRITISH) == values.ESME_ROK


def test_the_test_on_the_page_passes() -> None:
    """docs/rules.md: with a real client."""
    (block,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(block, str(PAGE), "exec"), names)
    names["test_a_throttled_text_is_sent_again"]()


def test_every_cause_is_told_of() -> None:
    """docs/rules.md: which end a message and which are tried again."""
    prose = PAGE.read_text(encoding="utf-8")
    for name in CAUSE_NAMES.values():
        assert f"`{name}`" in prose


# What rules do beyond the examples.


def test_a_verdict_is_kept_over_a_restart() -> None:
    """Design §2: a retry or a restart never draws again; and no rule is asked a second time."""
    store = FakeStore()
    rule = {"name": "two", "then": {"cause": "SYSTEM_FAILURE", "attempts": 2}}
    client = a_client(rule, store=store)
    client.submit()
    later = Client(DirectCarrier(store, start=client.carrier.clock.now()))
    message = next(later.carrier.box.centre.registry.newest_first())
    assert (message.rule, message.forced_cause, message.failing_attempts) == ("two", 34, 2)
    later.carrier.advance(30.0)
    assert later.state == "ENROUTE"
    later.carrier.advance(60.0)
    assert (later.state, later.carrier.shown(FRENCH)) == ("DELIVERED", ["Hi"])
    assert later.events("failed") == ["SYSTEM_FAILURE"]


def test_a_verdict_is_kept_where_the_journal_is_shortened() -> None:
    """The shortest journal says the same."""
    store = FakeStore()
    client = a_client({"name": "ever", "then": {"cause": "ABSENT_SUBSCRIBER"}}, store=store)
    client.submit()
    for _ in range(2000):
        client.carrier.set_power(BRITISH, False)
    for _ in range(2):
        client = Client(DirectCarrier(store, start=client.carrier.clock.now()))
    client.carrier.advance(73 * HOUR)
    assert (client.state, client.carrier.shown(FRENCH)) == ("EXPIRED", [])


def test_a_failed_commit_repeats_the_attempt_that_was_to_fail() -> None:
    """The verdict counts attempts that were made; one that never left is none."""
    store = FakeStore()
    client = a_client(
        {"name": "one", "then": {"cause": "DATA_MISSING", "attempts": 1}}, store=store
    )
    store.fail()
    assert client.submit() == values.ESME_RSYSERR
    assert client.submit() == values.ESME_ROK
    assert client.events("failed") == ["DATA_MISSING"]
    client.carrier.advance(30.0)
    assert client.carrier.shown(FRENCH) == ["Hi"]


def test_a_phone_that_was_said_to_be_absent_alerts_when_it_returns() -> None:
    """TS 23.040 §3.2.6: the register remembers who waits, also where a rule decided."""
    client = a_client({"name": "away", "then": {"cause": "ABSENT_SUBSCRIBER", "attempts": 1}})
    client.carrier.phone(FRENCH)
    client.submit()
    assert client.carrier.shown(FRENCH) == []
    client.carrier.set_power(FRENCH, False)
    client.carrier.set_power(FRENCH, True)
    assert client.carrier.shown(FRENCH) == ["Hi"]


def test_all_parts_of_a_long_text_fail() -> None:
    """One attempt is one attempt, in as many parts as there are."""
    client = a_client({"name": "one", "then": {"cause": "SYSTEM_FAILURE", "attempts": 1}})
    payload = [Tlv(TAG_MESSAGE_PAYLOAD, b"long " * 100)]
    assert client.submit("", tlvs=payload) == values.ESME_ROK
    assert client.events("failed") == ["SYSTEM_FAILURE"] * 4
    client.carrier.advance(30.0)
    assert client.carrier.shown(FRENCH) == ["long " * 100]


def test_a_transaction_is_told_of_the_network_error() -> None:
    """SMPP 3.4 §2.10.3: ESME_RDELIVERYFAILURE, and why, by a magic number."""
    client = a_client()
    payload = [Tlv(TAG_MESSAGE_PAYLOAD, b"Hi")]
    asked = DataSm(destination_addr="9991001", esm_class=2, tlvs=payload)
    answer = client.carrier.ask(client.link, asked)
    assert answer.command_status == values.ESME_RDELIVERYFAILURE
    assert tlv_int(answer.tlvs, TAG_DELIVERY_FAILURE_REASON) == 1


def test_each_destination_of_a_submit_multi_is_judged() -> None:
    """SMPP 3.4 §4.5.2: the refused ones with their status, the others go."""
    only_multi = {
        "name": "british",
        "when": {"operation": "submit_multi", "country": "GB"},
        "then": {"command_status": "ESME_RPROHIBITED"},
    }
    client = a_client(only_multi)
    assert client.submit(to=BRITISH) == values.ESME_ROK
    numbers = [FRENCH, BRITISH, "9990088"]
    destinations = [SmeDestination(1, 1, number) for number in numbers]
    answer = client.carrier.ask(client.link, SubmitMulti(dest_address=[*destinations]))
    assert isinstance(answer, SubmitMultiResp)
    refused = [(one.destination_addr, one.error_status_code) for one in answer.unsuccess_sme]
    assert refused == [
        (BRITISH, values.ESME_RPROHIBITED),
        ("9990088", values.ESME_RTHROTTLED),
    ]


def test_a_replacing_text_is_judged_and_only_a_refusal_acts() -> None:
    """SMPP 3.4 §4.10, §5.2.18: what was decided about the message stays."""
    bad_words = {
        "name": "no",
        "when": {"text": {"contains": "casino"}},
        "then": {"command_status": "ESME_RPROHIBITED"},
    }
    failing = {"name": "fails", "when": {"text": "Other"}, "then": {"cause": "CALL_BARRED"}}
    client = a_client(bad_words, failing)
    client.carrier.set_power(FRENCH, False)
    client.submit()
    casino = b"casino"
    assert client.submit("casino", replace_if_present_flag=1) == values.ESME_RPROHIBITED
    replace = ReplaceSm("1", source_addr="ACME", short_message=casino)
    assert client.ask(replace) == values.ESME_RPROHIBITED
    assert client.events("refused") == ["ESME_RPROHIBITED by rule no"] * 2
    assert client.ask(ReplaceSm("1", source_addr="ACME", short_message=b"Other")) == 0
    client.carrier.set_power(FRENCH, True)
    assert client.carrier.shown(FRENCH) == ["Other"]


def test_a_rule_may_name_a_number_of_no_country() -> None:
    """docs/magic-numbers.md: a rule goes before; what no rule refuses is still nobody's number."""
    busy = {
        "name": "mine",
        "when": {"destination": {"prefix": "+9990088"}},
        "then": {"command_status": "ESME_RSYSERR"},
    }
    open_door = {"name": "open", "then": {"accept": True}}
    client = a_client(busy, open_door)
    assert client.submit(to="9990088") == values.ESME_RSYSERR
    assert client.submit(to="9990020") == values.ESME_RINVDSTADR
    assert client.submit(to="9995") == values.ESME_RINVDSTADR
    assert client.submit() == values.ESME_ROK


# Magic numbers.


@pytest.mark.parametrize("status", [status for status in STATUS_NAMES if status])
def test_a_number_answers_its_status(status: int) -> None:
    """docs/magic-numbers.md: at submit_sm, and at data_sm."""
    client = a_client()
    assert client.submit(to=f"+9990{status:03d}") == status
    payload = [Tlv(TAG_MESSAGE_PAYLOAD, b"Hi")]
    asked = DataSm(destination_addr=f"009990{status:03d}55", tlvs=payload)
    assert client.ask(asked) == status
    assert (
        client.events("refused")
        == [f"{STATUS_NAMES[status]} by rule magic {STATUS_NAMES[status]}"] * 2
    )
    assert client.carrier.box.network.phones() == []


@pytest.mark.parametrize("cause", CAUSE_NAMES)
def test_a_number_fails_with_its_cause(cause: int) -> None:
    """docs/magic-numbers.md: every attempt, to the end; and no phone comes into being."""
    store = FakeStore()
    client = a_client(store=store)
    assert client.submit(to=f"9991{cause:03d}", registered_delivery=1) == values.ESME_ROK
    ends_at_once = f"| +9991{cause:03d} | `{CAUSE_NAMES[cause]}` | the end |" in (
        DOCS / "magic-numbers.md"
    ).read_text(encoding="utf-8")
    assert client.state == ("UNDELIVERABLE" if ends_at_once else "ENROUTE")
    assert client.events("failed") == [CAUSE_NAMES[cause]]
    # A restart in between changes nothing.
    client = Client(DirectCarrier(store, start=client.carrier.clock.now()))
    client.carrier.advance(73 * HOUR)
    assert client.state == ("UNDELIVERABLE" if ends_at_once else "EXPIRED")
    assert set(client.events("failed")) <= {CAUSE_NAMES[cause]}
    receipt = client.carrier.deliveries()[-1].pdu
    assert f"err:{cause:03d}".encode() in receipt.short_message  # type: ignore[attr-defined]
    assert client.carrier.box.network.phones() == []


def test_the_page_of_magic_numbers_lists_them_all() -> None:
    """docs/magic-numbers.md, both tables."""
    text = (DOCS / "magic-numbers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \+(999\d{4}) \| `(\w+)` \|", text, re.MULTILINE)
    statuses = [(f"9990{status:03d}", name) for status, name in STATUS_NAMES.items() if status]
    causes = [(f"9991{cause:03d}", name) for cause, name in CAUSE_NAMES.items()]
    assert rows == statuses + causes
