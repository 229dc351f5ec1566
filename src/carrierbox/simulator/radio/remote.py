"""The phones of one box that are reached over a broker: what they are sent, and what they answer.

No I/O happens here. The network hands parts over and takes answers; the edge, `mqtt`, takes what is
to be published and hands in what was. A timed object on the link clock: a phone is a process of
somebody's, and its silence is measured in real time.

Nothing is lost by the broker's end: a part is published until it is answered, a phone repeats a
text until it is acknowledged, and both sides know what they have seen.
"""

from collections.abc import Callable, Sequence
from typing import Final

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.errors import CodecError
from carrierbox.identifiers import Address, dialled_address
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    IMSI_DETACHED,
    NO_PAGING_RESPONSE_VIA_MSC,
    RESOURCE_LIMITATION,
    UNEXPECTED_DATA_VALUE,
    RpMoData,
    RpMtData,
)
from carrierbox.simulator.radio.messages import (
    ACCEPTED,
    ERRORS,
    MessageRefusedError,
    Mo,
    MoAck,
    encode,
    error_of,
    mt_of,
    read_mo,
    read_mt_ack,
    rp_mo_data,
)
from carrierbox.simulator.radio.station import (
    OFFLINE,
    ONLINE,
    PAYLOAD_OCTETS_MAX,
    Publish,
    nobody,
)
from carrierbox.simulator.radio.topics import (
    FROM_PHONES,
    MO,
    MO_ACK,
    MT,
    MT_ACK,
    PRESENCE,
    centre_topic,
    parse_phone_topic,
    phone_topic,
    topics_of_all_phones,
)

ANSWER_LIMIT_S: Final = 20.0
"""A phone that has not answered by then is absent."""
PARTS_MAX: Final = 10_000
PHONES_MAX: Final = 100_000
ATTEMPTS_MAX: Final = 100_000
PUBLISHES_MAX: Final = 50_000
SUBMISSIONS_MAX: Final = 1_000
TAKEN_MAX: Final = 256
"""How many ids of a phone's texts are remembered, so that a repeated one is taken once."""
PROBLEMS_MAX: Final = 10
PROBLEMS_IN_S: Final = 60.0

_WITHDRAWN: Final = b""


class Answered:
    """What became of a part: `cause` 0 if the phone has it, else a MAP user error."""

    def __init__(self, reference: int, cause: int, diagnostic: int) -> None:
        self.reference = reference
        self.cause = cause
        self.diagnostic = diagnostic


class Submission:
    """A text that a phone sends: either `part`, or `text` for the phone's own network to code."""

    def __init__(
        self, msisdn: str, mo_id: str, destination: Address, text: str, part: RpMoData | None
    ) -> None:
        self.msisdn = msisdn
        self.mo_id = mo_id
        self.destination = destination
        self.text = text
        self.part = part


class _Part:
    """A part without an answer."""

    def __init__(self, reference: int, msisdn: str, payload: bytes, deadline: float) -> None:
        self.reference = reference
        self.msisdn = msisdn
        self.payload = payload
        self.deadline = deadline


class _Phone:
    """A number that has parts on their way, or that showed presence."""

    def __init__(self, is_remote: bool, is_declared: bool) -> None:
        self.is_remote = is_remote
        self.is_declared = is_declared
        self.is_online = False
        self.parts: dict[int, _Part] = {}
        self.taken: dict[str, bool] = {}
        """Ids of texts, oldest first, and whether the centre has them for good."""


