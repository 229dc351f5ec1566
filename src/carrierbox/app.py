"""The composition root: settings in, wired boxes out. The only file that knows every room."""

from collections.abc import Sequence
from random import Random

from carrierbox.box import Box
from carrierbox.clock import NetworkClock
from carrierbox.config_responders import read_responder
from carrierbox.config_rules import magic_numbers
from carrierbox.faults import FaultBook
from carrierbox.matching import RuleBook
from carrierbox.simulator.battery import Battery
from carrierbox.simulator.cells import Cell, Position
from carrierbox.simulator.faults import NetworkFaults
from carrierbox.simulator.handset_memory import HandsetMemory
from carrierbox.simulator.network import CarrierNetwork
from carrierbox.simulator.policy import Policies, RuledPolicies
from carrierbox.simulator.portability import Plan, PortedNumbers
from carrierbox.simulator.responders import Responder, Responders
from carrierbox.simulator.towers import Towers
from carrierbox.simulator.whereabouts import Whereabouts
from carrierbox.smsc.accounts import Accounts, AccountSettings
from carrierbox.smsc.centre import MessageCentre
from carrierbox.smsc.ports import Store
from carrierbox.smsc.registry import KEEP_MESSAGES_DEFAULT, Registry
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.text_coding import CarrierCodings
from carrierbox.trace import Trace


class PhoneSettings:
    """A phone that is known before anything happens. `messages_max` None takes the default.

    Without a position it is covered everywhere, without a battery it has power for ever.
    """

    def __init__(
        self,
        msisdn: str,
        power: bool = True,
        messages_max: int | None = None,
        position: Position | None = None,
        battery: Battery | None = None,
        memory: HandsetMemory | None = None,
        responders: Sequence[Responder] = (),
    ) -> None:
        self.msisdn = msisdn
        self.power = power
        self.messages_max = messages_max
        self.position = position
        self.battery = battery
        self.memory = memory
        self.responders = responders


def make_box(
    name: str,
    store: Store,
    number_plan: Plan,
    accounts: list[AccountSettings],
    phones: list[PhoneSettings],
    clock: NetworkClock,
    policies: Policies | None = None,
    settings: CentreSettings | None = None,
    keep_messages: int = KEEP_MESSAGES_DEFAULT,
    rules: RuleBook | None = None,
    carrier_codings: CarrierCodings | None = None,
    keep_age_s: float = 0.0,
    keep_octets: int = 0,
    faults: FaultBook | None = None,
    cells: Sequence[Cell] = (),
    responders: Sequence[Responder] = (),
    latency_s: float = 0.0,
) -> Box:
    """One carrier in a box, ready for `Box.recover`.

    It keeps as much history as the three `keep_` say, 0 being no bound of age and octets. Without
    `rules` of its own it has those of the magic numbers only. Its network takes `latency_s` network
    seconds for each answer.
    """
    fault_book = FaultBook() if faults is None else faults
    book = RuleBook(built_in=magic_numbers()) if rules is None else rules
    trace = Trace()
    ported = PortedNumbers(number_plan)
    network = CarrierNetwork(
        latency_s,
        trace=trace,
        faults=NetworkFaults(fault_book, number_plan),
        ported=ported,
        responders=Responders(list(responders), read_responder),
        whereabouts=Whereabouts(Towers(cells, Random(f"radio of {name}"))),
    )
    for phone in phones:
        network.declare_phone(phone.msisdn, phone.power, phone.messages_max, phone.memory)
        if phone.responders:
            network.responders.declare(phone.msisdn, list(phone.responders))
        if phone.position is not None or phone.battery is not None:
            whereabouts = network.whereabouts
            whereabouts.declare(phone.msisdn, phone.position, phone.battery, clock.now())
    centre = MessageCentre(
        Accounts(accounts, carrier_codings),
        ported,
        RuledPolicies(book, policies or Policies(), network.visited_countries),
        Registry(keep_messages=keep_messages, keep_age_s=keep_age_s, keep_octets=keep_octets),
        settings or CentreSettings(),
    )
    return Box(name, centre, network, clock, store, trace, book, fault_book)
