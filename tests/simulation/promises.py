"""What a client was promised, and what it was told of it, as the wire says."""

import re
from datetime import UTC, datetime

from tests.simulation.rules import CarrierRule

from carrierbox.codecs.time_format import parse_smpp_time
from carrierbox.smpp.pdus import DataSm, DeliverSm, Pdu, ReplaceSm, SubmitMulti, SubmitSm
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, tlv_octets
from carrierbox.smpp.values import ESM_CLASS_UDHI

VALIDITY_DEFAULT_S = 72 * 3600.0
_TEXTS = re.compile(r"#\d{4}(?:\.\d)?#[^#]*")
_ID = re.compile(r"id:(\S+) ")
_RECEIPT = re.compile(r"id:(\S+) .*done date:(\d{10}) stat:(\w+) ")


def texts_in(shown: str) -> list[str]:
    """The texts on one line of a screen: more than one where a client cut them."""
    return _TEXTS.findall(shown)


def text_of(pdu: Pdu) -> str:
    """The text that a request carries."""
    if not isinstance(pdu, (SubmitSm, DataSm, SubmitMulti, ReplaceSm, DeliverSm)):
        return ""
    octets = b"" if isinstance(pdu, DataSm) else pdu.short_message
    octets = octets or tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) or b""
    if not isinstance(pdu, ReplaceSm) and pdu.esm_class & ESM_CLASS_UDHI:
        octets = octets[octets[0] + 1 :]
    return octets.decode("latin-1")


def reported_id(pdu: Pdu) -> str:
    """The id in the text of a receipt or of a notification."""
    found = _ID.match(text_of(pdu))
    return "" if found is None else found.group(1)


class Report:
    """A receipt as its text says it."""

    def __init__(self, pdu: Pdu) -> None:
        found = _RECEIPT.match(text_of(pdu))
        if found is None:
            raise AssertionError(f"a receipt cannot be read: {text_of(pdu)!r}")
        self.message_id, date, self.stat = found.groups()
        self.final_at = datetime.strptime(date, "%y%m%d%H%M").replace(tzinfo=UTC).timestamp()
        """To the minute."""


class Promise:
    """One message to one destination that was answered ESME_ROK, or "" by a phone's network."""

    def __init__(
        self, system_id: str, source: str, message_id: str, to: str, text: str, order: int
    ) -> None:
        self.system_id = system_id
        self.source = source
        self.message_id = message_id
        self.to = to
        self.order = order
        """Its request's place among all requests."""
        self.texts = [text]
        """The texts it may have, the one it has last; what it had before is gone."""
        self.after_batch = 0
        """The last batch that the store was handed before its request came."""
        self.came_behind = False
        """Whether that batch was still under way, with something for the phone perhaps."""
        self.priority = 0
        self.asked_at = 0.0
        self.told_at = 0.0
        self.due_at = 0.0
        self.expires_at = 0.0
        self.registered_delivery = 0
        self.service_type = ""
        self.is_alone = True
        """Whether no other destination has its id."""
        self.is_plain = True
        """Whether it goes in the order in which it came."""
        self.times_are_known = True
        self.is_forced = False
        """Whether a rule lets attempts of it fail."""
        self.is_hopeless = False
        """Whether it lets all of them fail."""
        self.is_shown = False
        """Whether its phone shows it in the end."""
        self.is_cancelled = False
        self.may_be_cancelled = False
        self.may_be_replaced = False
        self.rule: CarrierRule | None = None
        """What the carrier makes of it."""
        self.held_until = 0.0
        self.is_tried_once = False
        """Whether no attempt follows one that failed, as in transaction mode."""
        self.states: dict[str, str] = {}
        """Its final states, and who told each."""
        self.shown_at = float("inf")

    def take_times(self, pdu: SubmitSm | SubmitMulti | ReplaceSm, at: float) -> None:
        """When it is due and until when it is good, as SMPP 3.4 §5.2.15 and §5.2.16 have it."""
        self.due_at = at
        if pdu.schedule_delivery_time:
            self.due_at = max(parse_smpp_time(pdu.schedule_delivery_time, at) or at, at)
            self.is_plain = False
        self.expires_at = self.due_at + VALIDITY_DEFAULT_S
        if pdu.validity_period:
            self.expires_at = parse_smpp_time(pdu.validity_period, at) or self.expires_at

    def take_rule(self, rule: CarrierRule | None) -> None:
        """What a rule makes of it."""
        self.rule = rule
        if rule is None:
            return
        self.texts = [rule.shown(text) for text in self.texts]
        self.is_hopeless = rule.is_hopeless and rule.is_certain
        if rule.hold_s:
            self.held_until = self.asked_at + rule.hold_s
            self.due_at = max(self.due_at, self.held_until)
            self.is_plain = False

    def shown(self, text: str) -> str:
        """What its phone shows in the place of a text."""
        return text if self.rule is None else self.rule.shown(text)

    @property
    def is_told(self) -> bool:
        """Whether anybody is told of its end by itself."""
        return self.rule is None or self.rule.is_told

    @property
    def truth_is_told(self) -> bool:
        """Whether what is told of its end is what happened."""
        return self.rule is None or self.rule.tells_the_truth

    @property
    def must_arrive(self) -> bool:
        """Whether nothing but its client and its time keeps it from its phone."""
        is_certain = self.rule is None or self.rule.is_certain
        is_lost = self.is_hopeless or self.is_tried_once or self.may_be_cancelled
        return is_certain and not is_lost

    def __str__(self) -> str:
        return f"{self.system_id}'s message {self.message_id} to {self.to} ({self.texts[-1][:8]})"


class Handed:
    """A deliver_sm as an account knows it, however often it comes."""

    def __init__(self, content: bytes, what: str) -> None:
        self.content = content
        self.what = what
        self.copies = 1
        self.is_known = True
        """Whether it is known how many copies of it come."""
        self.recorded = 0
        """How many commits that record an acknowledgement of it were made."""
        self.is_refused = False
        """Whether one of them was that it is refused for good."""
        self.is_acknowledged = False

    @property
    def is_recorded(self) -> bool:
        """Whether all its copies are settled, by commits."""
        return self.is_refused or self.recorded >= self.copies
