"""Taking messages in from ESMEs and phones."""

from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address
from carrierbox.numbering import NumberPlan
from carrierbox.relay import (
    SAID_BY_ACCOUNT,
    SAID_BY_SUBMISSION,
    RpMoData,
    Submission,
    Verdict,
)
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import Tlv
from carrierbox.smpp.values import ESME_RINVDSTADR, ESME_RINVMSGLEN, ESME_RX_R_APPN
from carrierbox.smsc.accounts import Account, Accounts, AccountSettings
from carrierbox.smsc.content_class import TAG_CONTENT_CLASS
from carrierbox.smsc.intake import Intake
from carrierbox.smsc.messages import FROM_PHONE, TO_ESME, TO_PHONE
from carrierbox.smsc.registry import Registry
from carrierbox.smsc.router import Router
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.turns import CurrentTurn
from carrierbox.testing.direct import number_plan

PLAN: NumberPlan = number_plan()


class Rules:
    """Carrier rules that say what they are told to say, and keep what they were shown."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.shown: list[Submission] = []

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        self.shown.append(submission)
        return self.verdict


def an_intake(rules: Rules, *accounts: AccountSettings) -> tuple[Intake, CurrentTurn]:
    turn = CurrentTurn()
    router = Router(PLAN, Accounts(list(accounts) or [AccountSettings("demo", "demo")]))
    return Intake(turn, Registry(), router, rules, CentreSettings()), turn


ACCOUNT = Account("demo", AccountSettings("demo", "demo"))


def test_a_carrier_is_shown_who_sends_what_to_whom() -> None:
    """Design §2: screening is a pure call with the routed submission."""
    rules = Rules(Verdict())
    intake, _ = an_intake(rules)
    submit = SubmitSm(source_addr="ACME", source_addr_ton=5, destination_addr="+33 6 12 34 56 78")
    message = intake.from_esme(ACCOUNT, submit)
    assert message is not None
    (shown,) = rules.shown
    assert (shown.msisdn, shown.country, shown.source) == (
        "33612345678",
        "FR",
        Address(5, 0, "ACME"),
    )
    assert message.country == "FR"


def test_rules_are_shown_when_a_message_came_and_what_it_is_about() -> None:
    """The network's clock; the TLV goes before the account."""
    rules = Rules(Verdict())
    intake, turn = an_intake(rules)
    turn.now = NetworkTime(1_800_000_000.0)
    account = Account("demo", AccountSettings("demo", "demo", content_class="marketing"))
    for who, tlvs in (
        (ACCOUNT, []),
        (account, []),
        (account, [Tlv(TAG_CONTENT_CLASS, b"otp")]),
        (ACCOUNT, [Tlv(TAG_CONTENT_CLASS, b"otp"), Tlv(0x1403, b"x")]),
    ):
        assert intake.from_esme(who, SubmitSm(destination_addr="33612345678", tlvs=tlvs))
    assert [(each.content_class, each.class_said_by) for each in rules.shown] == [
        ("", ""),
        ("marketing", SAID_BY_ACCOUNT),
        ("otp", SAID_BY_SUBMISSION),
        ("otp", SAID_BY_SUBMISSION),
    ]
    assert {each.at for each in rules.shown} == {1_800_000_000.0}


def test_a_carrier_may_refuse_and_nothing_is_kept() -> None:
    """Design §2: a Verdict refuses with a command_status."""
    intake, turn = an_intake(Rules(Verdict(ESME_RX_R_APPN, "spam")))
    assert intake.from_esme(ACCOUNT, SubmitSm(destination_addr="33612345678")) is None
    assert intake.refusal == ESME_RX_R_APPN
    assert turn.take() is None


def test_a_carrier_may_rewrite_the_sender_and_its_rule_is_kept() -> None:
    """Design §2: the verdict is recorded with the message."""
    intake, _ = an_intake(Rules(Verdict(0, "header", Address(5, 0, "56161"))))
    message = intake.from_esme(ACCOUNT, SubmitSm(destination_addr="919812345678"))
    assert message is not None
    assert message.source == Address(5, 0, "56161")
    assert message.rule == "header"


