"""The registers of one box, and what a carrier does by them when a phone writes to a sender.

`Registers` holds consents and senders, with what of them outlives a restart: it owns the settings
`consent/…`, `sender/…` and `suspended/…`. It is handed to the centre as its `relay.Desk`, to the
network for the clock, and to rules for their conditions `consent` and `registration`.
"""

from collections.abc import Callable, Iterable
from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import data_coding_of
from carrierbox.codecs.national_language import decode_short_message
from carrierbox.codecs.user_data_header import find_concatenation
from carrierbox.identifiers import (
    NPI_ISDN,
    NPI_UNKNOWN,
    TON_ALPHANUMERIC,
    TON_INTERNATIONAL,
    TON_UNKNOWN,
    Address,
)
from carrierbox.matching import Condition
from carrierbox.relay import SUSPENDS_ACCOUNT, DeskAnswer, RpMoData, Submission, Verdict
from carrierbox.simulator.policy import consent as consents
from carrierbox.simulator.policy import keywords as words
from carrierbox.simulator.policy import registrations as senders
from carrierbox.simulator.policy.consent import (
    CONSENT,
    ConsentChange,
    ConsentRegister,
    consent_name,
    pair_of,
    sender_key,
)
from carrierbox.simulator.policy.keywords import Keyword, KeywordBook, load_keywords
from carrierbox.simulator.policy.number_kinds import (
    NO_OWN_PACE,
    CountrySenders,
    OwnPace,
    Pace,
)
from carrierbox.simulator.policy.registrations import (
    SUSPENDED,
    Change,
    Registrations,
    Sender,
    VerdictCounts,
    kind_of_sender,
)
from carrierbox.simulator.portability import Plan
from carrierbox.simulator.sender_state import (
    ACCOUNT,
    SENDER,
    AccountState,
    SenderState,
    read_account,
    read_sender,
    sender_name,
    sender_of,
    suspended,
    with_until,
    written,
)
from carrierbox.smpp.values import ESME_RINVSRCADR

APPLICATION: Final = "application"
CARRIER: Final = "carrier"
BOTH: Final = "both"
NETWORK: Final = "network"

STRICT: Final = "strict"
LOOSE: Final = "loose"
MATCHING_DEFAULT: Final = {"US": LOOSE}
"""Since April 2025 the rules of the United States want any reasonable wording honoured."""

SUSPENDED_RULE: Final = "suspended"

_NETWORK_COUNTRIES: Final = ("US", "CA")
_ASKED_AGAIN: Final = (consents.FORM, consents.POINT_OF_SALE)
"""Sources that a double opt-in does not take for the answer of the phone itself."""


class DeclaredSender:
    """A sender as the configuration has it; `after_s` until its registration is `afterwards`."""

    def __init__(self, sender: str, country: str, state: SenderState, after_s: float = 0.0) -> None:
        self.sender = sender
        self.country = country
        self.state = state
        self.after_s = after_s


class DeclaredConsent:
    """A consent as the configuration has it; a change at 0 is one as its box begins."""

    def __init__(self, sender: str, msisdn: str, change: ConsentChange) -> None:
        self.sender = sender
        self.msisdn = msisdn
        self.change = change


