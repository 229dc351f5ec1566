"""A phone of ours that is reached over a broker: the other side of `remote`, also without I/O.

It shows what it is sent as any phone of the network does, and repeats what it sends until the
carrier has it. It may play a bad phone: one that answers nothing, or refuses everything.
"""

from collections.abc import Callable
from typing import Final

from carrierbox.clock import LinkTime, NetworkTime
from carrierbox.codecs.relayed_tpdu import sms_submit
from carrierbox.codecs.tpdu_encoding import encode_tpdu
from carrierbox.identifiers import dialled_address
from carrierbox.relay import FAILURE_NAMES, RpMoData
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.handset_memory import TAKEN, HandsetMemory
from carrierbox.simulator.phone_texts import Text
from carrierbox.simulator.radio.messages import (
    ERRORS,
    MessageRefusedError,
    Mo,
    MtAck,
    encode,
    read_mo_ack,
    read_mt,
    rp_mt_data,
)
from carrierbox.simulator.radio.station import (
    OFFLINE,
    ONLINE,
    Publish,
    nobody,
)
from carrierbox.simulator.radio.topics import (
    MO,
    MO_ACK,
    MT,
    MT_ACK,
    PRESENCE,
    centre_topic,
    phone_topic,
)

REPEAT_S: Final = 10.0
"""A text is sent again after this time without an answer."""
UNSENT_MAX: Final = 1_000

# What happens on a phone.
ARRIVED: Final = "text"
HELD: Final = "part"
DUPLICATE: Final = "duplicate"
REPORTED: Final = "report"
REFUSED: Final = "refused"
SENT: Final = "sent"
NOT_SENT: Final = "not_sent"
CARRIER: Final = "carrier"
PROBLEM: Final = "problem"


class Happening:
    """Something that happened on a phone: its kind, the id it is about, a text or words."""

    def __init__(self, kind: str, about: str = "", words: str = "", text: Text | None = None):
        self.kind = kind
        self.about = about
        self.words = words
        self.text = text


