"""The registers of a box: what a carrier does about texts of phones, and what rules ask of it."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.segmentation import code_text
from carrierbox.config_senders import consent_definition, registers_of, sender_definition
from carrierbox.identifiers import (
    TON_ALPHANUMERIC,
    TON_INTERNATIONAL,
    TON_UNKNOWN,
    Address,
    dialled_address,
)
from carrierbox.relay import (
    SUSPENDS_ACCOUNT,
    SUSPENDS_SENDER,
    DeskAnswer,
    RpMoData,
    Submission,
    Suspension,
    Verdict,
)
from carrierbox.simulator.policy.consent import (
    API,
    FORM,
    NONE,
    OPTED_IN,
    OPTED_OUT,
    PENDING,
    consent_name,
)
from carrierbox.simulator.policy.number_kinds import (
    NO_OWN_PACE,
    CountrySenders,
    NumberKind,
    Pace,
)
from carrierbox.simulator.policy.registers import Registers, address_of_sender
from carrierbox.simulator.sender_state import sender_name
from carrierbox.smpp.values import ESME_RINVSRCADR, ESME_RSUBMITFAIL
from carrierbox.testing.direct import number_plan

NOW = NetworkTime(1_800_000_000.0)
DAY = 86_400.0
FRENCH = "33612345678"
AMERICAN = "12025550123"


def registers(*senders: dict[str, object], **more: object) -> Registers:
    """Registers that have begun, with these senders."""
    consents = [consent_definition(each) for each in more.pop("consents", [])]  # type: ignore[attr-defined]
    made = registers_of([sender_definition(each) for each in senders], consents, **more)  # type: ignore[arg-type]
    made.begin(number_plan(), NOW)
    return made


def text_of(msisdn: str, to: str, text: str, header: bytes = b"") -> RpMoData:
    """What a phone sends."""
    destination = dialled_address(to)
    assert destination is not None
    coded = code_text(text)
    return RpMoData(
        msisdn, destination, 0, coded.data_coding, coded.header or header, coded.user_data
    )


def say(made: Registers, msisdn: str, to: str, text: str, at: float = NOW) -> DeskAnswer | None:
    """Let a phone send, and let what follows be so."""
    answer = made.on_mobile_originated(text_of(msisdn, to, text), NetworkTime(at))
    if answer is not None:
        for name, value in answer.settings:
            assert made.owns(name)
            made.apply(name, value, NOW)
    return answer


def submission(
    source: str = "36123", msisdn: str = FRENCH, country: str = "FR", system_id: str = "demo"
) -> Submission:
    """What an application submits."""
    return Submission(system_id, Address(3, 0, source), msisdn, country, "", 0, b"", b"", at=NOW)


CARRIER: dict[str, object] = {"sender": "36123", "country": "FR", "keywords": "carrier"}


def test_without_senders_nothing_is_intercepted() -> None:
    """Open by default."""
    assert say(registers(), FRENCH, "36123", "STOP") is None


@pytest.mark.parametrize(
    ("sender", "to"),
    [
        ({"sender": "36123", "country": "FR"}, "36123"),
        ({"sender": "36123", "country": "FR", "keywords": "application"}, "36123"),
        (CARRIER, "36124"),
        ({"sender": "36123", "country": "GB", "keywords": "carrier"}, "36123"),
    ],
)
def test_the_carrier_acts_only_where_it_is_told_to(sender: dict[str, object], to: str) -> None:
    """By sender, country and who handles keywords."""
    assert say(registers(sender), FRENCH, to, "STOP") is None


def test_an_opt_out_is_recorded_and_answered_once() -> None:
    """The second STOP is answered with silence; HELP is answered every time."""
    made = registers(CARRIER | {"name": "ACME"})
    first = say(made, FRENCH, "36123", "arrêt")
    assert first is not None
    assert first.text.startswith("ACME : désabonnement")
    assert (first.rule, first.to_application) == ("keyword stop", False)
    assert first.said == "36123: opted_out by ARRET"
    assert made.consent_of(submission()) == OPTED_OUT
    second = say(made, FRENCH, "36123", "STOP")
    assert second is not None
    assert (second.text, second.settings) == ("", [])
    for _ in range(2):
        asked = say(made, FRENCH, "36123", "AIDE")
        assert asked is not None
        assert asked.text.startswith("ACME : pour de l'aide")
        assert asked.settings == []


def test_the_application_hears_of_it_where_both_handle_keywords() -> None:
    """`keywords: both`."""
    answer = say(registers(CARRIER | {"keywords": "both"}), FRENCH, "36123", "STOP")
    assert answer is not None
    assert answer.to_application


def test_what_is_no_keyword_goes_its_way() -> None:
    """Also a part of a longer text that happens to be one."""
    made = registers(CARRIER)
    assert say(made, FRENCH, "36123", "Hello") is None
    part = text_of(FRENCH, "36123", "STOP", bytes.fromhex("050003010201"))
    assert made.on_mobile_originated(part, NOW) is None


def test_matching_is_loose_in_the_united_states_and_where_it_is_said() -> None:
    """Rules since April 2025; strict elsewhere; the sender's own choice goes first."""
    senders: list[dict[str, object]] = [
        {"sender": "28282", "keywords": "carrier"},
        {"sender": "28283", "keywords": "carrier", "matching": "strict"},
        {"sender": "28284", "keywords": "carrier", "matching": "loose"},
    ]
    made = registers(*senders)
    polite = "Stop, please"
    assert say(made, AMERICAN, "28282", polite) is not None
    assert say(made, FRENCH, "28282", polite) is None
    assert say(made, AMERICAN, "28283", polite) is None
    assert say(made, FRENCH, "28284", polite) is not None
    strict = registers(*senders, matching={"": "loose", "US": "strict"})
    assert say(strict, AMERICAN, "28282", polite) is None
    assert say(strict, FRENCH, "28282", polite) is not None


