"""The remote phones of a box within the turns of the runtime: what they answered, who came and
went, what they send.
"""

from carrierbox.box import Box
from carrierbox.clock import LinkTime
from carrierbox.errors import CarrierboxError
from carrierbox.relay import RpMoData
from carrierbox.simulator.radio.remote import RemotePhones, Submission


class RadioTurns:
    """One box and its remote phones. `hear` is called within a turn, after the box began it."""

    def __init__(self, box: Box, phones: RemotePhones) -> None:
        self.box = box
        self.phones = phones

    def hear(self, now: LinkTime) -> None:
        """Tell network and centre what came over the broker, and what did not come in time."""
        phones, network = self.phones, self.box.network
        phones.on_time(now)
        network_now = self.box.centre.turn.now
        for one in phones.take_answers():
            network.answered(one.reference, one.cause, one.diagnostic, network_now)
        # After the answers: who came back is alerted for what was answered before.
        for msisdn, is_online in phones.take_presence():
            network.set_power(msisdn, is_online, network_now)
        for submission in phones.take_submissions():
            self._submit(submission)

    @property
    def has_news(self) -> bool:
        """Whether another turn has something to hear at once."""
        return self.phones.has_news

    def next_deadline(self) -> float | None:
        """When a phone will have been silent for too long, in link seconds."""
        return self.phones.next_deadline()

    def _submit(self, submission: Submission) -> None:
        msisdn, mo_id = submission.msisdn, submission.mo_id
        try:
            parts = self._parts(submission)
        except (CarrierboxError, ValueError) as error:
            self.phones.answer_submission(msisdn, mo_id, str(error))
            return
        answer = _Answers(self.phones, msisdn, mo_id, len(parts))
        for part in parts:
            self.box.centre.submit_from_phone(part, answer.tell)

    def _parts(self, submission: Submission) -> list[RpMoData]:
        if submission.part is not None:
            return [submission.part]
        # Whatever the register holds of its power: it speaks.
        handset = self.box.network.contact(submission.msisdn)
        return handset.compose(submission.destination, submission.text)


class _Answers:
    """What the centre says of the parts of one text; the phone hears it once all are told."""

    def __init__(self, phones: RemotePhones, msisdn: str, mo_id: str, parts: int) -> None:
        self._phones = phones
        self._msisdn = msisdn
        self._mo_id = mo_id
        self._untold = parts
        self._problem = ""

    def tell(self, problem: str) -> None:
        """What became of one part: "" or why not."""
        self._problem = self._problem or problem
        self._untold -= 1
        if not self._untold:
            self._phones.answer_submission(self._msisdn, self._mo_id, self._problem)