class RemoteHandset:
    """One phone. `series` makes the ids of its texts different from those of its earlier lives.

    `acknowledges` False answers no part; `refusal` is the error that every part is answered with.
    ValueError for an unknown one, and for what is no number or no name of a box. With `memory` it
    refuses what finds no place; with `reports` it asks how its texts end.
    """

    def __init__(
        self,
        box: str,
        msisdn: str,
        series: str,
        acknowledges: bool = True,
        refusal: str = "",
        memory: HandsetMemory | None = None,
        reports: bool = False,
    ) -> None:
        if refusal and refusal not in ERRORS:
            raise ValueError(f"{refusal!r} is no error; there are {', '.join(sorted(ERRORS))}")
        self.handset = Handset(msisdn)
        self.handset.set_memory(memory)
        self.client_id = msisdn
        # What came while it was away would come twice: the carrier sends it again by itself.
        self.is_persistent = False
        self.will = Publish(phone_topic(box, msisdn, PRESENCE), OFFLINE, True)
        self.on_publish: Callable[[], None] = nobody
        self.is_connected = False
        self.now: Callable[[], NetworkTime] = _at_no_time
        self._box = box
        self._msisdn = msisdn
        self._series = series
        self._acknowledges = acknowledges
        self._refusal = refusal
        self._reports = reports
        self._centre = centre_topic(box)
        self._sent = 0
        self._unsent: dict[str, bytes] = {}
        self._repeat_at: float = 0.0
        self._publishes: list[Publish] = []
        self._happenings: list[Happening] = []

    # Its user.

    def send(self, to: str, text: str, link_now: LinkTime) -> str:
        """Send a text; its id. ValueError while too many wait, and for what cannot be sent."""
        if len(self._unsent) >= UNSENT_MAX:
            raise ValueError(f"{UNSENT_MAX} texts wait to be sent")
        self._sent += 1
        mo_id = f"{self._series}-{self._sent}"
        mos = self._coded(mo_id, to, text) if self._reports else [Mo(mo_id, to, text)]
        if not self._unsent:
            self._repeat_at = link_now + REPEAT_S
        for mo in mos:
            self._unsent[mo.id] = encode(mo)
            self._publish(MO, self._unsent[mo.id])
        return mo_id

    def delete(self, number: int = 0) -> int:
        """Delete the text of that number, or all; how many went. The carrier hears of the room."""
        deleted = self.handset.delete(number)
        if deleted and self.handset.memory is not None:
            self._announce()
        return deleted

    def newest_sender(self) -> str:
        """Whom a reply goes to; empty if there is nobody to reply to."""
        newest = self.handset.newest
        return "" if newest is None else newest.sender

    def take_happenings(self) -> list[Happening]:
        """What happened, in its order."""
        taken, self._happenings = self._happenings, []
        return taken

    def next_deadline(self) -> float | None:
        """When texts are to be sent again, in link seconds; None if none wait."""
        return self._repeat_at if self._unsent else None

    def on_time(self, link_now: LinkTime) -> None:
        """Send again what the carrier has not answered."""
        if self._unsent and link_now >= self._repeat_at:
            self._repeat_at = link_now + REPEAT_S
            self._send_again()

    # The broker.

    def subscriptions(self) -> list[str]:
        """What is for this phone, its own presence, and that of the carrier."""
        kinds = (MT, MO_ACK, PRESENCE)
        return [*(phone_topic(self._box, self._msisdn, kind) for kind in kinds), self._centre]

    def on_connected(self, link_now: LinkTime) -> None:
        """Be there."""
        self.is_connected = True
        self._announce()
        self._repeat_at = link_now + REPEAT_S
        self._send_again()

    def on_disconnected(self) -> None:
        """Out of reach."""
        self.is_connected = False
        self._publishes = []

    def on_message(self, topic: str, payload: bytes, retained: bool, link_now: LinkTime) -> None:
        """Take what the broker brings; a wrong one is told and changes nothing."""
        try:
            if topic == self._centre:
                self._on_centre(payload, retained)
            elif topic == self.will.topic:
                # The will of a connection before this one came late.
                if payload != ONLINE and not retained:
                    self._announce()
            elif topic == phone_topic(self._box, self._msisdn, MT):
                self._on_mt(payload)
            elif topic == phone_topic(self._box, self._msisdn, MO_ACK):
                self._on_mo_ack(payload)
        except MessageRefusedError as error:
            self._happenings.append(Happening(PROBLEM, topic, str(error)))

    def take_publishes(self) -> list[Publish]:
        """What is to be published now, in order."""
        taken, self._publishes = self._publishes, []
        return taken

    # Inside.

    def _coded(self, mo_id: str, to: str, text: str) -> list[Mo]:
        """The parts of a text of which the phone wants to hear: it needs to know their TP-MR."""
        destination = dialled_address(to)
        if destination is None:
            raise ValueError(f"{to} is no number: write it as +33612345678, or as a short code")
        parts = self.handset.compose(destination, text, now=self.now(), report=True)
        one = len(parts) == 1
        return [
            Mo(mo_id if one else f"{mo_id}-{number}", tpdu_hex=_submit_hex(part))
            for number, part in enumerate(parts, 1)
        ]

    def _on_centre(self, payload: bytes, retained: bool) -> None:
        word = "online" if payload == ONLINE else "offline"
        self._happenings.append(Happening(CARRIER, "", word))
        if word == "online" and not retained:
            self._announce()
            self._send_again()

    def _on_mt(self, payload: bytes) -> None:
        mt = read_mt(payload)
        if self._refusal:
            self._publish(MT_ACK, encode(MtAck(mt.id, self._refusal)))
            self._happenings.append(Happening(REFUSED, mt.id, self._refusal))
            return
        handset = self.handset
        shown = handset.shown
        duplicates = handset.duplicates
        failure = handset.receive(rp_mt_data(mt, self._msisdn), self.now())
        if failure != TAKEN:
            self._publish(MT_ACK, encode(MtAck(mt.id, FAILURE_NAMES[failure])))
            self._happenings.append(Happening(REFUSED, mt.id, FAILURE_NAMES[failure]))
            return
        if mt.report is not None:
            words = f"{mt.report.recipient}: {mt.report.status_name}"
            self._happenings.append(Happening(REPORTED, mt.id, words))
        elif handset.duplicates != duplicates:
            self._happenings.append(Happening(DUPLICATE, mt.id))
        elif handset.shown != shown:
            self._happenings.append(Happening(ARRIVED, mt.id, "", handset.newest))
        else:
            part = f"{mt.decoded.part} of {mt.decoded.parts}"
            self._happenings.append(Happening(HELD, mt.id, part))
        if self._acknowledges:
            self._publish(MT_ACK, encode(MtAck(mt.id)))

    def _on_mo_ack(self, payload: bytes) -> None:
        ack = read_mo_ack(payload)
        if self._unsent.pop(ack.id, None) is None:
            return
        if ack.problem is None:
            self._happenings.append(Happening(SENT, ack.id))
        else:
            self._happenings.append(Happening(NOT_SENT, ack.id, ack.problem))

    def _announce(self) -> None:
        self._publish(PRESENCE, ONLINE, True)

    def _send_again(self) -> None:
        for payload in self._unsent.values():
            self._publish(MO, payload)

    def _publish(self, kind: str, payload: bytes, retain: bool = False) -> None:
        if not self.is_connected:
            return
        self._publishes.append(Publish(phone_topic(self._box, self._msisdn, kind), payload, retain))
        if len(self._publishes) == 1:
            self.on_publish()


def _submit_hex(part: RpMoData) -> str:
    """The SMS-SUBMIT of a part that asks for a status report (TP-SRR)."""
    submit = sms_submit(
        part.tp_mr,
        part.destination,
        part.tp_pid,
        part.tp_dcs,
        part.user_data_header,
        part.user_data,
        status_report_request=True,
    )
    return encode_tpdu(submit).hex().upper()


def _at_no_time() -> NetworkTime:
    return NetworkTime(0.0)