def test_a_pack_may_say_who_handles_the_keywords_of_a_kind() -> None:
    """By country and kind of sender, without an entry for each; an entry goes first."""
    made = registers({"sender": "28283", "country": "US", "keywords": "application"})
    made.handling["US/short_code"] = "carrier"
    assert say(made, AMERICAN, "28282", "STOP") is not None
    assert say(made, AMERICAN, "28283", "STOP") is None
    assert say(made, FRENCH, "28282", "STOP") is None


def test_toll_free_numbers_are_handled_by_their_network() -> None:
    """AWS: in the United States and Canada, STOP, START and UNSTOP alone, both hear it."""
    made = registers({"sender": "+18005550199", "country": "US"})
    assert say(made, AMERICAN, "+18005550199", "HELP") is None
    answer = say(made, AMERICAN, "+18005550199", "STOP")
    assert answer is not None
    assert answer.to_application
    assert answer.text.startswith("NETWORK MSG")
    assert made.consent_of(submission("18005550199", AMERICAN, "US")) == OPTED_OUT


def test_own_replies_are_written_as_they_are() -> None:
    """By meaning; the others stay."""
    made = registers(CARRIER | {"replies": {"stop": "Bye"}})
    bye = say(made, FRENCH, "36123", "STOP")
    hello = say(made, FRENCH, "36123", "START")
    assert bye is not None
    assert hello is not None
    assert (bye.text, hello.text.partition(" ")[0]) == ("Bye", "36123")


def test_senders_of_a_group_share_their_consents() -> None:
    """An opt-out from one is one from all of them."""
    made = registers(
        CARRIER | {"group": "shop"}, {"sender": "ACME", "country": "FR", "group": "shop"}
    )
    say(made, FRENCH, "36123", "STOP")
    assert made.consent_of(submission("Acme")) == OPTED_OUT
    assert made.consents.state_of("@shop", FRENCH) == OPTED_OUT


def test_double_opt_in_waits_for_the_phone() -> None:
    """R11: START asks back; YES, not START, confirms; a form asks, an API call does not."""
    made = registers(CARRIER | {"double_opt_in": True})
    for text, state in (("START", PENDING), ("START", PENDING), ("OUI", OPTED_IN)):
        say(made, FRENCH, "36123", text)
        assert made.consent_of(submission()) == state
    say(made, FRENCH, "36123", "STOP")
    say(made, FRENCH, "36123", "OUI")
    assert made.consent_of(submission()) == PENDING
    form = made.recorded("36123", FRENCH, OPTED_IN, FORM, NOW)
    assert "répondez OUI" in form.text
    assert (form.source.value, form.rule) == ("36123", "double opt-in")
    api = made.recorded("36123", FRENCH, OPTED_IN, API, NOW)
    assert api.text == ""
    for name, value in api.settings:
        made.apply(name, value, NOW)
    assert made.consent_of(submission()) == OPTED_IN


def test_a_register_that_is_full_says_so() -> None:
    """What is there may still change."""
    made = registers(CARRIER)
    made.consents.pairs_max = 1
    say(made, FRENCH, "36123", "STOP")
    answer = say(made, "33612345679", "36123", "STOP")
    assert answer is not None
    assert "full" in answer.problem
    again = say(made, FRENCH, "36123", "START")
    assert again is not None
    assert again.problem == ""