class RemotePhones:
    """The remote phones of a box. `phones` are remote from the start, absent until they come.

    Until the broker has told for the first time who is there, every phone may be a remote one: its
    parts wait. At most `parts_max` parts are on their way, further ones are refused.
    """

    def __init__(
        self,
        box: str,
        phones: Sequence[str] = (),
        parts_max: int = PARTS_MAX,
        phones_max: int = PHONES_MAX,
    ) -> None:
        self.client_id = f"carrierbox-{box}"
        self.is_persistent = True
        self.will = Publish(centre_topic(box), OFFLINE, True)
        self.on_publish: Callable[[], None] = nobody
        self.is_connected = False
        self.is_synchronised = False
        """Whether the broker has told who is there, once since the start."""
        self.on_synchronised: Callable[[], None] = nobody
        self._box = box
        self._parts_max = parts_max
        self._phones_max = phones_max
        self._phones: dict[str, _Phone] = {}
        # In the order of their deadlines, because each waits as long.
        self._parts: dict[int, _Part] = {}
        self._attempts: dict[int, int] = {}
        # Who was told to be absent before it was known whose phone that is.
        self._unknown: dict[str, None] = {}
        self._link_now: float = 0.0
        self._publishes: list[Publish] = []
        self._answers: list[Answered] = []
        self._presence: list[tuple[str, bool]] = []
        self._submissions: list[Submission] = []
        self._problems: list[dict[str, object]] = []
        self._problems_since: float = 0.0
        self._problems_told = 0
        self._problems_untold = 0
        for msisdn in phones:
            self._phones[msisdn] = _Phone(True, True)
            self._presence.append((msisdn, False))

    # The network.

    def carries(self, msisdn: str) -> bool:
        """Whether parts for that number go over the broker."""
        if not self.is_synchronised:
            return True
        phone = self._phones.get(msisdn)
        return phone is not None and phone.is_remote

    def transmit(self, rp: RpMtData, expires_at: float, now: NetworkTime) -> None:
        """Send a part to its phone; `take_answers` has what came of it, in any case.

        `expires_at` is when the message ends, in network seconds; 0: nobody knows.
        """
        phone = self._phones.get(rp.msisdn)
        if len(self._parts) >= self._parts_max:
            self._answer(rp.reference, RESOURCE_LIMITATION, 0)
            return
        if phone is not None and phone.is_remote and not phone.is_online and self.is_synchronised:
            self._answer(rp.reference, ABSENT_SUBSCRIBER, IMSI_DETACHED)
            return
        attempt = self._attempts.get(rp.reference, 0) + 1
        try:
            payload = encode(mt_of(rp, attempt, expires_at, now))
        except CodecError as error:
            self._problem(MT, rp.msisdn, f"no SMS-DELIVER can be made of the part: {error}")
            self._answer(rp.reference, UNEXPECTED_DATA_VALUE, 0)
            return
        self._note_attempt(rp.reference, attempt)
        if phone is None:
            phone = _Phone(False, False)
            self._phones[rp.msisdn] = phone
        part = _Part(rp.reference, rp.msisdn, payload, self._link_now + ANSWER_LIMIT_S)
        self._parts.pop(rp.reference, None)
        self._parts[rp.reference] = part
        phone.parts[rp.reference] = part
        if self.is_connected and phone.is_remote:
            self._publish_part(part)

    def take_answers(self) -> list[Answered]:
        """What became of parts, in the order in which it happened."""
        taken, self._answers = self._answers, []
        return taken

    def take_presence(self) -> list[tuple[str, bool]]:
        """Phones that came or went, or said again that they are there, in their order."""
        taken, self._presence = self._presence, []
        return taken

    def take_submissions(self) -> list[Submission]:
        """Texts from phones, each once; each is to be answered by `answer_submission`."""
        taken, self._submissions = self._submissions, []
        return taken

    def answer_submission(self, msisdn: str, mo_id: str, problem: str) -> None:
        """The centre has a text for good, or says why not: then the phone may try again."""
        phone = self._phones.get(msisdn)
        if phone is not None:
            if problem:
                phone.taken.pop(mo_id, None)
            elif mo_id in phone.taken:
                phone.taken[mo_id] = True
        self._publish_mo_ack(msisdn, mo_id, problem)

    @property
    def has_news(self) -> bool:
        """Whether there is something to take."""
        return bool(self._answers or self._presence or self._submissions)

    def next_deadline(self) -> float | None:
        """When the next part is given up, in link seconds; None if none is on its way."""
        for part in self._parts.values():
            return part.deadline
        return None

    def on_time(self, link_now: LinkTime) -> None:
        """Take notice of the time: phones that have not answered by now are absent."""
        self._link_now = link_now
        while self._parts:
            part = next(iter(self._parts.values()))
            if part.deadline > link_now:
                break
            self._end_part(part, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)

    def phones_online(self) -> int:
        """How many phones are there."""
        return sum(phone.is_remote and phone.is_online for phone in self._phones.values())

    def parts_waiting(self) -> int:
        """How many parts wait for an answer."""
        return len(self._parts)

    # The broker.

    def subscriptions(self) -> list[str]:
        """What phones publish, and our own presence, which comes back when all others have come."""
        return [
            *(topics_of_all_phones(self._box, kind) for kind in FROM_PHONES),
            self.will.topic,
        ]

    def on_connected(self, link_now: LinkTime) -> None:
        """Say that the carrier is there, and everything again that has no answer."""
        self._link_now = link_now
        self.is_connected = True
        self._publish(Publish(self.will.topic, ONLINE, True))
        for part in self._parts.values():
            if self._phones[part.msisdn].is_remote:
                self._publish_part(part)

    def on_disconnected(self) -> None:
        """Whatever was to be published will be again, or is asked for again."""
        self.is_connected = False
        self._publishes = []

    def on_message(self, topic: str, payload: bytes, retained: bool, link_now: LinkTime) -> None:
        """Take what somebody published; a wrong one is told to the log and changes nothing."""
        self._link_now = max(self._link_now, link_now)
        if topic == self.will.topic:
            if not retained and payload == ONLINE:
                self._synchronise()
            elif not retained and self.is_connected:
                # The will of a connection before this one, or somebody else's.
                self._publish(Publish(self.will.topic, ONLINE, True))
            return
        found = parse_phone_topic(topic)
        if found is None or found.box != self._box or found.kind not in FROM_PHONES:
            return
        try:
            if len(payload) > PAYLOAD_OCTETS_MAX:
                raise MessageRefusedError(
                    f"{len(payload)} octets, at most {PAYLOAD_OCTETS_MAX} are read"
                )
            if found.kind == PRESENCE:
                self._on_presence(found.msisdn, payload, retained)
            elif found.kind == MT_ACK:
                self._on_mt_ack(found.msisdn, payload)
            elif found.kind == MO:
                self._on_mo(found.msisdn, payload)
        except MessageRefusedError as error:
            self._problem(found.kind, found.msisdn, str(error))

    def take_publishes(self) -> list[Publish]:
        """What is to be published now, in order."""
        taken, self._publishes = self._publishes, []
        return taken

    def take_problems(self) -> list[dict[str, object]]:
        """What was wrong with messages, for the log: ten a minute, and how many more there were."""
        taken, self._problems = self._problems, []
        return taken

    # Inside.

    def _synchronise(self) -> None:
        """All that the broker kept has come: who has not said to be remote is not."""
        if self.is_synchronised:
            return
        self.is_synchronised = True
        for msisdn, phone in list(self._phones.items()):
            if phone.is_remote:
                for part in phone.parts.values() if phone.is_online else ():
                    self._publish_part(part)
                continue
            self._unknown[msisdn] = None
            for part in list(phone.parts.values()):
                self._end_part(part, ABSENT_SUBSCRIBER, NO_PAGING_RESPONSE_VIA_MSC)
            self._phones.pop(msisdn, None)
        for phone in self._phones.values():
            if not phone.is_online:
                self._end_parts(phone)
        # The centre tries again at once what was kept from the carrier's own phones.
        self._presence += [(msisdn, True) for msisdn in self._unknown if not self.carries(msisdn)]
        self._unknown = {}
        self.on_synchronised()

    def _on_presence(self, msisdn: str, payload: bytes, retained: bool) -> None:
        phone = self._phones.get(msisdn)
        if payload == _WITHDRAWN:
            if phone is not None and phone.is_remote and not phone.is_declared:
                self._end_parts(phone)
                del self._phones[msisdn]
                self._presence.append((msisdn, True))
            return
        if payload not in (ONLINE, OFFLINE):
            raise MessageRefusedError("presence is online or offline, without quotation marks")
        if phone is None:
            if len(self._phones) >= self._phones_max:
                raise MessageRefusedError(f"there are {self._phones_max} phones already")
            phone = _Phone(True, False)
            self._phones[msisdn] = phone
        phone.is_remote = True
        phone.is_online = payload == ONLINE
        self._presence.append((msisdn, phone.is_online))
        if not phone.is_online:
            self._end_parts(phone)
        elif not retained:
            # It may have been away when they were published.
            for part in phone.parts.values():
                self._publish_part(part)

    def _on_mt_ack(self, msisdn: str, payload: bytes) -> None:
        ack = read_mt_ack(payload)
        phone = self._phones.get(msisdn)
        if phone is None or not (ack.id.isascii() and ack.id.isdigit()):
            return
        part = phone.parts.get(int(ack.id))
        if part is None:
            # Answered before, or given up: it will be sent again and answered again.
            return
        if ack.error is not None and ack.error not in ERRORS:
            self._problem(MT_ACK, msisdn, f"the error {ack.error!r} is unknown")
        self._end_part(part, *error_of(ack))

    def _on_mo(self, msisdn: str, payload: bytes) -> None:
        mo = read_mo(payload)
        phone = self._phones.get(msisdn)
        if phone is None or not phone.is_remote:
            self._publish_mo_ack(msisdn, mo.id, "publish online to your presence first")
            return
        if mo.id in phone.taken:
            if phone.taken[mo.id]:
                self._publish_mo_ack(msisdn, mo.id, "")
            return
        if len(self._submissions) >= SUBMISSIONS_MAX:
            # The phone says it again as long as nobody answers.
            return
        try:
            submission = _submission(mo, msisdn)
        except MessageRefusedError as error:
            self._publish_mo_ack(msisdn, mo.id, str(error))
            return
        if len(phone.taken) >= TAKEN_MAX:
            del phone.taken[next(iter(phone.taken))]
        phone.taken[mo.id] = False
        self._submissions.append(submission)

    def _end_parts(self, phone: _Phone) -> None:
        for part in list(phone.parts.values()):
            self._end_part(part, ABSENT_SUBSCRIBER, IMSI_DETACHED)

    def _end_part(self, part: _Part, cause: int, diagnostic: int) -> None:
        del self._parts[part.reference]
        phone = self._phones[part.msisdn]
        del phone.parts[part.reference]
        if not phone.is_remote and not self.is_synchronised:
            self._unknown[part.msisdn] = None
        if not phone.is_remote and not phone.parts:
            del self._phones[part.msisdn]
        if cause == 0:
            self._attempts.pop(part.reference, None)
        self._answer(part.reference, cause, diagnostic)

    def _answer(self, reference: int, cause: int, diagnostic: int) -> None:
        self._answers.append(Answered(reference, cause, diagnostic))

    def _note_attempt(self, reference: int, attempt: int) -> None:
        self._attempts.pop(reference, None)
        self._attempts[reference] = attempt
        if len(self._attempts) > ATTEMPTS_MAX:
            del self._attempts[next(iter(self._attempts))]

    def _publish_part(self, part: _Part) -> None:
        self._publish(Publish(phone_topic(self._box, part.msisdn, MT), part.payload))

    def _publish_mo_ack(self, msisdn: str, mo_id: str, problem: str) -> None:
        ack = MoAck(mo_id, problem=problem) if problem else MoAck(mo_id, ACCEPTED)
        self._publish(Publish(phone_topic(self._box, msisdn, MO_ACK), encode(ack)))

    def _publish(self, publish: Publish) -> None:
        if not self.is_connected or len(self._publishes) >= PUBLISHES_MAX:
            # What matters is said again: a part is asked for anew, a phone repeats its text.
            return
        self._publishes.append(publish)
        if len(self._publishes) == 1:
            self.on_publish()

    def _problem(self, kind: str, msisdn: str, problem: str) -> None:
        if self._link_now >= self._problems_since + PROBLEMS_IN_S:
            self._problems_since = self._link_now
            self._problems_told = 0
        if self._problems_told >= PROBLEMS_MAX:
            self._problems_untold += 1
            return
        self._problems_told += 1
        line: dict[str, object] = {"msisdn": f"+{msisdn}", "topic": kind, "problem": problem}
        if self._problems_untold:
            line["untold_before"] = self._problems_untold
            self._problems_untold = 0
        self._problems.append(line)


def _submission(mo: Mo, msisdn: str) -> Submission:
    """What a phone asks for; MessageRefusedError for what cannot be sent."""
    if mo.tpdu_hex is not None:
        if mo.text is not None:
            raise MessageRefusedError("give text or tpdu_hex, not both")
        part = rp_mo_data(mo.tpdu_hex, msisdn)
        return Submission(msisdn, mo.id, part.destination, "", part)
    if mo.text is None:
        raise MessageRefusedError("give to and text, or tpdu_hex")
    destination = dialled_address(mo.to or "")
    if destination is None or not destination.value:
        raise MessageRefusedError("to is no number: write it as +33612345678, or as a short code")
    return Submission(msisdn, mo.id, destination, mo.text, None)