class Registers:
    """Consents, senders and suspensions of one box.

    `matching` is strict or loose by country, and under "" for all others. Made before its box, and
    begun with it: whoever compiles rules needs it first.
    """

    def __init__(
        self,
        declared: Iterable[DeclaredSender] = (),
        declared_consents: Iterable[DeclaredConsent] = (),
        matching: dict[str, str] | None = None,
    ) -> None:
        self.declared: list[DeclaredSender] = list(declared)
        self.declared_consents: list[DeclaredConsent] = list(declared_consents)
        self.matching: dict[str, str] = dict(MATCHING_DEFAULT if matching is None else matching)
        self.handling: dict[str, str] = {}
        """Who acts upon keywords where the sender does not say, by `COUNTRY/KIND` or `/KIND`."""
        self.senders_of: Callable[[str], CountrySenders | None] | None = None
        """How the carriers of a country want senders, where they want anything."""
        self.consents = ConsentRegister()
        self.registrations = Registrations()
        self.changes: list[tuple[str, bytes]] = []
        """Settings that shall be made durable, by whoever drives the box."""
        self._counts = VerdictCounts()
        self._kept: dict[str, bytes] = {}
        self._declared_by_name: dict[str, DeclaredSender] = {}
        self._plan: Plan | None = None
        self._began_at: NetworkTime = NetworkTime(0.0)

    def begin(self, plan: Plan, now: NetworkTime) -> None:
        """Be as configured, and nothing else: a box begins, what it kept is told after this."""
        self._plan = plan
        self._began_at = now
        self.consents = ConsentRegister()
        self.registrations = Registrations()
        self._counts = VerdictCounts()
        self._kept = {}
        self._declared_by_name = {}
        self.changes = []
        for each in self.declared:
            name = sender_name(each.country, sender_key(each.sender))
            self._declared_by_name[name] = each
            self._declare(each, now)
            if each.after_s:
                # From when on it is pending has to survive a restart.
                self.changes.append((name, _times_of(each, now)))
        for one in self.declared_consents:
            key = self._consent_key(one.sender, one.msisdn)
            change = one.change
            if not change.at:
                change = ConsentChange(change.state, change.source, now)
            value = self.consents.with_change(key, one.msisdn, change)
            self.consents.put(key, one.msisdn, value)

    def _declare(self, declared: DeclaredSender, since: NetworkTime) -> None:
        state = declared.state
        if declared.after_s:
            state = with_until(state, since + declared.after_s)
        self.registrations.put(declared.sender, declared.country, state, self._began_at)

    # Settings.

    def owns(self, name: str) -> bool:
        """Whether a setting of that name is kept here."""
        return name.startswith((CONSENT, SENDER, ACCOUNT))

    def value_of(self, name: str) -> bytes:
        """What a setting is just now; no octets if it is not set."""
        if name.startswith(CONSENT):
            sender, msisdn = pair_of(name)
            return self.consents.value_of(sender, msisdn)
        return self._kept.get(name, b"")

    def apply(self, name: str, value: bytes, now: NetworkTime) -> None:
        """Take in a setting, now or before a restart; what cannot be read is left out."""
        if name.startswith(CONSENT):
            sender, msisdn = pair_of(name)
            self.consents.put(sender, msisdn, value)
            return
        if value:
            self._kept[name] = value
        else:
            self._kept.pop(name, None)
        if self.changes:
            self.changes = [each for each in self.changes if each[0] != name]
        if name.startswith(ACCOUNT):
            self.registrations.put_account(name.removeprefix(ACCOUNT), read_account(value), now)
        else:
            self._apply_sender(name, read_sender(value), now)

    def _apply_sender(self, name: str, state: SenderState | None, now: NetworkTime) -> None:
        country, sender = sender_of(name)
        declared = self._declared_by_name.get(name)
        if state is not None and not state.is_configured:
            shown = sender if declared is None else declared.sender
            self.registrations.put(shown, country, state, now)
        elif declared is None:
            self.registrations.remove(sender, country)
        elif state is not None and declared.after_s:
            since = with_until(declared.state, state.until)
            self.registrations.put(declared.sender, country, since, now)
        else:
            # It begins anew, and from when on has to survive a restart, too.
            self._declare(declared, now)
            if declared.after_s:
                self.changes.append((name, _times_of(declared, now)))

    def is_as_configured(self, name: str) -> bool:
        """Whether the setting of a sender is what the configuration has, with its time."""
        if name not in self._declared_by_name:
            return False
        state = read_sender(self._kept.get(name, b""))
        return state is None or state.is_configured

    def take_changes(self) -> list[tuple[str, bytes]]:
        """The settings that shall be made durable; they are not told again."""
        changes, self.changes = self.changes, []
        return changes

    # Time.

    def next_deadline(self) -> float | None:
        """When a registration or a suspension ends, in network seconds."""
        return self.registrations.next_deadline()

    def on_time(self, now: NetworkTime) -> list[Change]:
        """Do what is due; what changed."""
        return self.registrations.on_time(now)

    # What rules ask.

    def condition(self, name: str, wanted: Iterable[str]) -> Condition:
        """The condition `consent` or `registration`. ValueError for a word that it has not."""
        if name == "consent":
            return ConsentIs(self, frozenset(_number_of(each) for each in wanted))
        if name == "registration":
            states = frozenset(wanted)
            for each in states:
                if each not in senders.REGISTRATIONS:
                    known = ", ".join(senders.REGISTRATIONS)
                    raise ValueError(f"{each[:40]!r} is no registration: use {known}")
            return RegistrationIs(self, states)
        raise ValueError(f"there is no condition {name!r} about registers")

    def consent_of(self, submission: Submission) -> int:
        """How the phone of a submission stands to its sender."""
        source = submission.source.value
        entry = self.registrations.find(source, submission.country)
        key = sender_key(source) if entry is None else entry.consent_key
        return self.consents.state_of(key, submission.msisdn)

    def registration_of(self, submission: Submission) -> str:
        """How the sender of a submission stands in the country of its phone."""
        entry = self.registrations.find(submission.source.value, submission.country)
        return senders.NONE if entry is None else entry.registration

    def own_pace(self, submission: Submission) -> OwnPace:
        """What its entry says of how fast the sender of a submission may send."""
        entry = self.registrations.find(submission.source.value, submission.country)
        if entry is None:
            return NO_OWN_PACE
        state = entry.state
        return OwnPace(state.kind, state.tier, Pace(state.per_s, state.per_day))

    # Suspensions.

    def refusal(self, submission: Submission, now: NetworkTime) -> Verdict | None:
        """The refusal of what a suspended sender or account submits; None for all others."""
        account = self.registrations.account(submission.system_id)
        if account is not None and not 0 < account.until <= now:
            return _refusal(
                account.state.command_status,
                account.state.rule,
                f"the account {account.system_id} is suspended",
                account.until,
            )
        entry = self.registrations.find(submission.source.value, submission.country)
        if entry is None or entry.registration != SUSPENDED or 0 < entry.until <= now:
            return None
        return _refusal(
            entry.state.command_status,
            entry.state.rule,
            f"the sender {entry.sender} is suspended",
            entry.until,
        )

    def note(self, verdict: Verdict, submission: Submission, now: NetworkTime) -> None:
        """Count a verdict of a rule that suspends, and suspend once there are enough of them."""
        suspension = verdict.suspension
        if suspension is None or not self._counts.is_enough(
            verdict.rule, suspension, submission, now
        ):
            return
        until = now + suspension.for_s if suspension.for_s else 0.0
        status = verdict.command_status
        if suspension.what == SUSPENDS_ACCOUNT:
            name = ACCOUNT + submission.system_id
            value = written(AccountState(until=until, rule=verdict.rule, command_status=status))
        else:
            source = submission.source.value
            name = sender_name(submission.country, sender_key(source))
            entry = self.registrations.find(source, submission.country)
            state = SenderState() if entry is None else entry.state
            before = senders.NONE if entry is None else entry.registration
            value = written(suspended(state, before, until, verdict.rule, status))
        # From the very next message on, whether it is durable by then or not.
        self.apply(name, value, now)
        self.changes.append((name, value))

    # Consents.

    def recorded(
        self, sender: str, msisdn: str, state: int, source: int, now: NetworkTime
    ) -> DeskAnswer:
        """What follows from a consent that was learnt otherwise than from the phone.

        A form or a point of sale is asked back where the sender has double opt-in.
        """
        country = self._country_of(msisdn)
        entry = self.registrations.find(sender, country)
        key = sender_key(sender) if entry is None else entry.consent_key
        answer = DeskAnswer(address_of_sender(sender))
        is_asked = entry is not None and entry.state.double_opt_in
        if state == consents.OPTED_IN and source in _ASKED_AGAIN and is_asked:
            state = consents.PENDING
            book = load_keywords()
            language = book.language_of_country(country)
            answer.text = self._reply(book, words.CONFIRM, language, entry, sender)
            answer.rule = "double opt-in"
        self._record(answer, key, msisdn, ConsentChange(state, source, now), "")
        return answer

    def consent_key_of(self, sender: str, msisdn: str) -> str:
        """Under what the consent of a phone to a sender is kept."""
        return self._consent_key(sender, msisdn)

    def problem_of_reply(self, element: RpMoData, is_chosen: bool) -> str:
        """Why nobody gets what a phone sends to a sender of an application; "" if it gets there.

        `is_chosen`: that application said that this address is its own.
        """
        if self.senders_of is None:
            return ""
        country = self._country_of(element.msisdn)
        national = self.senders_of(country)
        if national is None:
            return ""
        sender = element.destination.value
        entry = self.registrations.find(sender, country)
        if entry is not None and entry.state.two_way is not None:
            # One that is registered as one-way is told of where keywords are.
            return ""
        name = kind_of_sender(sender) if entry is None else entry.kind
        kind = national.kinds.get(name)
        if kind is not None and not kind.is_two_way:
            told = "names" if name == senders.ALPHANUMERIC else f"{name.replace('_', ' ')}s"
            return f"{told} are one-way in {country}: nobody gets what is sent to {sender}"
        rule = national.stand_ins.get(sender_key(sender))
        if rule is not None and entry is None and not is_chosen:
            return f"{sender} stands in for other senders by the rule {rule}: nobody owns it"
        return ""

    def is_two_way(self, entry: Sender) -> bool:
        """Whether phones of its country can answer a sender: as it is registered, or its kind."""
        if entry.state.two_way is not None:
            return entry.state.two_way
        national = None if self.senders_of is None else self.senders_of(entry.country)
        kind = None if national is None else national.kinds.get(entry.kind)
        return kind is None or kind.is_two_way

    def on_mobile_originated(self, element: RpMoData, now: NetworkTime) -> DeskAnswer | None:
        """What the carrier does about a text of a phone by itself; None: nothing."""
        if not self.registrations.has_senders and not self.handling:
            return None
        country = self._country_of(element.msisdn)
        sender = element.destination.value
        entry = self.registrations.find(sender, country)
        answer = DeskAnswer(element.destination)
        if entry is not None and entry.state.two_way is False:
            answer.problem = f"{sender} is registered as one-way: nobody gets what is sent there"
            return answer
        handling = self._handling_of(entry, sender, country)
        if handling == APPLICATION or find_concatenation(element.user_data_header) is not None:
            return None
        text = decode_short_message(
            element.user_data, data_coding_of(element.tp_dcs), element.user_data_header
        )
        book = load_keywords()
        if handling == NETWORK:
            keyword = book.find_network(text)
        else:
            keyword = book.find(text, self._is_loose(entry, country))
        if keyword is None:
            return None
        answer.to_application = handling != CARRIER
        answer.rule = f"keyword {keyword.meaning}"
        meaning = self._act(answer, keyword, entry, element.msisdn, now)
        if meaning:
            if handling == NETWORK:
                answer.text = book.network_reply(meaning)
            else:
                language = book.language_of(keyword, country)
                answer.text = self._reply(book, meaning, language, entry, sender)
        return answer

    # Inside.

    def _act(
        self,
        answer: DeskAnswer,
        keyword: Keyword,
        entry: Sender | None,
        msisdn: str,
        now: NetworkTime,
    ) -> str:
        """Record what a keyword says; with which reply it is answered, "" for none.

        A word that changes nothing is answered with nothing but for HELP.
        """
        if keyword.meaning == words.HELP:
            return words.HELP
        sender = answer.source.value
        key = sender_key(sender) if entry is None else entry.consent_key
        before = self.consents.state_of(key, msisdn)
        wanted = consents.OPTED_IN
        reply = words.START
        if keyword.meaning == words.STOP:
            wanted = consents.OPTED_OUT
            reply = words.STOP
        elif (
            entry is not None
            and entry.state.double_opt_in
            and before != consents.OPTED_IN
            and not (before == consents.PENDING and keyword.meaning == words.CONFIRM)
        ):
            wanted = consents.PENDING
            reply = words.CONFIRM
        if wanted == before and wanted != consents.PENDING:
            return ""
        change = ConsentChange(wanted, consents.KEYWORD, now)
        self._record(answer, key, msisdn, change, keyword.word)
        return reply

    def _record(
        self, answer: DeskAnswer, key: str, msisdn: str, change: ConsentChange, word: str
    ) -> None:
        if not self.consents.may_add(key, msisdn):
            answer.problem = (
                f"the register of consents is full ({consents.PAIRS_MAX} pairs, "
                f"{consents.SENDERS_MAX} senders): delete some"
            )
            return
        value = self.consents.with_change(key, msisdn, change)
        answer.settings.append((consent_name(key, msisdn), value))
        by = word or consents.SOURCES[change.source]
        answer.said = f"{key}: {consents.STATES[change.state]} by {by}"

    def _reply(
        self, book: KeywordBook, meaning: str, language: str, entry: Sender | None, sender: str
    ) -> str:
        if entry is None:
            return book.reply(meaning, language, sender)
        own = entry.state.replies.to(meaning)
        return own or book.reply(meaning, language, entry.shown_name)

    def _handling_of(self, entry: Sender | None, sender: str, country: str) -> str:
        if entry is not None and entry.state.keywords:
            return entry.state.keywords
        kind = kind_of_sender(sender) if entry is None else entry.kind
        by_kind = self.handling.get(f"{country}/{kind}") or self.handling.get(f"/{kind}")
        if by_kind:
            return by_kind
        if entry is not None and kind == senders.TOLL_FREE and country in _NETWORK_COUNTRIES:
            return NETWORK
        return APPLICATION

    def _is_loose(self, entry: Sender | None, country: str) -> bool:
        if entry is not None and entry.state.matching:
            return entry.state.matching == LOOSE
        return self.matching.get(country, self.matching.get("", STRICT)) == LOOSE

    def _consent_key(self, sender: str, msisdn: str) -> str:
        entry = self.registrations.find(sender, self._country_of(msisdn))
        return sender_key(sender) if entry is None else entry.consent_key

    def _country_of(self, msisdn: str) -> str:
        route = None if self._plan is None else self._plan.route(msisdn)
        return "" if route is None else route.country