def test_configured_consents_are_there_from_the_beginning() -> None:
    """At the time at which the box begins, if no other is said."""
    made = registers(
        consents=[
            {"sender": "36123", "recipient": "+33612345678", "state": "opted_in"},
            {
                "sender": "36123",
                "recipient": "+33612345679",
                "state": "opted_out",
                "source": "form",
                "at": "2026-05-01T00:00:00Z",
            },
        ]
    )
    assert made.consent_of(submission()) == OPTED_IN
    assert made.consents.changes_of("36123", FRENCH)[0].at == NOW
    assert float(made.consents.changes_of("36123", "33612345679")[0].at) == 1777593600.0


def test_conditions_ask_the_registers() -> None:
    """What a rule is compiled with; words that are no state are refused."""
    made = registers(CARRIER | {"registration": "approved"})
    opted_out = made.condition("consent", ["opted_out"])
    registered = made.condition("registration", ["approved", "pending"])
    nothing = made.condition("registration", ["none"])
    one = submission()
    assert [opted_out.holds(one), registered.holds(one), nothing.holds(one)] == [False, True, False]
    assert nothing.holds(submission(country="GB"))
    say(made, FRENCH, "36123", "STOP")
    assert opted_out.holds(one)
    assert (opted_out.subject(), opted_out.wanted()) == ("consent", "opted_out")
    assert opted_out.found(one) == "opted_out"
    assert (registered.wanted(), registered.found(one)) == ("approved or pending", "approved")
    for name, word in (("consent", "maybe"), ("registration", "maybe"), ("colour", "red")):
        with pytest.raises(ValueError, match=r"maybe|colour"):
            made.condition(name, [word])


def test_pending_since_the_first_start_outlives_a_restart() -> None:
    """The time from which the weeks count is kept, and nothing else of the configuration."""
    sender: dict[str, object] = {
        "sender": "28282",
        "country": "US",
        "registration": "pending",
        "approved_after": "21d",
    }
    made = registers(sender)
    ((name, value),) = made.take_changes()
    assert made.take_changes() == []
    later = NetworkTime(NOW + 20 * DAY)
    made.begin(number_plan(), later)
    made.apply(name, value, later)
    assert made.take_changes() == []
    assert made.is_as_configured(name)
    assert made.next_deadline() == NOW + 21 * DAY
    # Forgotten by somebody, it waits for three weeks from then on.
    made.apply(name, b"", later)
    entry = made.registrations.exactly("28282", "US")
    assert entry is not None
    assert entry.until == later + 21 * DAY
    assert [each for each, _ in made.take_changes()] == [name]
    # Whoever changes the configuration meanwhile is obeyed.
    changed = registers(sender | {"registration": "approved", "approved_after": ""})
    changed.apply(name, value, later)
    assert changed.registration_of(submission("28282", AMERICAN, "US")) == "approved"


def test_what_was_set_goes_before_the_configuration_until_it_is_taken_back() -> None:
    """As with everything that users set."""
    made = registers(CARRIER | {"registration": "approved"})
    name = sender_name("FR", "36123")
    made.apply(name, b'{"registration":"refused"}', NOW)
    assert made.registration_of(submission()) == "refused"
    assert not made.is_as_configured(name)
    assert made.value_of(name) == b'{"registration":"refused"}'
    made.apply(name, b"", NOW)
    assert made.registration_of(submission()) == "approved"
    other = sender_name("FR", "99999")
    made.apply(other, b'{"registration":"refused"}', NOW)
    made.apply(other, b"", NOW)
    assert made.registration_of(submission("99999")) == "none"
    made.apply(other, b"of another version", NOW)
    assert made.registration_of(submission("99999")) == "none"


def verdict(what: int, for_s: float = DAY, status: int = ESME_RSUBMITFAIL) -> Verdict:
    """A verdict that suspends at once."""
    given = Verdict(status, "gambling")
    given.suspension = Suspension(what, 1, 60.0, for_s)
    return given


def test_a_sender_is_suspended_in_the_country_where_it_offended() -> None:
    """R15: refused with the status of the rule until the time is over; it outlives a restart."""
    made = registers(CARRIER | {"registration": "approved"})
    made.note(verdict(SUSPENDS_SENDER), submission(), NOW)
    refusal = made.refusal(submission(), NOW)
    assert refusal is not None
    assert (refusal.command_status, refusal.rule) == (ESME_RSUBMITFAIL, "gambling")
    assert refusal.reason == "the sender 36123 is suspended after verdicts of the rule gambling"
    assert made.refusal(submission(country="GB"), NOW) is None
    assert made.refusal(submission(), NetworkTime(NOW + DAY)) is None
    changes = made.take_changes()
    made.begin(number_plan(), NOW)
    for name, value in changes:
        made.apply(name, value, NOW)
    assert made.registrations.suspensions == 1
    made.on_time(NetworkTime(NOW + DAY))
    assert made.registration_of(submission()) == "approved"
    assert made.registrations.suspensions == 0


