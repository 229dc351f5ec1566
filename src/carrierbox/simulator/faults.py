"""What faults do to procedures of the network: to a part on its way, to an alert.

They are asked about each procedure that they mean, in the order of the list; the first that strikes
decides. What they do to the links of clients is `link_faults`.
"""

from typing import Final

from carrierbox import faults
from carrierbox.codecs.national_language import decode_part
from carrierbox.faults import (
    ALERT_SERVICE_CENTRE,
    CAUSE_BITS,
    MO_FORWARD_SM,
    Fault,
    FaultBook,
)
from carrierbox.identifiers import Address
from carrierbox.relay import RpMoData, RpMtData, Submission
from carrierbox.simulator.portability import Plan

TIMEOUT_S: Final = 30.0
"""How long the centre waits for an answer that is lost before it takes it for a SYSTEM_FAILURE."""

_NO_ADDRESS: Final = Address(0, 0, "")


class Trouble:
    """What a fault does to one procedure."""

    def __init__(self, fault: Fault) -> None:
        kind = fault.outcome.kind
        number = fault.outcome.number
        self.name = fault.name
        self.cause: int = 0
        """The MAP user error that is answered; 0: none."""
        self.diagnostic: int = 0
        self.delay_s: float = number if kind == faults.RESPONSE_DELAY else 0.0
        """By how much the answer comes later, in network seconds."""
        self.loses_request: bool = kind == faults.NO_REQUEST
        """It never arrives, and nobody hears of it again."""
        self.loses_answer: bool = kind == faults.NO_RESPONSE
        """It arrives; the centre hears nothing."""
        self.request_copies: int = int(number) if kind == faults.REQUEST_COPIES else 1
        self.answer_copies: int = int(number) if kind == faults.RESPONSE_COPIES else 1
        if kind == faults.CAUSE:
            self.cause = int(number) & (1 << CAUSE_BITS) - 1
            self.diagnostic = int(number) >> CAUSE_BITS
        if self.loses_request or self.loses_answer:
            # What is lost the centre never hears of, and gives up waiting for.
            self.delay_s = TIMEOUT_S


class PartOnItsWay(Submission):
    """A part as faults are asked about it: with the text of this part alone."""

    def __init__(
        self,
        source: RpMtData,
        country: str,
        carrier: str,
    ) -> None:
        super().__init__(
            "",
            source.originating,
            source.msisdn,
            country,
            carrier,
            source.tp_dcs,
            source.user_data_header,
            source.user_data,
            "mt_forward_sm",
        )

    def text(self) -> str:
        """The text of this part."""
        return decode_part(self.user_data, self.data_coding, self.user_data_header)


class PartFromPhone(Submission):
    """A part that a phone sends: `msisdn` is the phone's, `source` where it goes to."""

    def __init__(self, sent: RpMoData, country: str, carrier: str) -> None:
        super().__init__(
            "",
            sent.destination,
            sent.msisdn,
            country,
            carrier,
            sent.tp_dcs,
            sent.user_data_header,
            sent.user_data,
            "mo_forward_sm",
        )

    def text(self) -> str:
        """The text of this part."""
        return decode_part(self.user_data, self.data_coding, self.user_data_header)


class NetworkFaults:
    """The faults of one network, and where numbers belong that they ask about."""

    def __init__(self, book: FaultBook | None = None, plan: Plan | None = None) -> None:
        self._book = FaultBook() if book is None else book
        self._plan = plan

    @property
    def are_any(self) -> bool:
        """Whether there is anything to ask."""
        return len(self._book.of_network) > 0

    def of_part(self, operation: str, part: RpMtData) -> Trouble | None:
        """What a part meets in this procedure, if anything."""
        country, carrier = self._where(part.msisdn)
        return self._first(operation, PartOnItsWay(part, country, carrier))

    def of_sent(self, part: RpMoData) -> Trouble | None:
        """What a part meets that a phone sends, if anything."""
        country, carrier = self._where(part.msisdn)
        return self._first(MO_FORWARD_SM, PartFromPhone(part, country, carrier))

    def of_alert(self, msisdn: str) -> Trouble | None:
        """What the alert for a phone meets, if anything."""
        country, carrier = self._where(msisdn)
        operation = ALERT_SERVICE_CENTRE
        subject = Submission("", _NO_ADDRESS, msisdn, country, carrier, 0, b"", b"", operation)
        return self._first(operation, subject)

    def _first(self, operation: str, subject: Submission) -> Trouble | None:
        for fault in self._book.of_network:
            if operation in fault.operations and fault.match.holds(subject) and fault.strikes():
                return Trouble(fault)
        return None

    def _where(self, msisdn: str) -> tuple[str, str]:
        route = None if self._plan is None else self._plan.route(msisdn)
        return ("", "") if route is None else (route.country, route.carrier)
