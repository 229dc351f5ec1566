"""What was written on a phone, and what became of it."""

from collections.abc import Sequence

from carrierbox.clock import NetworkTime
from carrierbox.codecs.data_coding import tp_dcs_of
from carrierbox.codecs.segmentation import split_text
from carrierbox.identifiers import Address
from carrierbox.relay import RpMoData
from carrierbox.simulator.phone_texts import REPORT_AWAITED, SentText


class Outbox:
    """The texts that were written, newest last, and the references of the next one."""

    def __init__(self) -> None:
        self.texts: list[SentText] = []
        self.written: int = 0
        self.concatenation_reference: int = 0
        self.message_reference: int = 0
        """TP-MR of the next part (TS 23.040 §9.2.3.6)."""

    def write(
        self,
        msisdn: str,
        destination: Address,
        text: str,
        messages_max: int,
        languages: Sequence[int],
        now: NetworkTime,
        report: bool,
    ) -> list[RpMoData]:
        """Cut a text into its parts and keep it. CodecError if it needs more than 255."""
        reference = (self.concatenation_reference + 1) & 0xFF
        data_coding, segments = split_text(text, reference, languages=languages)
        count = len(segments)
        if count > 1:
            self.concatenation_reference = reference
        self.written += 1
        sent = SentText(self.written, destination, text, count, now, self.message_reference)
        if report:
            sent.tp_st = REPORT_AWAITED
            sent.reports_missing = count
        self.message_reference = (self.message_reference + count) & 0xFF
        self.texts.append(sent)
        if len(self.texts) > messages_max:
            del self.texts[0]
        tp_dcs = tp_dcs_of(data_coding)
        parts: list[RpMoData] = []
        for index, segment in enumerate(segments):
            header = segment.user_data_header
            part = RpMoData(msisdn, destination, 0, tp_dcs, header, segment.user_data)
            part.report = report
            part.tp_mr = (sent.tp_mr + index) & 0xFF
            parts.append(part)
        return parts

    def note_report(self, tp_mr: int, destination: Address, tp_st: int) -> SentText | None:
        """The newest text of which a part had that reference, told what became of it; or None."""
        for text in reversed(self.texts):
            if text.has_part(tp_mr) and text.destination.value == destination.value:
                text.note_report(tp_st)
                return text
        return None
