"""The home location register: which numbers have a phone, and whose return is waited for.

The network is open: a number becomes a subscriber when it is first contacted. What strangers of
that kind take up is bounded, because a load test may contact any number of them.
"""

from collections import deque
from typing import Final

from carrierbox.identifiers import MSISDN_DIGITS_MAX
from carrierbox.simulator.handset import MESSAGES_MAX, Handset, checked_messages_max

MCC_MNC: Final = "99970"
"""Mobile country code 999 is for use inside a network (ITU-T E.212 Annex A)."""

SERVICE_CENTRE: Final = "999700000001"
"""The number of the message centre, where none is given."""

STRANGERS_MAX: Final = 1_000_000

_MSIN_DIGITS: Final = 10


class Subscriber:
    """One number of the network and its phone; also the answer to sendRoutingInfoForSM.

    `service_centre` is the message waiting data (TS 23.040 §3.2.6, §3.2.7): the number of the
    centre to alert when the phone returns; "" means that the flag MNRF is not set. A subscriber
    that is `declared`, that somebody waits for or whose phone is off is never forgotten.
    """

    def __init__(self, handset: Handset, declared: bool) -> None:
        self.handset = handset
        self.declared = declared
        self.service_centre: str = ""
        self.alert_not_before: float = 0.0
        """When the centre hears that the phone is absent: an alert before that would be lost."""

    @property
    def msisdn(self) -> str:
        """The digits of the subscriber's number."""
        return self.handset.msisdn

    @property
    def imsi(self) -> str:
        """Fifteen digits made of the last ten of the MSISDN: stable, and no key of anything."""
        return MCC_MNC + self.handset.msisdn[-_MSIN_DIGITS:].rjust(_MSIN_DIGITS, "0")

    @property
    def message_waiting(self) -> bool:
        """Whether the mobile station not reachable flag (MNRF) is set."""
        return self.service_centre != ""


class Hlr:
    """Every subscriber of the network by MSISDN, in the order of their first contact.

    Of those nobody declared the newest `strangers_max` are kept. `messages_max` is the size of a
    new phone's inbox. ValueError for a limit that is out of range.
    """

    def __init__(
        self,
        messages_max: int = MESSAGES_MAX,
        strangers_max: int = STRANGERS_MAX,
        service_centre: str = SERVICE_CENTRE,
    ) -> None:
        if strangers_max < 1:
            raise ValueError(f"strangers_max must be at least 1, not {strangers_max}")
        self.messages_max = checked_messages_max(messages_max)
        self.strangers_max = strangers_max
        self.service_centre = service_centre
        self._subscribers: dict[str, Subscriber] = {}
        # In the order of first contact. Who was declared since is found out on leaving it.
        self._strangers: deque[str] = deque()

    def __len__(self) -> int:
        return len(self._subscribers)

    def find(self, msisdn: str) -> Subscriber | None:
        """The subscriber, if the number has one."""
        return self._subscribers.get(msisdn)

    def subscriber(self, msisdn: str) -> Subscriber:
        """The subscriber, created on first contact. ValueError if `msisdn` is no number."""
        subscriber = self._subscribers.get(msisdn)
        if subscriber is None:
            subscriber = self._create(msisdn, False)
            self._strangers.append(msisdn)
            if len(self._strangers) > self.strangers_max:
                self._forget_oldest_stranger()
        return subscriber

    def routing_info(self, msisdn: str) -> Subscriber | None:
        """Answer sendRoutingInfoForSM (TS 29.002 §12.1): None for what can be nobody's number."""
        subscriber = self._subscribers.get(msisdn)
        if subscriber is None and is_msisdn(msisdn):
            return self.subscriber(msisdn)
        return subscriber

    def declare(self, msisdn: str) -> Subscriber:
        """The subscriber, created if need be, and never forgotten from now on.

        ValueError if `msisdn` is no number.
        """
        subscriber = self._subscribers.get(msisdn)
        if subscriber is None:
            return self._create(msisdn, True)
        subscriber.declared = True
        return subscriber

    def all(self) -> list[Subscriber]:
        """Every subscriber, in the order of their first contact."""
        return list(self._subscribers.values())

    def await_return(self, subscriber: Subscriber) -> None:
        """Set the message waiting flag: the phone was absent when the centre had a message."""
        subscriber.service_centre = self.service_centre

    def end_waiting(self, subscriber: Subscriber) -> bool:
        """Clear the message waiting flag; whether it was set."""
        if subscriber.service_centre == "":
            return False
        subscriber.service_centre = ""
        return True

    def _create(self, msisdn: str, declared: bool) -> Subscriber:
        if not is_msisdn(msisdn):
            raise ValueError(
                f"a phone's number is 1 to {MSISDN_DIGITS_MAX} digits without a plus sign,"
                f" not {msisdn!r}"
            )
        subscriber = Subscriber(Handset(msisdn, self.messages_max), declared)
        self._subscribers[msisdn] = subscriber
        return subscriber

    def _forget_oldest_stranger(self) -> None:
        msisdn = self._strangers.popleft()
        subscriber = self._subscribers[msisdn]
        if subscriber.declared:
            return
        if subscriber.service_centre != "" or not subscriber.handset.power:
            subscriber.declared = True
            return
        del self._subscribers[msisdn]


def is_msisdn(text: str) -> bool:
    """Whether `text` is the digits of a number (E.164 §6.1), without its plus sign."""
    return 1 <= len(text) <= MSISDN_DIGITS_MAX and text.isascii() and text.isdigit()
