"""The tree of exceptions; a room's own ones are subclasses, defined beside what raises them.

    CarrierboxError
    ├── ConfigurationError      a setting is wrong; names the field and the remedy
    ├── StoreError              the journal cannot be opened, read or written
    │   └── StoreInUseError     another process holds it
    ├── CodecError              octets or text that a codec cannot turn into a value
    └── ProtocolError
        ├── LocalProtocolError  our own caller broke the rules of SMPP: a bug here
        └── RemoteProtocolError the peer broke them
            ├── PduError        the frame is sound, its content is not: answered, and on
            └── FramingError    command_length cannot be trusted: the stream is lost

What a peer, a user or the network does wrong inside the core is a value (a `command_status`, an
`RpError`), not an exception; these classes are for the edges and for codecs.
"""


class CarrierboxError(Exception):
    """The base of every exception carrierbox raises on purpose."""


class ConfigurationError(CarrierboxError):
    """A setting is wrong. `path` names the field, as in `accounts[2].password`."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


class StoreError(CarrierboxError):
    """The journal cannot be opened, read or written."""


class StoreInUseError(StoreError):
    """Another process holds the store. `holder_pid` is 0 when it could not be read."""

    def __init__(self, location: str, holder_pid: int) -> None:
        who = f"process {holder_pid}" if holder_pid else "another process"
        super().__init__(
            f"the store {location} is in use by {who}: stop it, or choose another file with --store"
        )
        self.location = location
        self.holder_pid = holder_pid


class CodecError(CarrierboxError):
    """Octets or text that cannot be decoded or encoded. `position` counts from 0; -1 if unknown."""

    def __init__(self, problem: str, position: int = -1) -> None:
        super().__init__(problem if position < 0 else f"{problem} (at position {position})")
        self.position = position


class ProtocolError(CarrierboxError):
    """Somebody broke the rules of SMPP."""


class LocalProtocolError(ProtocolError):
    """Our own caller asked a session for something SMPP does not allow: a bug on our side."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the rules of SMPP."""


class PduError(RemoteProtocolError):
    """A PDU whose frame is sound and whose content is not (SMPP 3.4 §5.1.3).

    It is answered with `command_status` and the session goes on.
    """

    def __init__(
        self, problem: str, command_status: int, command_id: int, sequence_number: int
    ) -> None:
        super().__init__(problem)
        self.command_status = command_status
        self.command_id = command_id
        self.sequence_number = sequence_number


class FramingError(RemoteProtocolError):
    """`command_length` cannot be trusted, so the stream is lost: generic_nack, then close.

    `sequence_number` is the one to answer with, 0 where no header could be read.
    """

    def __init__(self, problem: str, sequence_number: int = 0) -> None:
        super().__init__(problem)
        self.sequence_number = sequence_number
