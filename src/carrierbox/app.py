"""The composition root: settings in, wired boxes out. The only file that knows every room."""

from collections.abc import Sequence
from random import Random

from carrierbox.box import Box
from carrierbox.clock import NetworkClock, NetworkTime
from carrierbox.config import BoxSection
from carrierbox.config_faults import fault_book
from carrierbox.config_match import Supplies
from carrierbox.config_responders import compile_responder, read_responder
from carrierbox.config_rules import magic_numbers, rule_book
from carrierbox.config_senders import registers_of
from carrierbox.faults import FaultBook
from carrierbox.matching import RuleBook
from carrierbox.simulator.battery import Battery
from carrierbox.simulator.cells import Cell, Position
from carrierbox.simulator.faults import NetworkFaults
from carrierbox.simulator.handset_memory import HandsetMemory
from carrierbox.simulator.network import CarrierNetwork
from carrierbox.simulator.policy.registers import Registers
from carrierbox.simulator.policy.screening import Policies, Policy, RuledPolicies
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
    policies: Policy | None = None,
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
    registers: Registers | None = None,
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
    register = Registers() if registers is None else registers
    register.begin(ported, clock.now())
    network = CarrierNetwork(
        latency_s,
        trace=trace,
        faults=NetworkFaults(fault_book, number_plan),
        ported=ported,
        responders=Responders(list(responders), read_responder),
        whereabouts=Whereabouts(Towers(cells, Random(f"radio of {name}"))),
        registers=register,
    )
    _declare_phones(network, phones, clock.now())
    screening = RuledPolicies(book, policies or Policies(), network.visited_countries, register)
    centre = MessageCentre(
        Accounts(accounts, carrier_codings),
        ported,
        screening,
        Registry(keep_messages=keep_messages, keep_age_s=keep_age_s, keep_octets=keep_octets),
        settings or CentreSettings(),
    )
    box = Box(name, centre, network, clock, store, trace, book, fault_book)
    box.policies = screening
    return box


def _declare_phones(
    network: CarrierNetwork, phones: Sequence[PhoneSettings], now: NetworkTime
) -> None:
    for phone in phones:
        network.declare_phone(phone.msisdn, phone.power, phone.messages_max, phone.memory)
        if phone.responders:
            network.responders.declare(phone.msisdn, list(phone.responders))
        if phone.position is not None or phone.battery is not None:
            network.whereabouts.declare(phone.msisdn, phone.position, phone.battery, now)


def make_configured_box(
    name: str, section: BoxSection, store: Store, number_plan: Plan, clock: NetworkClock
) -> Box:
    """One carrier in a box as a configuration describes it, ready for `Box.recover`."""
    registers = registers_of(section.senders, section.consent, section.keyword_matching)
    packs = section.carriers.packs()
    return make_box(
        name,
        store,
        packs.number_plan(number_plan),
        section.account_settings(),
        [
            PhoneSettings(
                one.msisdn,
                one.power,
                one.messages_max,
                one.position,
                one.battery,
                one.memory,
                [compile_responder(each) for each in one.responders],
            )
            for one in section.phones
        ],
        clock,
        None if packs.is_open else packs.policies(registers),
        settings=section.centre_settings(None if packs.is_open else packs.err_words),
        keep_messages=section.store.keep.messages,
        keep_age_s=section.store.keep.age,
        keep_octets=section.store.keep.size,
        carrier_codings=section.carrier_codings(),
        rules=rule_book(section.rules, Supplies(registers)),
        faults=fault_book(section.faults),
        cells=[tower.cell() for tower in section.towers],
        responders=[compile_responder(each) for each in section.responders],
        registers=registers,
    )
