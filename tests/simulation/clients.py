"""What the clients of a simulation ask of a carrier."""

from random import Random

from tests.simulation.carrier import Link, SimulatedCarrier
from tests.simulation.rules import CarrierRule
from tests.simulation.setting import FORCED, LATE, PHONES, SHORT_CODE

from carrierbox.codecs.time_format import format_smpp_time
from carrierbox.codecs.user_data_header import concatenation_header
from carrierbox.smpp.pdus import (
    CancelSm,
    DataSm,
    QuerySm,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitSm,
)
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, TAG_SET_DPF, Tlv
from carrierbox.smpp.values import ESM_CLASS_FORWARD, ESM_CLASS_UDHI


class Clients:
    """The requests of one run, drawn from its `Random`."""

    random: Random
    carrier: SimulatedCarrier
    rules: dict[str, CarrierRule]

    def __init__(self) -> None:
        self.texts = 0
        self.ids: list[tuple[str, str, str]] = []
        """Account, id and destination of what was accepted."""

    def _link(self) -> Link | None:
        links = [one for one in self.carrier.links.values() if one.transmits]
        return self.random.choice(links) if links else None

    def _text(self) -> str:
        """Every text is different, and can be told by its begin and its end."""
        self.texts += 1
        return f"#{self.texts:04d}# " + "x" * self.random.choice([3, 3, 3, 200]) + " end"

    def _source(self, link: Link) -> str:
        return f"{link.system_id}{self.random.randint(1, 2)}"

    def _times(self) -> tuple[str, str]:
        """schedule_delivery_time and validity_period."""
        draw = self.random
        now = self.carrier.clock.now()
        schedule = validity = ""
        if draw.random() < 0.15:
            schedule = format_smpp_time(now + draw.choice([2, 40, 900, 9000]))
        if draw.random() < 0.3:
            validity = format_smpp_time(now + draw.choice([3, 90, 1800, 10_000, 90_000]))
        return schedule, validity

    def _service_type(self, share: float) -> str:
        """In a world with rules mostly one that a rule means."""
        if not self.rules or self.random.random() >= share:
            return ""
        return self.random.choice(list(self.rules))

    def _registered_delivery(self) -> int:
        """Receipts, notifications, and what the phone and its user are asked to acknowledge."""
        return self.random.choice([1, 1, 1, 1, 0, 2, 17, 5, 9, 12])

    def submit(self) -> None:
        """Some submit_sm, one after the other or at once."""
        draw = self.random
        link = self._link()
        if link is None:
            return
        for _ in range(draw.randint(1, 4)):
            schedule, validity = self._times()
            flag = int(draw.random() < 0.1)
            service_type = "CMT" if flag else ""
            if draw.random() < 0.06:
                service_type = draw.choice(list(FORCED))
                flag = 0
            elif not flag:
                # What takes the place of others has a service_type of its own.
                service_type = self._service_type(0.4)
            if service_type == LATE:
                # Others wait behind it.
                validity = format_smpp_time(self.carrier.clock.now() + draw.choice([90, 10_000]))
            submit = SubmitSm(
                service_type=service_type,
                source_addr_ton=5,
                source_addr=self._source(link),
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=draw.choice(PHONES),
                priority_flag=draw.choice([0, 0, 0, 1, 3]),
                schedule_delivery_time=schedule,
                validity_period=validity,
                registered_delivery=self._registered_delivery(),
                replace_if_present_flag=flag,
                short_message=self._text().encode(),
            )
            self.carrier.ask_for(link, submit)
        if draw.random() < 0.7:
            self.carrier.run()

    def submit_parts(self) -> None:
        """A text that its client cut itself; each part is a message.

        It has more parts than any text the centre cuts: the centre chooses its references itself.
        """
        link = self._link()
        if link is None:
            return
        self.texts += 1
        to = self.random.choice(PHONES)
        source = self._source(link)
        for number in (1, 2, 3):
            header = concatenation_header(self.texts & 0xFF, 3, number)
            text = f"#{self.texts:04d}.{number}# part"
            submit = SubmitSm(
                source_addr_ton=5,
                source_addr=source,
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=to,
                esm_class=ESM_CLASS_UDHI,
                registered_delivery=1,
                short_message=header + text.encode(),
            )
            self.carrier.ask_for(link, submit)
        self.carrier.run()

    def submit_multi(self) -> None:
        """One text to several phones under one id."""
        link = self._link()
        if link is None:
            return
        phones = self.random.sample(PHONES, self.random.randint(1, 3))
        schedule, validity = self._times()
        multi = SubmitMulti(
            service_type=self._service_type(0.6),
            source_addr_ton=5,
            source_addr=self._source(link),
            dest_address=[SmeDestination(1, 1, one) for one in phones],
            schedule_delivery_time=schedule,
            validity_period=validity,
            registered_delivery=1,
            short_message=self._text().encode(),
        )
        self.carrier.ask_for(link, multi)
        self.carrier.run()

    def submit_data(self) -> None:
        """A data_sm."""
        link = self._link()
        if link is None:
            return
        data = DataSm(
            service_type=self._service_type(0.6),
            source_addr_ton=5,
            source_addr=self._source(link),
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=self.random.choice(PHONES),
            registered_delivery=1,
            tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, self._text().encode())],
        )
        self.carrier.ask_for(link, data)
        self.carrier.run()

    def transact(self) -> None:
        """A submit_sm or data_sm whose response tells the outcome (SMPP 3.4 §2.10.3)."""
        link = self._link()
        if link is not None:
            self._transact(link, self.random.choice(PHONES), self.random.random() < 0.5)

    def _transact(self, link: Link, msisdn: str, is_data: bool) -> None:
        request: SubmitSm | DataSm
        if is_data:
            request = DataSm(
                service_type=self._service_type(0.4),
                source_addr_ton=5,
                source_addr=self._source(link),
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=msisdn,
                esm_class=ESM_CLASS_FORWARD,
                tlvs=[
                    Tlv(TAG_MESSAGE_PAYLOAD, self._text().encode()),
                    Tlv(TAG_SET_DPF, b"\1"),
                ],
            )
        else:
            request = SubmitSm(
                service_type=self.random.choice(["", "", *FORCED, *self.rules]),
                source_addr_ton=5,
                source_addr=self._source(link),
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr=msisdn,
                esm_class=ESM_CLASS_FORWARD,
                registered_delivery=self.random.choice([0, 1, 5]),
                short_message=self._text().encode(),
            )
        self.carrier.ask_for(link, request)
        if self.random.random() < 0.7:
            self.carrier.run()

    def submit_to_account(self) -> None:
        """From one ESME to another."""
        link = self._link()
        if link is None or link.system_id == "beta":
            return
        submit = SubmitSm(
            service_type=self._service_type(0.6),
            source_addr_ton=5,
            source_addr=self._source(link),
            destination_addr=SHORT_CODE,
            registered_delivery=self.random.choice([0, 1]),
            short_message=self._text().encode(),
        )
        self.carrier.ask_for(link, submit)
        self.carrier.run()

    def _chosen(self, link: Link) -> tuple[str, str] | None:
        """The id and destination of something this account was told, mostly something new."""
        known = [(one[1], one[2]) for one in self.ids if one[0] == link.system_id]
        if not known:
            return None
        return self.random.choice(known[-8:] if self.random.random() < 0.8 else known)

    def cancel(self) -> None:
        """One message, or everything between two addresses."""
        draw = self.random
        link = self._link()
        chosen = None if link is None else self._chosen(link)
        if link is None or chosen is None:
            return
        for source in (f"{link.system_id}1", f"{link.system_id}2"):
            if draw.random() < 0.1:
                cancel = CancelSm(
                    source_addr_ton=5,
                    source_addr=source,
                    dest_addr_ton=1,
                    dest_addr_npi=1,
                    destination_addr=chosen[1],
                )
            else:
                cancel = CancelSm(message_id=chosen[0], source_addr_ton=5, source_addr=source)
            self.carrier.ask_for(link, cancel)
            if draw.random() < 0.5:
                self.carrier.ask_for(link, QuerySm(chosen[0], 5, 0, source))
        self.carrier.run()

    def replace(self) -> None:
        """Another text for one that may wait."""
        link = self._link()
        chosen = None if link is None else self._chosen(link)
        if link is None or chosen is None:
            return
        schedule, validity = self._times()
        if self.rules and not schedule and self.random.random() < 0.4:
            # Sooner than a rule holds some.
            schedule = format_smpp_time(self.carrier.clock.now() + 2)
        replace = ReplaceSm(
            message_id=chosen[0],
            source_addr_ton=5,
            source_addr=self._source(link),
            schedule_delivery_time=schedule,
            validity_period=validity,
            registered_delivery=1,
            short_message=self._text().encode(),
        )
        self.carrier.ask_for(link, replace)
        self.carrier.run()

    def query(self) -> None:
        """What became of it?"""
        link = self._link()
        chosen = None if link is None else self._chosen(link)
        if link is None or chosen is None:
            return
        for source in (f"{link.system_id}1", f"{link.system_id}2"):
            self.carrier.ask_for(link, QuerySm(chosen[0], 5, 0, source))
        self.carrier.run()
