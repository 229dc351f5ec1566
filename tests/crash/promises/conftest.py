"""A client without a library, and the ledger of what it was promised."""

from __future__ import annotations

import re
import select
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from carrierbox.smpp.pdus import (
    CancelSm,
    CancelSmResp,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    Pdu,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    ReplaceSmResp,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.values import ESME_RINVMSGID, ESME_ROK
from carrierbox.smpp.wire import decode_pdu

if TYPE_CHECKING:
    from tests.crash.conftest import Link, Process

LIMIT_S: Final = 20.0
"""Nothing waits this long; it ends a test that would hang."""
SHORT_CODE: Final = "38100"
NUMBER: Final = re.compile(r"#(\d{5})#")
RECEIPT: Final = re.compile(rb"id:(\d+) .* stat:(\w+) err:\d+ text:(.*)", re.DOTALL)


class Submission:
    """One message this client asked for, and all that it was told of it."""

    def __init__(self, number: int, phones: list[str], partner: int = 0) -> None:
        self.number = number
        self.phones = phones
        self.partner = partner
        """The number in the other half of a text that the client cut in two; 0 if it is whole."""
        self.codec = "ascii"
        """Of its text; another text in its place has the same."""
        self.message_id = ""
        self.is_promised = False
        self.is_refused = False
        self.shown_numbers = {number}
        """What its phone may show: another number once it was, or may have been, replaced."""
        self.is_cancelled = False
        self.may_be_cancelled = False
        self.states: dict[str, str] = {}
        """By phone, the state that its receipt told."""


class _Held:
    """A deliver_sm that was acknowledged: its octets, and whether it may come again."""

    def __init__(self, octets: bytes, run: int) -> None:
        self.octets = octets
        self.run = run
        self.is_recorded = False


class Ledger:
    """What one client knows: what it asked, what it was answered and told.

    It never looks into the carrier. `on_pdu` fails where the carrier contradicts itself; `check`
    fails where it did not keep a promise.
    """

    def __init__(self, seed: int, phones: list[str]) -> None:
        self.random = Random(seed)
        self.phones = phones
        self.run = 0
        self.submissions: dict[int, Submission] = {}
        self.by_id: dict[str, Submission] = {}
        self.power: dict[str, set[str]] = {}
        """By phone, how it may be switched as far as its user was told."""
        self.sent_by_phones: dict[int, bool] = {}
        """By the number in it, whether a text that a phone sent has come."""
        self.repeated = 0
        self.answered = 0
        self.refused = 0
        self.refusals: set[int] = set()
        """What a submission may be answered beside ESME_ROK: where commits fail, also those of
        acknowledgements, so that receipts come again."""
        self._numbers = 0
        self._by_number: dict[int, Submission] = {}
        self._asked: dict[tuple[Link, int], tuple[Pdu, Submission]] = {}
        self._held: dict[tuple[str, str], _Held] = {}
        # What was acknowledged on a link, and the requests that were sent on it after that.
        self._acknowledged: dict[Link, list[tuple[int, _Held]]] = {}

    @property
    def unanswered(self) -> int:
        """How many requests have no answer."""
        return len(self._asked)

    def next_number(self) -> int:
        """The number by which a text is known on phones and in receipts."""
        self._numbers += 1
        return self._numbers

    # Requests.

    def put_requests(self, link: Link, count: int) -> None:
        """Ask for `count` things at random."""
        kinds: list[Callable[[Link], object]] = [self.submit, self.submit_parts, self.submit_multi]
        kinds += [self.cancel, self.replace, self.query]
        for kind in self.random.choices(kinds, [80, 3, 4, 4, 5, 4], k=count):
            kind(link)

    def submit(self, link: Link, phone: str = "") -> Submission:
        """A text in one part or, by the carrier, in several; in GSM 7-bit or UCS-2."""
        submission = self._submission([phone or self.random.choice(self.phones)])
        text = f"#{submission.number:05d}# " + "x" * self.random.choice([5, 5, 5, 5, 200])
        submit = _submit(submission.phones[0], text.encode())
        if self.random.random() < 0.1:
            submission.codec = "utf-16-be"
            submit.data_coding = 8
            submit.short_message = (text[:60] + " 🙂").encode("utf-16-be")
        self._ask(link, submit, submission)
        return submission

    def submit_parts(self, link: Link) -> None:
        """A text that the client cut in two, each half with an id of its own."""
        phone = self.random.choice(self.phones)
        halves = [self._submission([phone]), self._submission([phone])]
        halves[0].partner, halves[1].partner = halves[1].number, halves[0].number
        for place, half in enumerate(halves):
            header = bytes((6, 8, 4)) + halves[0].number.to_bytes(2, "big") + bytes((2, place + 1))
            submit = _submit(phone, header + f"#{half.number:05d}# half".encode())
            submit.esm_class = 0x40
            self._ask(link, submit, half)

    def submit_multi(self, link: Link) -> None:
        """One text to some phones."""
        phones = self.random.sample(self.phones, self.random.randint(2, 5))
        submission = self._submission(phones)
        submit = SubmitMulti(
            source_addr=SHORT_CODE,
            dest_address=[SmeDestination(1, 1, one.removeprefix("+")) for one in phones],
            registered_delivery=1,
            short_message=f"#{submission.number:05d}# to many".encode(),
        )
        self._ask(link, submit, submission)

    def cancel(self, link: Link) -> None:
        """Take back a message that may still wait."""
        submission = self._some_promised()
        if submission is not None and not submission.may_be_cancelled:
            submission.may_be_cancelled = True
            cancel = CancelSm(message_id=submission.message_id, source_addr=SHORT_CODE)
            self._ask(link, cancel, submission)

    def replace(self, link: Link) -> None:
        """Give a message that may still wait another text."""
        submission = self._some_promised()
        if submission is not None and len(submission.phones) == 1 and not submission.partner:
            number = self.next_number()
            self._by_number[number] = submission
            submission.shown_numbers.add(number)
            replace = ReplaceSm(
                message_id=submission.message_id,
                source_addr=SHORT_CODE,
                registered_delivery=1,
                short_message=f"#{number:05d}# in its place".encode(submission.codec),
            )
            self._ask(link, replace, submission)

    def query(self, link: Link) -> None:
        """Ask after a message."""
        submission = self._some_promised()
        if submission is not None:
            query = QuerySm(message_id=submission.message_id, source_addr=SHORT_CODE)
            self._ask(link, query, submission)

    def lose_requests(self) -> None:
        """The carrier is gone: what is unanswered may or may not have been done."""
        self._asked.clear()
        self._acknowledged.clear()
        self.run += 1

    def _submission(self, phones: list[str]) -> Submission:
        submission = Submission(self.next_number(), phones)
        self.submissions[submission.number] = submission
        self._by_number[submission.number] = submission
        return submission

    def _some_promised(self) -> Submission | None:
        """A message without a receipt, if a few looks find one."""
        for _ in range(8):
            found = self.submissions.get(self.random.randint(0, self._numbers))
            if found is not None and found.is_promised and not found.states:
                return found
        return None

    def _ask(self, link: Link, pdu: Pdu, submission: Submission) -> None:
        self._asked[(link, link.put(pdu))] = (pdu, submission)

    # Answers.

    def on_pdu(self, link: Link, frame: bytes) -> Pdu:
        """Take note of a PDU, and acknowledge it if it is a deliver_sm."""
        pdu = decode_pdu(frame)
        if isinstance(pdu, DeliverSm):
            self._on_deliver(link, pdu, frame)
            return pdu
        if (link, pdu.sequence_number) not in self._asked:
            return pdu
        request, submission = self._asked.pop((link, pdu.sequence_number))
        self.answered += 1
        if isinstance(pdu, SubmitSmResp | SubmitMultiResp):
            self._on_submitted(link, pdu, submission)
        elif isinstance(pdu, CancelSmResp):
            submission.is_cancelled = pdu.command_status == ESME_ROK
            submission.may_be_cancelled = submission.is_cancelled
        elif isinstance(pdu, ReplaceSmResp) and isinstance(request, ReplaceSm):
            number = _numbers_in(request.short_message.decode(submission.codec))[0]
            if pdu.command_status == ESME_ROK:
                submission.shown_numbers = {number} | self._asked_instead(submission)
            else:
                submission.shown_numbers.discard(number)
        elif isinstance(pdu, QuerySmResp) and pdu.command_status == ESME_RINVMSGID:
            # What is finished and acknowledged may be forgotten.
            assert submission.states, f"{submission.message_id} was promised and is not known"
        return pdu

    def _asked_instead(self, submission: Submission) -> set[int]:
        """The numbers that replacements without an answer give it: they may yet be done."""
        return {
            _numbers_in(request.short_message.decode(submission.codec))[0]
            for request, one in self._asked.values()
            if one is submission and isinstance(request, ReplaceSm)
        }

    def _on_submitted(
        self, link: Link, pdu: SubmitSmResp | SubmitMultiResp, submission: Submission
    ) -> None:
        if pdu.command_status in self.refusals:
            submission.is_refused = True
            self.refused += 1
            return
        assert pdu.command_status == ESME_ROK, f"{pdu.command_status:#x} for {submission.number}"
        if isinstance(pdu, SubmitMultiResp):
            assert pdu.unsuccess_sme == []
        submission.is_promised = True
        self._name(submission, pdu.message_id)
        self._confirm(link, pdu.sequence_number)

    def _name(self, submission: Submission, message_id: str) -> None:
        other = self.by_id.setdefault(message_id, submission)
        assert other is submission, f"{message_id} is the id of {other.number}, too"
        assert submission.message_id in ("", message_id), "a second id for one message"
        submission.message_id = message_id

    def _on_deliver(self, link: Link, pdu: DeliverSm, frame: bytes) -> None:
        text = pdu.short_message
        if pdu.esm_class & 0x3C == 0:
            (number,) = _numbers_in(text.decode())
            assert number in self.sent_by_phones, f"no phone sent {text!r}"
            self.sent_by_phones[number] = True
            key = (str(number), pdu.source_addr)
        else:
            found = RECEIPT.fullmatch(text)
            assert found is not None, f"not a receipt: {text!r}"
            key = (found[1].decode(), "+" + pdu.source_addr)
            self._on_receipt(*key, found[2].decode(), found[3].decode())
        held = self._held.get(key)
        octets = frame[:12] + frame[16:]
        if held is None:
            held = self._held[key] = _Held(octets, self.run)
        else:
            self.repeated += 1
            assert octets == held.octets, f"a repeated {text!r} differs"
            assert self.refusals or held.run != self.run, f"{text!r} again on the same links"
            assert not held.is_recorded, f"{text!r} again after its acknowledgement was recorded"
            held.run = self.run
        link.answer(DeliverSmResp("", pdu.sequence_number, ESME_ROK))
        self._acknowledged.setdefault(link, []).append((link.sequence_number, held))

    def _on_receipt(self, message_id: str, phone: str, state: str, text: str) -> None:
        (number,) = _numbers_in(text)
        assert number in self._by_number, f"a receipt about {text!r}, which was never sent"
        submission = self._by_number[number]
        self._name(submission, message_id)
        assert phone in submission.phones, f"{message_id} was not sent to {phone}"
        before = submission.states.setdefault(phone, state)
        assert before == state, f"{message_id} is {before} and {state}"

    def _confirm(self, link: Link, sequence_number: int) -> None:
        """A promise was made after what was acknowledged before its request: that is recorded."""
        waiting = self._acknowledged.get(link, [])
        while waiting and waiting[0][0] < sequence_number:
            # Where commits fail, that of the acknowledgement may have been the one.
            waiting.pop(0)[1].is_recorded = not self.refusals

    # Judgement.

    def is_settled(self) -> bool:
        """Whether every promised message has its receipts and every phone's text has come."""
        return all(self.sent_by_phones.values()) and all(
            len(one.states) == len(one.phones)
            for one in self.submissions.values()
            if one.is_promised
        )

    def check_shown(self, screens: dict[str, list[str]]) -> None:
        """Hold against the phones what this client was told so far to have arrived."""
        shown = {
            (phone, number)
            for phone, texts in screens.items()
            for text in texts
            for number in _numbers_in(text)
        }
        for submission in self.submissions.values():
            for phone, state in submission.states.items():
                arrived = state == "DELIVRD" and not submission.partner
                numbers = [one for one in submission.shown_numbers if (phone, one) in shown]
                assert numbers or not arrived, (
                    f"{submission.number} ({submission.message_id}) was delivered and {phone} "
                    "does not show it any more"
                )

    def check(self, screens: dict[str, list[str]]) -> None:
        """Hold what the phones show against what was promised and told."""
        assert self.is_settled()
        shown: dict[tuple[str, int], Submission] = {}
        for phone, texts in screens.items():
            order: list[int] = []
            for text in texts:
                submissions = []
                for number in _numbers_in(text):
                    assert number in self._by_number, f"{phone} shows {text!r}, never sent"
                    submissions.append(self._by_number[number])
                    assert (phone, number) not in shown, f"{phone} shows {text!r} twice"
                    shown[phone, number] = submissions[-1]
                assert submissions, f"{phone} shows {text!r}, never sent"
                order.append(int(submissions[-1].message_id or 0))
            late = [
                f"{texts[place]!r} ({one}) comes after {before}"
                for place, (before, one) in enumerate(pairwise(order), 1)
                if one < before
            ]
            assert not late, f"{phone} shows texts in another order than promised: {late}"
        for submission in self.submissions.values():
            self._check_submission(submission, shown)
        numbers = set().union(*(one.shown_numbers for one in self.submissions.values()))
        wrong = {number for _, number in shown} - numbers
        assert not wrong, f"phones show what was replaced: {wrong}"

    def _check_submission(
        self, submission: Submission, shown: dict[tuple[str, int], Submission]
    ) -> None:
        what = f"{submission.number} ({submission.message_id or 'without an id'})"
        if submission.partner:
            what += f", a half beside {submission.partner},"
        states = submission.states
        assert len(states) in (0, len(submission.phones)), f"{what} was accepted for some: {states}"
        assert not (submission.is_refused and states), f"{what} was refused: {states}"
        if submission.is_promised:
            assert states, f"{what} was promised and has no receipt"
        if submission.is_cancelled:
            assert "DELETED" in states.values(), f"{what} was cancelled: {states}"
        for phone in submission.phones:
            state = states.get(phone, "")
            assert state in ("", "DELIVRD", "DELETED"), f"{what} is {state}"
            assert state != "DELETED" or submission.may_be_cancelled, f"{what} is {state}"
            numbers = [one for one in submission.shown_numbers if (phone, one) in shown]
            expected = state == "DELIVRD"
            if submission.partner:
                other = self.submissions[submission.partner]
                expected = expected and other.states.get(phone) == "DELIVRD"
            assert len(numbers) == expected, f"{what} is {state!r} and {phone} shows {numbers}"


def _submit(phone: str, octets: bytes) -> SubmitSm:
    return SubmitSm(
        source_addr=SHORT_CODE,
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=phone.removeprefix("+"),
        registered_delivery=1,
        short_message=octets,
    )


def _numbers_in(text: str) -> list[int]:
    return [int(one) for one in NUMBER.findall(text)]


class Client:
    """The links of one client and its ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.links: list[Link] = []

    def connect(self, process: Process) -> Link:
        """Open a link and bind as a transceiver; nothing is written before `flush`."""
        self.links.append(process.connect())
        return self.links[-1]

    def flush(self) -> None:
        """Write what was put on every link."""
        for link in self.links:
            link.flush()

    def read(self) -> list[Pdu]:
        """Wait for PDUs, note and acknowledge them; empty at the end of a link."""
        found: list[Pdu] = []
        links = [link for link in self.links if link.is_open]
        readable, _, _ = select.select([link.socket for link in links], [], [], LIMIT_S)
        assert readable, "nothing came any more"
        for link in links:
            if link.socket in readable:
                found += [self.ledger.on_pdu(link, frame) for frame in link.read()]
                link.flush()
        return found

    def read_until(self, is_over: Callable[[], bool]) -> None:
        """Read until that holds."""
        while not is_over():
            self.read()

    def read_what_is_left(self) -> None:
        """Read every link up to its end, and hang up."""
        while any(link.is_open for link in self.links):
            self.read()
        for link in self.links:
            link.close()
        self.links.clear()

    def enquire(self, link: Link) -> int:
        """Read until an enquire_link is answered; how many deliver_sm came before that."""
        sequence_number = link.put(EnquireLink())
        link.flush()
        delivered = 0
        while True:
            for pdu in self.read():
                delivered += isinstance(pdu, DeliverSm)
                if pdu.command_id == 0x80000015 and pdu.sequence_number == sequence_number:
                    return delivered


@pytest.fixture
def client_of() -> Iterator[Callable[[int, list[str]], Client]]:
    """Make a client with a ledger of this seed, for these phones; its links end with the test."""
    clients: list[Client] = []

    def make(seed: int, phones: list[str]) -> Client:
        clients.append(Client(Ledger(seed, phones)))
        return clients[-1]

    yield make
    for client in clients:
        for link in client.links:
            link.close()
