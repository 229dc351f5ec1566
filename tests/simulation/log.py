"""What a simulation leaves behind for its checker: wire, phones, commits, kills.

Times are network seconds. Nothing in it comes from inside the message centre.
"""

from typing import Final, TypeAlias

from carrierbox.clock import NetworkClock
from carrierbox.smpp.pdus import Pdu
from carrierbox.smpp.wire import decode_pdu

SETTLED: Final = "settled"
KILLED: Final = "killed"
STOPPED: Final = "stopped"
RETURNED: Final = "returned"
TRIED: Final = "tried"


class Began:
    """A process began on what the store held; `life` counts them."""

    def __init__(self, life: int) -> None:
        self.life = life


class Ended:
    """It was killed at any point, or stopped in order."""

    def __init__(self, how: str) -> None:
        self.how = how


class Calm:
    """Nothing has gone wrong for long: every request that still can be is answered by now."""


class Asked:
    """A client sent a request."""

    def __init__(self, life: int, link: int, system_id: str, octets: bytes, link_at: float) -> None:
        self.key = (life, link, int.from_bytes(octets[12:16], "big"))
        self.system_id = system_id
        self.pdu: Pdu = decode_pdu(octets)
        self.link_at = link_at


class Told:
    """The centre answered a request, or sent something that has no answer."""

    def __init__(self, life: int, link: int, octets: bytes) -> None:
        self.key = (life, link, int.from_bytes(octets[12:16], "big"))
        self.octets = octets
        self.pdu: Pdu = decode_pdu(octets)


class Delivered:
    """The centre sent a deliver_sm or a data_sm; its number is unique in the run."""

    def __init__(self, number: int, life: int, link: int, system_id: str, octets: bytes) -> None:
        self.number = number
        self.link = (life, link)
        self.system_id = system_id
        self.content = octets[:12] + octets[16:]
        """Without the sequence_number."""
        self.pdu: Pdu = decode_pdu(octets)


class Answered:
    """A client answered a deliver_sm in time; None: its timer ran out, or the link is gone."""

    def __init__(self, number: int, command_status: int | None) -> None:
        self.number = number
        self.command_status = command_status


class LinkLost:
    """A link is gone, and with it the answers to what was asked on it."""

    def __init__(self, life: int, link: int) -> None:
        self.link = (life, link)


class Bound:
    """The centre took a bind: the link takes deliver_sm if it `receives`."""

    def __init__(self, life: int, link: int, system_id: str, receives: bool) -> None:
        self.link = (life, link)
        self.system_id = system_id
        self.receives = receives


class Alerted:
    """The centre told a client that a phone is back."""

    def __init__(self, system_id: str, esme_addr: str, msisdn: str) -> None:
        self.system_id = system_id
        self.esme_addr = esme_addr
        self.msisdn = msisdn


class UserAcknowledged:
    """The user of a phone acknowledged a text; `problem` as that of `Sent`."""

    def __init__(self, msisdn: str, text: str) -> None:
        self.msisdn = msisdn
        self.text = text
        self.problem: str | None = None


class Submitted:
    """The store was handed a batch."""

    def __init__(self, number: int) -> None:
        self.number = number


class Written:
    """A batch is durable."""

    def __init__(self, number: int) -> None:
        self.number = number


class Refused:
    """A batch was not written; 0: rows could not be read."""

    def __init__(self, number: int) -> None:
        self.number = number


class Sent:
    """A phone sent a text; `problem` is filled in when its network heard: "" if it was taken."""

    def __init__(self, msisdn: str, to: str, text: str) -> None:
        self.msisdn = msisdn
        self.to = to
        self.text = text
        self.problem: str | None = None


class Worded:
    """A phone sent a keyword that the carrier acts upon; `problem` as above."""

    def __init__(self, msisdn: str, word: str) -> None:
        self.msisdn = msisdn
        self.word = word
        self.problem: str | None = None


class Switched:
    """A user switched a phone; `problem` as above."""

    def __init__(self, msisdn: str, power: bool) -> None:
        self.msisdn = msisdn
        self.power = power
        self.problem: str | None = None


class Shown:
    """One text on a screen, and who it says sent it."""

    def __init__(self, text: str, source: str, received_at: float) -> None:
        self.text = text
        self.source = source
        self.received_at = received_at


class Screen:
    """What a phone shows, oldest first. `duplicates` counts parts that it knew already.

    `why` is "began" for what a new process put there, "returned" once a phone that came back had
    all the time it needs, "tried" some seconds after the commit of a failed attempt failed, "ended"
    at the end of a process, "settled" at the end of all.
    """

    def __init__(
        self, why: str, msisdn: str, power: bool, texts: list[Shown], duplicates: int
    ) -> None:
        self.why = why
        self.msisdn = msisdn
        self.power = power
        self.texts = texts
        self.duplicates = duplicates


Event: TypeAlias = (
    Began
    | Ended
    | Calm
    | Asked
    | Told
    | Delivered
    | Answered
    | LinkLost
    | Bound
    | Alerted
    | UserAcknowledged
    | Submitted
    | Written
    | Refused
    | Sent
    | Worded
    | Switched
    | Screen
)


class Log:
    """Everything, in the order in which it happened."""

    def __init__(self) -> None:
        self.events: list[tuple[float, Event]] = []
        self.clock = NetworkClock(start=0.0, running=False)
        """That of the process that runs."""

    def add(self, event: Event) -> None:
        """Note what happened at the present time."""
        self.events.append((self.clock.now(), event))
