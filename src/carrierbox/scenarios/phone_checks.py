"""Whether phones are as expected: what they show, where they are, what they acknowledged."""

from carrierbox.relay import TEXT
from carrierbox.scenarios.conditions import Text as Wanted
from carrierbox.scenarios.conditions import judge_of
from carrierbox.scenarios.expectations import HOLDS, listed
from carrierbox.scenarios.expectations_written import (
    AcknowledgementExpectation,
    BatteryExpected,
    PhoneExpectation,
)
from carrierbox.scenarios.phone_acts import digits_of, texts_on
from carrierbox.scenarios.run_state import Request, Run
from carrierbox.scenarios.traffic import Acknowledgement
from carrierbox.simulator.phone_texts import Text
from carrierbox.terminal import counted

EVERYWHERE = "everywhere"
NOWHERE = "none"


def phone(run: Run, said: PhoneExpectation) -> str:
    """What a phone shows."""
    handset = run.world.box.network.contact(digits_of(said.phone))
    if said.power is not None and handset.power != (said.power == "on"):
        return f"it is switched {'on' if handset.power else 'off'}"
    told = _whereabouts(run, said)
    if told:
        return told
    texts = [text for text in texts_on(handset) if text.kind == TEXT]
    if said.texts is not None:
        shown = [text.text for text in texts]
        fits = len(shown) == len(said.texts) and all(
            judge_of(wanted)(text) for wanted, text in zip(said.texts, shown, strict=True)
        )
        if not fits:
            return f"it shows {listed(shown)}"
    asks = (said.shows, said.sender, said.parts, said.count)
    if all(each is None for each in asks) and not said.none:
        return HOLDS
    like = [text for text in texts if _is_like(text, said)]
    wanted = 0 if said.none else said.count
    if wanted is not None:
        return HOLDS if len(like) == wanted else f"{counted(len(like), 'text')}: {_shown(texts)}"
    return HOLDS if like else f"it shows {_shown(texts)}"


def _is_like(text: Text, said: PhoneExpectation) -> bool:
    if said.shows is not None and not judge_of(said.shows)(text.text):
        return False
    if said.sender is not None and not judge_of(said.sender)(text.sender):
        return False
    return said.parts is None or text.parts == said.parts


def _shown(texts: list[Text]) -> str:
    return listed([f"{text.text} (from {text.sender})" for text in texts])


def _whereabouts(run: Run, said: PhoneExpectation) -> str:
    msisdn = digits_of(said.phone)
    if said.cell is not None:
        told = _cell(run, msisdn, said.cell)
        if told:
            return told
    return HOLDS if said.battery is None else _battery(run, msisdn, said.battery)


def _cell(run: Run, msisdn: str, wanted: Wanted) -> str:
    towers = run.world.box.network.whereabouts.towers
    cell = towers.cell_of(msisdn)
    name = EVERYWHERE if towers.is_empty else NOWHERE if cell is None else cell.id
    return HOLDS if judge_of(wanted)(name) else f"its cell is {name}"


def _battery(run: Run, msisdn: str, wanted: BatteryExpected | str) -> str:
    battery = run.world.box.network.whereabouts.batteries.battery_of(msisdn)
    if battery is None or not isinstance(wanted, BatteryExpected):
        is_as_wanted = battery is None and not isinstance(wanted, BatteryExpected)
        return HOLDS if is_as_wanted else f"it has {'no' if battery is None else 'a'} battery"
    percent = round(battery.percent_at(run.world.now))
    for name, asked, found in (
        ("percent", wanted.percent, percent),
        ("charging", wanted.charging, battery.charging),
        ("empty", wanted.empty, battery.is_empty),
    ):
        if asked is not None and asked != found:
            return f"its battery has {name} {str(found).lower()}"
    return HOLDS


# Acknowledgements.


def acknowledgement(run: Run, said: AcknowledgementExpectation) -> str:
    """What phones and their users acknowledged of a message, or of each of a batch."""
    requests = run.named(said.acknowledgement)
    for number, request in enumerate(requests, 1):
        told = _acknowledged(run.acknowledgements_of(request), request, said)
        if told:
            return f"number {number}: {told}" if len(requests) > 1 else told
    return HOLDS


def _acknowledged(
    found: list[Acknowledgement], request: Request, said: AcknowledgementExpectation
) -> str:
    like = [
        each
        for each in found
        if said.by in (None, each.by) and said.user_response_code in (None, each.user_response_code)
    ]
    wanted = 0 if said.none else said.count
    if wanted is not None and len(like) != wanted:
        return f"{counted(len(like), 'acknowledgement')} like this, not {wanted}"
    if like or wanted is not None:
        return HOLDS
    if not found:
        asks = getattr(request.entry.pdu, "registered_delivery", 0)
        remedy = "" if asks & 0x0C else ": it asked for none, which registered_delivery: 0x0C does"
        return f"no acknowledgement of it has come{remedy}"
    return listed([each.told() for each in found])
