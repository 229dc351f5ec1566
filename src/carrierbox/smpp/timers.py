"""The timers of a session (SMPP 3.4 §7.2) as deadlines computed from what happened last.

A PDU stores one or two moments; nothing is scheduled for it. Deadlines are worked out when somebody
asks. The response timer of ordinary requests is the window's.
"""


class SessionTimers:
    """Moments in seconds of the session's clock. A period of 0 switches a timer off."""

    def __init__(
        self,
        now: float,
        session_init_timeout_s: float,
        enquire_link_s: float,
        inactivity_timeout_s: float,
        response_timeout_s: float,
    ) -> None:
        self.session_init_timeout_s = session_init_timeout_s
        self.enquire_link_s = enquire_link_s
        self.inactivity_timeout_s = inactivity_timeout_s
        self.response_timeout_s = response_timeout_s
        self.opened: float = now
        self.heard: float = now
        """When the peer last sent a PDU of any kind."""
        self.active: float = now
        """When a PDU other than enquire_link and its answer last went either way."""
        self.enquired: float = 0.0
        """When our enquire_link left; counts while `enquiring`."""
        self.enquiring: bool = False
        """Whether our enquire_link is unanswered. Any PDU heard since answers it (§7.2)."""

    def session_init_deadline(self) -> float | None:
        """When a session without a bind is dropped."""
        if self.session_init_timeout_s <= 0:
            return None
        return self.opened + self.session_init_timeout_s

    def enquire_link_deadline(self) -> float | None:
        """When to send enquire_link: the peer was silent that long and none is unanswered."""
        if self.enquire_link_s <= 0 or self.enquiring:
            return None
        return self.heard + self.enquire_link_s

    def enquire_link_resp_deadline(self) -> float | None:
        """When to give up on a peer that leaves our enquire_link without an answer."""
        if not self.enquiring:
            return None
        return self.enquired + self.response_timeout_s

    def inactivity_deadline(self) -> float | None:
        """When a bound session that only exchanges enquire_link is dropped."""
        if self.inactivity_timeout_s <= 0:
            return None
        return self.active + self.inactivity_timeout_s

    def enquire(self, now: float) -> None:
        """Our enquire_link leaves."""
        self.enquired = now
        self.enquiring = True


def earlier(one: float | None, other: float | None) -> float | None:
    """The earlier of two deadlines, None being never."""
    if one is None:
        return other
    if other is None or one < other:
        return one
    return other


def is_due(deadline: float | None, now: float) -> bool:
    """Whether there is a deadline, and its time has come."""
    return deadline is not None and deadline <= now
