"""Consent and registration over real SMPP: what a phone texts decides about the next submission."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import smpplib.client
from smpplib.exceptions import PDUError

from carrierbox.errors import CarrierboxError
from carrierbox.smpp.values import ESME_RINVSRCADR, ESME_RSUBMITFAIL
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier

FRENCH: Final = "+33612345678"
AMERICAN: Final = "+12025550123"
OPTED_OUT: Final[dict[str, Any]] = {
    "name": "opted-out",
    "when": {"consent": "opted_out"},
    "then": {"command_status": "ESME_RSUBMITFAIL"},
}
UNREGISTERED: Final[dict[str, Any]] = {
    "name": "unregistered",
    "when": {"registration": ["none", "pending", "refused"], "country": "US"},
    "then": {"command_status": "ESME_RINVSRCADR"},
}
SENDERS: Final[list[dict[str, Any]]] = [
    {"sender": "36123", "country": "FR", "keywords": "carrier", "name": "ACME"},
    {
        "sender": "28282",
        "country": "US",
        "keywords": "both",
        "double_opt_in": True,
        "brand": "ACME",
        "registration": "pending",
        "approved_after": "21d",
    },
    {"sender": "+18005550199", "country": "US", "kind": "toll_free"},
    {"sender": "55555", "two_way": False},
]


class Application:
    """A client that sends as one who knows no more than the answers."""

    def __init__(self, carrier: Carrier) -> None:
        self.client = smpplib.client.Client(
            carrier.host, carrier.port, allow_unknown_opt_params=True
        )
        self.client.connect()
        self.client.bind_transceiver(system_id="demo", password="demo")

    def send(self, source: str, to: str, text: str = "Sale!") -> int:
        """The status of the submit_sm_resp."""
        self.client.send_message(
            source_addr_ton=3,
            source_addr=source,
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=to.removeprefix("+"),
            short_message=text.encode(),
        )
        try:
            answer = self.client.read_pdu()
            while answer.command != "submit_sm_resp":
                answer = self.client.read_pdu()
        except PDUError as error:
            return int(error.args[1])
        return int(answer.status)

    def close(self) -> None:
        """End without a word."""
        self.client.disconnect()


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """A carrier with rules on consent and registration."""
    accounts = [AccountSettings("demo", "demo")]
    with Carrier(
        accounts=accounts,
        phones=[FRENCH, AMERICAN],
        rules=[OPTED_OUT, UNREGISTERED],
        senders=SENDERS,
    ) as made:
        yield made


@pytest.fixture
def application(carrier: Carrier) -> Iterator[Application]:
    """A bound client."""
    made = Application(carrier)
    yield made
    made.close()


def test_an_opt_out_is_answered_in_french_and_stops_what_follows(
    carrier: Carrier, application: Application
) -> None:
    """R12: the carrier keeps the opt-out; only the rule says with which status it refuses."""
    phone = carrier.phone(FRENCH)
    assert application.send("36123", FRENCH) == 0
    phone.send("36123", " Arrêt ! ")
    assert phone.texts[1].startswith("ACME : désabonnement enregistré")
    assert phone.screen[1].sender == "36123"
    assert application.send("36123", FRENCH) == ESME_RSUBMITFAIL
    # Another sender is another matter.
    assert application.send("36124", FRENCH) == 0
    phone.send("36123", "START")
    assert phone.texts[-1].startswith("ACME : abonnement enregistré")
    assert application.send("36123", FRENCH) == 0
    consent = carrier.registers.consent("36123", FRENCH)
    assert [change.state for change in consent.history] == ["opted_out", "opted_in"]
    assert consent.source == "keyword"


def test_an_opt_out_outlives_a_restart(carrier: Carrier) -> None:
    """What a user said is durable: the next send is refused all the same."""
    carrier.phone(FRENCH).send("36123", "STOP")
    carrier.restart()
    again = Application(carrier)
    assert again.send("36123", FRENCH) == ESME_RSUBMITFAIL
    assert carrier.registers.consent("36123", FRENCH).state == "opted_out"
    again.close()


def test_double_opt_in_asks_the_phone_of_whoever_filled_in_a_form(carrier: Carrier) -> None:
    """R11: pending until the phone itself says YES, which the application hears too."""
    phone = carrier.phone(AMERICAN)
    assert carrier.registers.record("28282", AMERICAN, source="form").state == "pending"
    assert phone.texts[-1].startswith("ACME: reply YES to confirm")
    phone.send("28282", "yes")
    assert phone.texts[-1].startswith("ACME: you are subscribed")
    consent = carrier.registers.consent("28282", AMERICAN)
    assert [(change.state, change.source) for change in consent.history] == [
        ("pending", "form"),
        ("opted_in", "keyword"),
    ]
    received = carrier.messages(source=AMERICAN)
    assert [message.destination_addr for message in received] == ["28282"]


def test_a_keyword_begins_a_double_opt_in_and_stop_ends_it(carrier: Carrier) -> None:
    """START alone does not opt in where a second answer is wanted."""
    phone = carrier.phone(AMERICAN)
    phone.send("28282", "START")
    assert carrier.registers.consent("28282", AMERICAN).state == "pending"
    phone.send("28282", "START")
    assert carrier.registers.consent("28282", AMERICAN).state == "pending"
    phone.send("28282", "Please stop texting me")
    assert carrier.registers.consent("28282", AMERICAN).state == "opted_out"


def test_a_campaign_is_approved_after_three_weeks_of_the_network(
    carrier: Carrier, application: Application
) -> None:
    """R16: pending for weeks of network time, through a restart, then approved."""
    assert application.send("28282", AMERICAN) == ESME_RINVSRCADR
    carrier.advance("7d")
    application.close()
    carrier.restart()
    again = Application(carrier)
    carrier.advance("13d")
    assert again.send("28282", AMERICAN) == ESME_RINVSRCADR
    carrier.advance("1d")
    assert again.send("28282", AMERICAN) == 0
    (event,) = carrier.events("registration")
    assert event.detail == "sender 28282 in US: pending, now approved"
    again.close()


def test_the_network_of_toll_free_numbers_takes_three_words_only(
    carrier: Carrier, application: Application
) -> None:
    """HELP and QUIT are for the application, STOP and UNSTOP for the network too."""
    carrier.registers.set_registration("+18005550199", "US", registration="approved")
    phone = carrier.phone(AMERICAN)
    phone.send("18005550199", "QUIT")
    assert carrier.registers.consent("+18005550199", AMERICAN).state == "none"
    phone.send("18005550199", "stop")
    assert phone.texts[-1].startswith("NETWORK MSG: you answered STOP")
    assert application.send("18005550199", AMERICAN) == ESME_RSUBMITFAIL
    phone.send("18005550199", "UNSTOP")
    assert application.send("18005550199", AMERICAN) == 0


def test_nobody_intercepts_what_is_sent_to_other_numbers(carrier: Carrier) -> None:
    """Open by default: the application hears STOP, the carrier does nothing about it."""
    phone = carrier.phone(FRENCH)
    phone.send("36999", "STOP")
    assert phone.texts == []
    assert carrier.registers.consent("36999", FRENCH).state == "none"


def test_a_one_way_sender_gets_no_answers(carrier: Carrier) -> None:
    """R6: the phone is told that nobody receives it."""
    with pytest.raises(CarrierboxError, match="registered as one-way"):
        carrier.phone(FRENCH).send("55555", "Hello?")


def test_a_sender_that_keeps_running_into_a_rule_is_suspended(
    carrier: Carrier, application: Application
) -> None:
    """R15: after three verdicts within a day everything of it is refused, for a day."""
    carrier.add_rule(
        {
            "command_status": "ESME_RSUBMITFAIL",
            "suspend": {"what": "sender", "after": 3, "within": "1d", "for": "24h"},
        },
        {"text": {"contains": "casino"}},
        name="gambling",
    )
    for _ in range(3):
        assert application.send("36123", FRENCH, "casino") == ESME_RSUBMITFAIL
    assert application.send("36123", FRENCH, "Hello") == ESME_RSUBMITFAIL
    assert application.send("36124", FRENCH, "Hello") == 0
    found = carrier.registers.sender("36123", "FR")
    assert found is not None
    assert (found.registration, found.rule) == ("suspended", "gambling")
    application.close()
    carrier.restart()
    again = Application(carrier)
    assert again.send("36123", FRENCH, "Hello") == ESME_RSUBMITFAIL
    carrier.advance("24h")
    assert again.send("36123", FRENCH, "Hello") == 0
    again.close()
