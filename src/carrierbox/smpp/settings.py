"""The limits of a session: sizes, windows and times (SMPP 3.4 §7.2 leaves the values open)."""


class SessionSettings:
    """The limits of a session.

    `window` bounds our requests without an answer, `inbound_window` the peer's. Times are seconds;
    0 switches session_init, enquire_link or inactivity off. `inactivity_timeout_s` counts
    everything but enquire_link. `outbox_max_octets` bounds what a peer that does not read can
    pile up. `long_credentials` leaves it to the owner what lengths of system_id and password a bind
    may have.
    """

    def __init__(
        self,
        pdu_max_octets: int = 70_000,
        window: int = 100,
        inbound_window: int = 1000,
        session_init_timeout_s: float = 30.0,
        enquire_link_s: float = 60.0,
        inactivity_timeout_s: float = 0.0,
        response_timeout_s: float = 30.0,
        outbox_max_octets: int = 4 * 1024 * 1024,
        long_credentials: bool = False,
    ) -> None:
        self.pdu_max_octets = pdu_max_octets
        self.window = window
        self.inbound_window = inbound_window
        self.session_init_timeout_s = session_init_timeout_s
        self.enquire_link_s = enquire_link_s
        self.inactivity_timeout_s = inactivity_timeout_s
        self.response_timeout_s = response_timeout_s
        self.outbox_max_octets = outbox_max_octets
        self.long_credentials = long_credentials
