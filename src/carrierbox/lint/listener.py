"""Whoever is told what the two sides of SMPP sessions say: the linter, and who records."""

from carrierbox.lint.frames import Lost


class Listener:
    """Told of every link that it opened, of every PDU with its time (seconds since 1970) and its
    sender (`states.ESME` or `states.SMSC`), that it closed, and that nothing more comes of it.
    """

    def opened(
        self,
        link: int,
        time: float,
        client: str,
        carrier: str,
        *,
        is_whole: bool = True,
        is_in_clear: bool = False,
    ) -> None:
        """A client connected, or is first heard of if not `is_whole`.

        `is_in_clear` says that others can read what crosses the network.
        """
        raise NotImplementedError

    def frame(self, link: int, time: float, sender: int, frame: bytes) -> None:
        """A PDU whose command_length is right."""
        raise NotImplementedError

    def lost(self, link: int, time: float, sender: int, lost: Lost) -> None:
        """Octets that are no PDU, or that were not captured."""
        raise NotImplementedError

    def closed(self, link: int, time: float, sender: int) -> None:
        """A side closed the connection."""
        raise NotImplementedError

    def forget(self, link: int) -> None:
        """Nothing more comes of a link."""
        raise NotImplementedError
