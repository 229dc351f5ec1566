"""What a scenario's messages cost: their parts, at what packs say of the kind of their sender.

Whoever submits pays for what is accepted, whatever becomes of it. The prices of packs are typical:
orders of magnitude, no offers.
"""

from typing import Final

from carrierbox.config_packs import Pack, built_in_pack, countries_with_packs
from carrierbox.identifiers import Address
from carrierbox.scenarios.expectations import HOLDS
from carrierbox.scenarios.expectations_written import CostExpectation
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.run_state import Request, Run
from carrierbox.sender_kinds import kind_of_address
from carrierbox.smpp.pdus import DataSm, SubmitMulti, SubmitSm
from carrierbox.smsc.limits import cost_of
from carrierbox.smsc.messages import Message
from carrierbox.terminal import counted

DIGITS: Final = 6
"""After the point, so that 0.1 + 0.2 is 0.3."""


class Bill:
    """What some messages cost together, by currency, and how many parts they have."""

    def __init__(self) -> None:
        self.parts = 0
        self.without_price = ""
        """What has no price, "" if everything has one."""
        self._millionths: dict[str, int] = {}

    def add(self, currency: str, parts: int, per_part: float) -> None:
        """So many parts, each at this price."""
        self.parts += parts
        added = round(parts * per_part * 10**DIGITS)
        self._millionths[currency] = self._millionths.get(currency, 0) + added

    def amount(self, currency: str) -> float:
        """What it is in one currency."""
        return self._millionths.get(currency, 0) / 10**DIGITS

    def told(self) -> str:
        """`EUR 0.15 for 2 parts (typical)`."""
        amounts = [f"{each} {self.amount(each):g}" for each in sorted(self._millionths)]
        return f"{' and '.join(amounts) or 'nothing'} for {counted(self.parts, 'part')} (typical)"


def cost(run: Run, said: CostExpectation) -> str:
    """See `CostExpectation`."""
    bill = bill_of(run, _requests(run, said))
    if said.amount is not None and bill.without_price:
        raise NotHeldError(bill.without_price)
    if said.parts is not None and bill.parts != said.parts:
        return f"it is {bill.told()}"
    if said.amount is not None and round(said.amount, DIGITS) != bill.amount(said.currency or ""):
        return f"it is {bill.told()}"
    return HOLDS


def bill_of(run: Run, requests: list[Request]) -> Bill:
    """What these cost. NotHeldError for one that the carrier has forgotten."""
    bill = Bill()
    for request in requests:
        messages = run.messages_of(request)
        if request.message_id and not request.status and not messages:
            raise NotHeldError(f"message {request.message_id} is forgotten: ask before it is")
        for message in messages:
            _charge(run, bill, request, message)
    return bill


def _charge(run: Run, bill: Bill, request: Request, message: Message) -> None:
    kind = kind_of_address(_source_of(request, message))
    pack = _pack_of(run, message.country)
    price = None if pack is None else pack.price_of(kind.replace(" ", "_").replace("-", "_"))
    parts = parts_of(run, message)
    if pack is None or price is None:
        bill.parts += parts
        bill.without_price = (
            f"no pack of {message.country or 'this country'} has a price of a sender of the kind "
            f"{kind}: `carrierbox carriers list` names the packs, `carriers show` their prices"
        )
        return
    bill.add(pack.head.currency, parts, price.per_part)


def _source_of(request: Request, message: Message) -> Address:
    """The sender as it was submitted: what a carrier puts in its place is not paid for."""
    pdu = request.entry.pdu
    if isinstance(pdu, SubmitSm | DataSm | SubmitMulti) and pdu.source_addr:
        return Address(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)
    return message.source


def parts_of(run: Run, message: Message) -> int:
    """In how many parts a message goes to its phone."""
    account = run.world.box.centre.accounts.account(message.system_id)
    languages = () if account is None else account.settings.languages
    return cost_of(message.submit, True, message.coding, languages)


def _requests(run: Run, said: CostExpectation) -> list[Request]:
    if isinstance(said.cost, str):
        return run.named(said.cost)
    system_id = said.cost.account
    return [Request(entry) for entry in run.submits() if entry.system_id == system_id]


def _pack_of(run: Run, country: str) -> Pack | None:
    """The pack that the set-up names for a country, else the one that comes with carrierbox."""
    pack = run.world.setup.section.carriers.packs().pack_of(country)
    if pack is None and country in countries_with_packs():
        return built_in_pack(country)
    return pack
