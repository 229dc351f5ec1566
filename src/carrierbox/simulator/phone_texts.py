"""The texts on a phone: those it received, with what came beside the text, and those it sent."""

from typing import Final

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import decode_user_data
from carrierbox.codecs.message_signs import MessageSigns, describe_content, read_signs
from carrierbox.codecs.tp_tables import protocol_identifier_name
from carrierbox.identifiers import TON_INTERNATIONAL, Address
from carrierbox.relay import NO_RESPONSE_CODE, TEXT

# TP-PID (TS 23.040 §9.2.3.9).
TP_PID_TYPE_0: Final = 0x40
"""Acknowledged, and shown nowhere."""
TP_PID_REPLACE_MIN: Final = 0x41
TP_PID_REPLACE_MAX: Final = 0x47
TP_PID_RETURN_CALL: Final = 0x5F

NO_REPORT: Final = -1
"""The phone asked for no status report."""
REPORT_AWAITED: Final = -2
TP_ST_TRYING_MIN: Final = 0x20
"""Below it a status says that the text has arrived, from here on that the centre still tries
(TS 23.040 §9.2.3.15)."""
TP_ST_FINAL_MIN: Final = 0x40
"""From here on, up to 0x7F, a status says that the text will not arrive."""

_NOTHING_ASKED: Final[list[tuple[int, int]]] = []


class Text:
    """One text on the screen.

    `received_at` is the phone's time, `sent_at` the service centre's time stamp, `number` counts
    the phone's texts from 1. A text of several `parts` has the reference and the service centre's
    time of the part that came last, and the `tp_dcs` of all its parts, UCS-2 if they differ.
    `kind` tells texts from acknowledgements of what the phone sent.
    """

    def __init__(
        self,
        number: int,
        reference: int,
        originating: Address,
        tp_dcs: int,
        user_data: bytes,
        parts: int,
        sent_at: NetworkTime,
        received_at: NetworkTime,
    ) -> None:
        self.number = number
        self.reference = reference
        self.originating = originating
        self.tp_dcs = tp_dcs
        self.user_data = user_data
        self.parts = parts
        self.sent_at = sent_at
        self.received_at = received_at
        self.kind: int = TEXT
        self.user_response_code: int = NO_RESPONSE_CODE
        self.asked: list[tuple[int, int]] = _NOTHING_ASKED
        """The reference of each part that asks for acknowledgements, and `RpMtData.asked`."""
        self.received_tp_dcs: int = tp_dcs
        """TP-DCS as it came: `tp_dcs` is that of the text as it is kept."""
        self.user_data_header: bytes = b""
        """That of the last part; not needed to read the text."""
        self.is_acknowledged: bool = False
        """Whether its user acknowledged it."""
        self.tp_pid: int = 0
        self.in_sim: bool = False
        """Whether it is kept on the SIM because its class says so."""

    @property
    def signs(self) -> MessageSigns:
        """What came with it: class, signs of waiting, port."""
        return read_signs(self.received_tp_dcs, self.user_data_header)

    @property
    def protocol(self) -> str:
        """What its TP-PID says of it, as in `replace short message type 3`; "" for a plain text."""
        return protocol_identifier_name(self.tp_pid) if self.tp_pid else ""

    @property
    def content(self) -> list[tuple[str, int | str]]:
        """What it carries for an application, by name, as the notification of an MMS."""
        return describe_content(self.user_data_header, self.user_data)

    def asking(self, kind: int) -> list[int]:
        """The references of the parts that ask for this kind of acknowledgement."""
        return [reference for reference, asked in self.asked if asked >> kind & 1]

    @property
    def text(self) -> str:
        """The text, decoded anew each time; U+FFFD for what cannot be decoded (T38)."""
        return decode_user_data(self.user_data, self.tp_dcs)

    @property
    def sender(self) -> str:
        """The sender as a phone shows it: `+33612345678`, `ACME`, `38100`."""
        return shown_address(self.originating) or "(no sender)"


class SentText:
    """One text written on the phone at `sent_at`, and in how many parts it left.

    `tp_st` is the TP-ST of its status report (TS 23.040 §9.2.3.15), or NO_REPORT, REPORT_AWAITED;
    of several parts the worst. `reports_missing` are the parts without a final report yet. Its
    parts have the TP-MR `tp_mr` and those that follow.
    """

    def __init__(
        self,
        number: int,
        destination: Address,
        text: str,
        parts: int,
        sent_at: NetworkTime,
        tp_mr: int = 0,
    ) -> None:
        self.number = number
        self.destination = destination
        self.text = text
        self.parts = parts
        self.sent_at = sent_at
        self.tp_mr = tp_mr
        self.tp_st: int = NO_REPORT
        self.reports_missing: int = 0

    @property
    def receiver(self) -> str:
        """Where it went, as a phone shows it."""
        return shown_address(self.destination)

    def has_part(self, tp_mr: int) -> bool:
        """Whether one of its parts left with this TP-MR (TS 23.040 §9.2.3.6)."""
        return (tp_mr - self.tp_mr) & 0xFF < self.parts

    def note_report(self, tp_st: int) -> None:
        """A status report of one of its parts came."""
        if self.tp_st == NO_REPORT:
            return
        is_trying = TP_ST_TRYING_MIN <= self.tp_st < TP_ST_FINAL_MIN
        self.tp_st = tp_st if is_trying else max(self.tp_st, tp_st)
        if not TP_ST_TRYING_MIN <= tp_st < TP_ST_FINAL_MIN and self.reports_missing:
            self.reports_missing -= 1


def shown_address(address: Address) -> str:
    """An address as a phone shows it: `+33612345678`, `ACME`, `38100`."""
    value = address.value
    if address.ton == TON_INTERNATIONAL and value.isdigit():
        return "+" + value
    return value
