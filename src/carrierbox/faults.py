"""Faults of one box, as they run: what each is about, and what it does there.

A fault is about PDUs of links or about procedures of the network. How it is written, and turned
into this, is `config_faults`; what it does to octets is `link_faults`, and to a text on its way to
a phone `simulator.faults`.
"""

from random import Random
from typing import Final

from carrierbox.ip_networks import IpNetworks
from carrierbox.matching import Match
from carrierbox.relay import Submission

FAULTS_MAX: Final = 1000

# What a fault does with the PDU that the client is sent: the answer to its request, or the
# deliver_sm itself.
NO_RESPONSE: Final = 1
RESPONSE_DELAY: Final = 2
RESPONSE_COPIES: Final = 3
RECEIPT_FIRST: Final = 4
EARLY_RESPONSE: Final = 5
FRAGMENTS: Final = 6
GARBAGE: Final = 7
TOO_SHORT: Final = 8
TOO_LONG: Final = 9
ZERO_LENGTH: Final = 10
HUGE_LENGTH: Final = 11
WRONG_SEQUENCE_NUMBER: Final = 12
UNKNOWN_COMMAND_ID: Final = 13
RESET_MID_PDU: Final = 14
UNBIND: Final = 15
CLOSE: Final = 16
# What a fault does as soon as the PDU is there.
COMMAND_STATUS: Final = 17
RESET_AT_ONCE: Final = 18
HALF_OPEN: Final = 19
SLOW_READ: Final = 20


# What a fault does to a procedure of the network, besides NO_RESPONSE, RESPONSE_DELAY and
# RESPONSE_COPIES.
CAUSE: Final = 22
NO_REQUEST: Final = 23
REQUEST_COPIES: Final = 24

CAUSE_BITS: Final = 8
"""The lowest bits of what CAUSE counts in are the MAP user error, the others its diagnostic."""

# Procedures of the network, as operations of a fault.
SEND_ROUTING_INFO_FOR_SM: Final = "send_routing_info_for_sm"
MT_FORWARD_SM: Final = "mt_forward_sm"
MO_FORWARD_SM: Final = "mo_forward_sm"
ALERT_SERVICE_CENTRE: Final = "alert_service_centre"
PROCEDURES: Final = frozenset(
    {SEND_ROUTING_INFO_FOR_SM, MT_FORWARD_SM, MO_FORWARD_SM, ALERT_SERVICE_CENTRE}
)


class Consequence:
    """What happens. `number` is what the kind counts in.

    That is seconds for RESPONSE_DELAY, answers for RESPONSE_COPIES, requests for REQUEST_COPIES,
    octets for FRAGMENTS and GARBAGE, octets in a second for SLOW_READ, the command_status itself,
    and for CAUSE the error and its diagnostic.
    """

    def __init__(self, kind: int, name: str, number: float = 0.0) -> None:
        self.kind = kind
        self.name = name
        self.number = number


class Fault:
    """Which PDUs are meant, and what happens.

    `operations` are names of commands. With `asks_message` the match is about the message in the
    PDU, else about the account alone. `peers` are the addresses of clients, None being all.
    `share_percent` of the PDUs that are meant are struck, drawn from `random`; the first `after`
    never are, and in all no more than `times`, 0 being no bound. `definition` is the fault as it
    was written.
    """

    def __init__(
        self,
        name: str,
        operations: frozenset[str],
        match: Match,
        asks_message: bool,
        outcome: Consequence,
        definition: object,
        random: Random,
    ) -> None:
        self.name = name
        self.operations = operations
        self.match = match
        self.asks_message = asks_message
        self.outcome = outcome
        self.definition = definition
        self.draws = random
        """Also what garbage is drawn from."""
        self.peers: IpNetworks | None = None
        self.share_percent: float = 100.0
        self.after: int = 0
        self.times: int = 0
        self.is_configured = False
        """Whether it stands in the configuration: a restart brings it back."""
        self.matched = 0
        """How many PDUs it struck."""
        self._passed = 0

    def may_mean(self, operation: str, host: str) -> bool:
        """Whether a PDU is of a kind, and from where, that this is about."""
        return operation in self.operations and (self.peers is None or self.peers.holds(host))

    def means(self, submission: Submission) -> bool:
        """Whether all conditions hold that a submission can tell."""
        if self.outcome.kind == RECEIPT_FIRST and submission.registered_delivery & 3 == 0:
            # No receipt would ever let its answer go.
            return False
        return self.match.holds(submission)

    def strikes(self) -> bool:
        """Whether a PDU that is meant is struck; it is counted."""
        if self.times and self.matched >= self.times:
            return False
        if self._passed < self.after:
            self._passed += 1
            return False
        if self.share_percent < 100.0 and self.draws.random() * 100.0 >= self.share_percent:
            return False
        self.matched += 1
        return True


class FaultBook:
    """The faults of one box: the first that strikes decides. They come and go while it runs."""

    def __init__(self, configured: list[Fault] | None = None) -> None:
        self.in_order: list[Fault] = []
        self.of_network: list[Fault] = []
        """Those of them that are about procedures of the network."""
        self.is_changed = False
        """Whether the links are to be told."""
        for fault in configured or []:
            fault.is_configured = True
        if configured:
            self._set(configured)

    def add(self, fault: Fault) -> None:
        """Add a fault behind the others that were added, before those of the configuration.

        Raises ValueError for a name that a fault has, and for one fault too many.
        """
        added = [each for each in self.in_order if not each.is_configured]
        configured = [each for each in self.in_order if each.is_configured]
        self.put([*added, fault, *configured])

    def put(self, faults: list[Fault]) -> None:
        """Put these in the place of all faults. Raises ValueError as `add` does."""
        if len(faults) > FAULTS_MAX:
            raise ValueError(f"there may be at most {FAULTS_MAX} faults: remove some")
        names: set[str] = set()
        for fault in faults:
            if fault.name in names:
                raise ValueError(f"there is a fault named {fault.name!r}: choose another name")
            names.add(fault.name)
        self._set(faults)

    def remove(self, name: str) -> bool:
        """Remove the fault of this name; False if there is none."""
        left = [fault for fault in self.in_order if fault.name != name]
        found = len(left) != len(self.in_order)
        if found:
            self._set(left)
        return found

    def _set(self, faults: list[Fault]) -> None:
        self.in_order = faults
        self.of_network = [fault for fault in faults if fault.operations & PROCEDURES]
        self.is_changed = True
