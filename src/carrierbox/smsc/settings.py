"""What a centre knows beside its accounts: canned messages and distribution lists."""

from carrierbox.codecs.data_coding import encode_text
from carrierbox.smpp.pdus import SubmitSm


class CentreSettings:
    """`canned` texts by sm_default_msg_id, 1 to 254 (SMPP 3.4 §5.2.20); `lists` of numbers by
    dl_name, as written in the configuration (SMPP 3.4 §4.5.1.2).
    """

    def __init__(
        self,
        canned: dict[int, str] | None = None,
        lists: dict[str, list[str]] | None = None,
    ) -> None:
        self.canned: dict[int, str] = {} if canned is None else canned
        self.lists: dict[str, list[str]] = {} if lists is None else lists

    def with_canned_text(self, submit: SubmitSm) -> SubmitSm | None:
        """The submit_sm with the text its sm_default_msg_id stands for; None if there is none.

        A text of its own beside it is ignored: the canned one was asked for.
        """
        text = self.canned.get(submit.sm_default_msg_id)
        if text is None:
            return None
        data_coding, octets = encode_text(text)
        return SubmitSm(
            submit.service_type,
            submit.source_addr_ton,
            submit.source_addr_npi,
            submit.source_addr,
            submit.dest_addr_ton,
            submit.dest_addr_npi,
            submit.destination_addr,
            submit.esm_class,
            submit.protocol_id,
            submit.priority_flag,
            submit.schedule_delivery_time,
            submit.validity_period,
            submit.registered_delivery,
            submit.replace_if_present_flag,
            data_coding,
            submit.sm_default_msg_id,
            octets,
            submit.sequence_number,
            0,
            submit.tlvs,
        )