def test_an_account_is_suspended_for_good() -> None:
    """Whatever it sends from; an accepted verdict says no status of its own."""
    made = registers()
    made.note(verdict(SUSPENDS_ACCOUNT, 0.0, 0), submission(), NOW)
    refusal = made.refusal(submission("other"), NetworkTime(NOW + 1000 * DAY))
    assert refusal is not None
    assert refusal.command_status == ESME_RINVSRCADR
    assert "demo is suspended for good" in refusal.reason
    assert made.refusal(submission(system_id="other"), NOW) is None


def test_a_one_way_sender_takes_nothing() -> None:
    """R6, R14: who answers it is told."""
    answer = say(registers({"sender": "36123", "two_way": False}), FRENCH, "36123", "Hello")
    assert answer is not None
    assert "one-way" in answer.problem


NATIONAL = {
    "FR": CountrySenders(
        {
            "alphanumeric": NumberKind(False, Pace(), {}),
            "short_code": NumberKind(True, Pace(), {}),
            "long_code": NumberKind(False, Pace(), {}),
        },
        {"38100": "fr-replaced"},
    )
}


@pytest.mark.parametrize(
    ("to", "phone", "is_chosen", "problem"),
    [
        ("ACME", FRENCH, True, "names are one-way in FR: nobody gets what is sent to ACME"),
        ("+33644600123", FRENCH, True, "long codes are one-way in FR"),
        ("36123", FRENCH, False, ""),
        ("38100", FRENCH, False, "38100 stands in for other senders by the rule fr-replaced"),
        ("38100", FRENCH, True, ""),
        ("ACME", AMERICAN, False, ""),
    ],
)
def test_a_reply_to_a_one_way_sender_gets_nowhere(
    to: str, phone: str, is_chosen: bool, problem: str
) -> None:
    """R6, R14: by kind of sender where carriers are realistic, and where a sender is nobody's."""
    made = registers()
    destination = dialled_address(to) or Address(TON_ALPHANUMERIC, 0, to)
    element = RpMoData(phone, destination, 0, 0, b"", b"Yes")
    assert made.problem_of_reply(element, is_chosen) == ""
    made.senders_of = NATIONAL.get
    found = made.problem_of_reply(element, is_chosen)
    assert found.startswith(problem)
    assert bool(found) == bool(problem)


def test_a_registered_sender_is_as_it_is_registered() -> None:
    """Two-way goes before its kind, and whoever registered a sender owns it."""
    yes: dict[str, object] = {"sender": "+33644600123", "country": "FR", "two_way": True}
    plain: dict[str, object] = {"sender": "+33644600124", "country": "FR"}
    short: dict[str, object] = {"sender": "38100", "country": "FR"}
    no: dict[str, object] = {"sender": "36123", "country": "FR", "two_way": False}
    made = registers(yes, plain, short, no)
    made.senders_of = NATIONAL.get
    problems = {
        sender: made.problem_of_reply(text_of(FRENCH, sender, "Yes"), False)
        for sender in ("+33644600123", "+33644600124", "38100", "36123")
    }
    assert [sender for sender, problem in problems.items() if problem] == ["+33644600124"]
    shown = [made.is_two_way(each) for each in made.registrations.all()]
    assert shown == [True, False, False, True]
    made.senders_of = None
    assert [made.is_two_way(each) for each in made.registrations.all()] == [True, True, False, True]


def test_a_register_tells_how_fast_a_sender_may_send() -> None:
    """For rules that ask for it; of a sender that stands in no entry it says nothing."""
    made = registers(
        {"sender": "36123", "country": "FR", "tier": "E", "per_s": 2.5, "per_day": 9, "kind": ""}
    )
    pace = made.own_pace(submission("36123", FRENCH))
    assert (pace.kind, pace.tier, pace.pace.per_s, pace.pace.per_day) == ("", "E", 2.5, 9)
    assert made.own_pace(submission("36124", FRENCH)) is NO_OWN_PACE


def test_a_consent_is_given_back_as_it_was() -> None:
    """What the centre does when a commit fails."""
    made = registers(CARRIER)
    say(made, FRENCH, "36123", "START")
    name = consent_name("36123", FRENCH)
    before = made.value_of(name)
    say(made, FRENCH, "36123", "STOP")
    made.apply(name, before, NOW)
    assert made.consent_of(submission()) == OPTED_IN
    made.apply(name, b"", NOW)
    assert made.consent_of(submission()) == NONE


@pytest.mark.parametrize(
    ("sender", "ton"),
    [("ACME", TON_ALPHANUMERIC), ("28282", TON_UNKNOWN), ("+33612345678", TON_INTERNATIONAL)],
)
def test_a_carrier_writes_from_the_address_of_the_sender(sender: str, ton: int) -> None:
    """As the sender itself would."""
    assert address_of_sender(sender).ton == ton
