"""What belongs together in traffic that was heard: answers to requests, receipts to messages."""

from collections.abc import Sequence

from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.lint.traffic import Spoken
from carrierbox.scenarios.traffic import is_receipt, text_of
from carrierbox.smpp.pdus import DataSm, DataSmResp, DeliverSm, SubmitSm, SubmitSmResp
from carrierbox.smpp.states import ESME
from carrierbox.smpp.tlv import TAG_RECEIPTED_MESSAGE_ID, tlv_text
from carrierbox.smpp.values import RESPONSE_BIT


class Delivered:
    """A deliver_sm or data_sm that brought the application something."""

    def __init__(self, spoken: Spoken) -> None:
        pdu = spoken.pdu
        assert isinstance(pdu, DeliverSm | DataSm)
        self.spoken = spoken
        self.source_addr = pdu.source_addr
        self.destination_addr = pdu.destination_addr
        self.dest_addr_ton = pdu.dest_addr_ton
        self.text = text_of(pdu)


class RecordedReceipt:
    """A receipt, the words of it, and the submission that it is about, if that was heard."""

    def __init__(self, spoken: Spoken) -> None:
        pdu = spoken.pdu
        assert isinstance(pdu, DeliverSm | DataSm)
        fields = parse_receipt_text(text_of(pdu))
        of_tlv = tlv_text(pdu.tlvs, TAG_RECEIPTED_MESSAGE_ID)
        self.spoken = spoken
        self.ids = [each for each in (of_tlv, fields.get("id")) if each]
        self.stat = fields.get("stat", "")
        self.err = fields.get("err", "")
        self.about: Spoken | None = None


class Answers:
    """Who answered what, in traffic in its order."""

    def __init__(self, spoken: Sequence[Spoken]) -> None:
        self.receipts: dict[int, RecordedReceipt] = {}
        """By the identity of what was spoken."""
        self._answers: dict[int, Spoken] = {}
        self._accepted: dict[str, tuple[Spoken, Spoken]] = {}
        self._by_number: dict[int, tuple[Spoken, Spoken]] = {}
        """Where a receipt has the id in hexadecimal and the answer in decimal, or the other way."""
        self._of_answer: dict[int, RecordedReceipt] = {}
        waiting: dict[tuple[int, int, int], Spoken] = {}
        for one in spoken:
            command_id = one.pdu.command_id
            if command_id & RESPONSE_BIT:
                key = (one.link, command_id & ~RESPONSE_BIT, one.pdu.sequence_number)
                request = waiting.pop(key, None)
                if request is not None:
                    self._note(request, one)
                continue
            waiting[(one.link, command_id, one.pdu.sequence_number)] = one
            if is_receipt(one.pdu):
                self.receipts[id(one)] = RecordedReceipt(one)
        # A receipt may come before the answer that has its id.
        for receipt in self.receipts.values():
            self._find(receipt)

    def to(self, request: Spoken) -> Spoken | None:
        """The answer to a request, if one was heard."""
        return self._answers.get(id(request))

    def message_of(self, message_id: str) -> Spoken | None:
        """The submit_sm or data_sm that was given this id."""
        found = self._accepted.get(message_id)
        return None if found is None else found[0]

    def receipt_of(self, answer: Spoken) -> RecordedReceipt | None:
        """The last receipt of the message that was accepted with this answer."""
        return self._of_answer.get(id(answer))

    def _note(self, request: Spoken, answer: Spoken) -> None:
        self._answers[id(request)] = answer
        pdu = answer.pdu
        is_taken = isinstance(request.pdu, SubmitSm | DataSm) and request.sender == ESME
        if is_taken and isinstance(pdu, SubmitSmResp | DataSmResp) and pdu.message_id:
            self._accepted[pdu.message_id] = (request, answer)
            for number in _numbers(pdu.message_id):
                self._by_number[number] = (request, answer)

    def _find(self, receipt: RecordedReceipt) -> None:
        for told in receipt.ids:
            found = self._accepted.get(told)
            for number in _numbers(told) if found is None else ():
                found = found or self._by_number.get(number)
            if found is not None:
                receipt.about = found[0]
                self._of_answer[id(found[1])] = receipt
                return


def _numbers(message_id: str) -> set[int]:
    """What an id may mean, in decimal and in hexadecimal."""
    found = set()
    for base in (10, 16):
        try:
            found.add(int(message_id, base))
        except ValueError:
            continue
    return found