class ConsentIs(Condition):
    """How the phone stands to the sender is one of these."""

    def __init__(self, registers: Registers, wanted: frozenset[int]) -> None:
        self._registers = registers
        self._wanted = wanted

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return self._registers.consent_of(submission) in self._wanted

    def subject(self) -> str:
        """What is looked at."""
        return "consent"

    def wanted(self) -> str:
        """What it must be like."""
        return " or ".join(consents.STATES[each] for each in sorted(self._wanted))

    def found(self, submission: Submission) -> str:
        """What it is like."""
        return consents.STATES[self._registers.consent_of(submission)]


class RegistrationIs(Condition):
    """How the sender is registered in the country of the phone is one of these."""

    def __init__(self, registers: Registers, wanted: frozenset[str]) -> None:
        self._registers = registers
        self._wanted = wanted

    def holds(self, submission: Submission) -> bool:
        """Whether it is so."""
        return self._registers.registration_of(submission) in self._wanted

    def subject(self) -> str:
        """What is looked at."""
        return "registration"

    def wanted(self) -> str:
        """What it must be like."""
        return " or ".join(sorted(self._wanted))

    def found(self, submission: Submission) -> str:
        """What it is like."""
        return self._registers.registration_of(submission)


def address_of_sender(sender: str) -> Address:
    """The address from which a carrier writes in a sender's name."""
    key = sender_key(sender)
    kind = kind_of_sender(key)
    if kind == senders.ALPHANUMERIC:
        return Address(TON_ALPHANUMERIC, NPI_UNKNOWN, sender)
    ton = TON_UNKNOWN if kind == senders.SHORT_CODE else TON_INTERNATIONAL
    return Address(ton, NPI_ISDN, key)


def _times_of(declared: DeclaredSender, since: NetworkTime) -> bytes:
    """What is kept of a configured sender: until when it is as it is."""
    until = since + declared.after_s
    return written(SenderState(registration="pending", until=until, is_configured=True))


def _number_of(state: str) -> int:
    if state not in consents.STATES:
        known = ", ".join(consents.STATES)
        raise ValueError(f"{state[:40]!r} is no state of consent: use {known}")
    return consents.STATES.index(state)


def _refusal(status: int, rule: str, who: str, until: float) -> Verdict:
    verdict = Verdict(status or ESME_RINVSRCADR, rule or SUSPENDED_RULE)
    how_long = "" if until else " for good"
    why = f" after verdicts of the rule {rule}" if rule else ""
    verdict.reason = f"{who}{how_long}{why}"
    return verdict