def test_an_empty_sender_becomes_the_accounts_name() -> None:
    """T45: an empty source is the account's default."""
    intake, _ = an_intake(Rules(Verdict()))
    account = Account("a-long-name-123", AccountSettings("a-long-name-123", "x"))
    message = intake.from_esme(account, SubmitSm(destination_addr="33612345678"))
    assert message is not None
    assert message.source == Address(5, 0, "a-long-name")


def test_a_number_without_a_country_is_refused() -> None:
    """SMPP 3.4 §5.1.3: ESME_RINVDSTADR for what cannot be routed."""
    intake, _ = an_intake(Rules(Verdict()))
    assert intake.from_esme(ACCOUNT, SubmitSm(destination_addr="999123456")) is None
    assert intake.refusal == ESME_RINVDSTADR


def test_a_part_that_is_too_long_for_its_header_is_refused() -> None:
    """T36: a client's own part must fit one TPDU."""
    intake, _ = an_intake(Rules(Verdict()))
    submit = SubmitSm(
        destination_addr="33612345678",
        esm_class=0x40,
        short_message=b"\5\0\3\1\2\1" + b"x" * 200,
    )
    assert intake.from_esme(ACCOUNT, submit) is None
    assert intake.refusal == ESME_RINVMSGLEN


def test_a_phone_reaches_the_account_that_owns_the_short_code() -> None:
    """SMPP 3.4 §5.2.7: address_range decides, a chosen range before one that takes all."""
    intake, _ = an_intake(
        Rules(Verdict()),
        AccountSettings("all", "x"),
        AccountSettings("code", "x", address_range="36180"),
    )
    message = intake.from_phone(RpMoData("33612345678", Address(0, 1, "36180"), 0, 0, b"", b"STOP"))
    assert message is not None
    assert (message.system_id, message.origin, message.target) == ("code", FROM_PHONE, TO_ESME)
    assert message.msisdn == "33612345678"


def test_a_phone_reaches_another_phone_by_its_number() -> None:
    """Phone to phone goes through the centre, past accounts that take everything."""
    intake, _ = an_intake(Rules(Verdict()))
    element = RpMoData("33612345678", Address(1, 1, "447700900123"), 0, 0, b"", b"Hi")
    message = intake.from_phone(element)
    assert message is not None
    assert (message.msisdn, message.target, message.country) == ("447700900123", TO_PHONE, "GB")


def test_a_number_nobody_has_is_nobodys() -> None:
    """A phone that dials nonsense is told."""
    intake, turn = an_intake(Rules(Verdict()), AccountSettings("a", "x", address_range="12345"))
    assert intake.from_phone(RpMoData("33612345678", Address(0, 1, "777"), 0, 0, b"", b"?")) is None
    assert turn.take() is None


def test_a_submission_is_shown_before_anybody_judges_it() -> None:
    """As rules are shown it, whether it will be accepted or not; nothing is kept."""
    intake, turn = an_intake(Rules(Verdict()))
    good = SubmitSm(source_addr="ACME", destination_addr="+33 6 12 34 56 78", short_message=b"Hi")
    shown = intake.shown(ACCOUNT, good, "data_sm")
    assert (shown.msisdn, shown.country, shown.operation, shown.text()) == (
        "33612345678",
        "FR",
        "data_sm",
        "Hi",
    )
    bad = SubmitSm(destination_addr="33612345678", short_message=b"Hi", priority_flag=9)
    shown = intake.shown(ACCOUNT, bad, "submit_sm")
    assert (shown.msisdn, shown.source.value, shown.text()) == ("33612345678", "demo", "Hi")
    nobody = intake.shown(ACCOUNT, SubmitSm(destination_addr="home"), "submit_sm")
    assert (nobody.msisdn, nobody.country) == ("home", "")
    assert turn.take() is None
