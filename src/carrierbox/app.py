"""The composition root: settings in, wired boxes out. The only file that knows every room."""

from carrierbox.box import Box
from carrierbox.clock import NetworkClock
from carrierbox.config_rules import magic_numbers
from carrierbox.matching import RuleBook
from carrierbox.simulator.network import CarrierNetwork
from carrierbox.simulator.policy import Policies, RuledPolicies
from carrierbox.smsc.accounts import Accounts, AccountSettings
from carrierbox.smsc.centre import MessageCentre
from carrierbox.smsc.ports import NumberPlan, Store
from carrierbox.smsc.registry import KEEP_MESSAGES_DEFAULT, Registry
from carrierbox.smsc.settings import CentreSettings
from carrierbox.smsc.text_coding import CarrierCodings
from carrierbox.trace import Trace


class PhoneSettings:
    """A phone that is known before anything happens. `messages_max` None takes the default."""

    def __init__(self, msisdn: str, power: bool = True, messages_max: int | None = None) -> None:
        self.msisdn = msisdn
        self.power = power
        self.messages_max = messages_max


def make_box(
    name: str,
    store: Store,
    number_plan: NumberPlan,
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
) -> Box:
    """One carrier in a box, ready for `Box.recover`.

    It keeps as much history as the three `keep_` say, 0 being no bound of age and octets. Without
    `rules` of its own it has those of the magic numbers only.
    """
    book = RuleBook(built_in=magic_numbers()) if rules is None else rules
    network = CarrierNetwork()
    for phone in phones:
        network.declare_phone(phone.msisdn, phone.power, phone.messages_max)
    centre = MessageCentre(
        Accounts(accounts, carrier_codings),
        number_plan,
        RuledPolicies(book, policies or Policies()),
        Registry(keep_messages=keep_messages, keep_age_s=keep_age_s, keep_octets=keep_octets),
        settings or CentreSettings(),
    )
    return Box(name, centre, network, clock, store, Trace(), book)
