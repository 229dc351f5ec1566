"""What a scenario does to phones, and their users with them."""

from typing import Any

import msgspec

from carrierbox.config_network import read_position
from carrierbox.errors import CarrierboxError
from carrierbox.identifiers import Address, dialled_address, msisdn_or_none
from carrierbox.relay import NO_RESPONSE_CODE, REFERENCE_SEGMENT_BITS
from carrierbox.scenarios.conditions import judge_of
from carrierbox.scenarios.problems import NotHeldError, RefusedError
from carrierbox.scenarios.steps_checked import NOWHERE
from carrierbox.scenarios.steps_written import (
    Acknowledging,
    BatteryChange,
    Memory,
    PathTaken,
    PhoneStep,
)
from carrierbox.scenarios.world import World
from carrierbox.simulator.battery import Battery
from carrierbox.simulator.deletions import MARGIN_S
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.paths import Path
from carrierbox.simulator.phone_state import (
    PHONE,
    BatteryState,
    DeletedState,
    MemoryState,
    PathState,
    PhoneState,
    Subscription,
    check_subscription,
    read_state,
    write_state,
)
from carrierbox.simulator.phone_texts import Text

ALL = "all"


def perform_on_phone(world: World, step: PhoneStep) -> None:
    """Do what a step says, in the order of its fields.

    RefusedError tells why something cannot be done; where the step expects that, NotHeldError if
    nothing is refused, or for another reason.
    """
    try:
        _perform(world, step)
    except RefusedError as error:
        if not step.refused:
            raise
        if not isinstance(step.refused, bool) and not judge_of(step.refused)(error.problem):
            raise NotHeldError(f"it was refused, but so: {error.problem}") from None
        world.traffic.say(f"refused: {error.problem}")
        return
    if step.refused:
        raise NotHeldError("nothing of it was refused")


def _perform(world: World, step: PhoneStep) -> None:
    msisdn = digits_of(step.msisdn)
    if step.power is not None:
        on = step.power == "on"
        world.ask(lambda tell: world.box.centre.set_phone_power(msisdn, on, tell))
    _change_whereabouts(world, msisdn, step)
    if step.memory is not None:
        _change(world, msisdn, memory=_memory(step.memory, 0))
    if step.delete is not None:
        _delete(world, msisdn, step.delete)
    if step.fill is not None:
        _fill(world, msisdn, step.fill)
    if step.subscription is not None:
        _subscribe(world, msisdn, step.subscription)
    if step.responders is not None:
        _change(world, msisdn, responders=tuple(step.responders))
    if step.send is not None:
        destination = dialled_address(step.send.to)
        if destination is None:
            raise RefusedError(
                f"{step.send.to!r} cannot be dialled: a number with its +, or a code"
            )
        send_from_phone(world, msisdn, destination, step.send.text)
    if step.reply is not None:
        send_from_phone(world, msisdn, _sender_to_answer(world, msisdn), step.reply)
    if step.acknowledge is not None:
        _acknowledge(world, msisdn, step.acknowledge)


def _change_whereabouts(world: World, msisdn: str, step: PhoneStep) -> None:
    if step.battery is not None:
        _charge(world, msisdn, step.battery)
    if step.position is not None:
        _place(world, msisdn, step.position)
    if step.path is not None:
        _move(world, msisdn, step.path)


def send_from_phone(world: World, msisdn: str, destination: Address, text: str) -> None:
    """Let a phone send a text, and settle. RefusedError if the network does not take it."""
    try:
        parts = world.box.network.mobile_originated(msisdn, destination, text, now=world.now)
    except CarrierboxError as error:
        raise RefusedError(str(error)) from None
    for part in parts:
        world.ask(lambda tell, part=part: world.box.centre.submit_from_phone(part, tell))  # type: ignore[misc]


def digits_of(number: str) -> str:
    """The digits of a phone's number. NotHeldError if it is none."""
    msisdn = msisdn_or_none(number)
    if msisdn is None:
        raise NotHeldError(f"{number!r} is no phone number: write it as +33612345678")
    return msisdn


def texts_on(handset: Handset) -> list[Text]:
    """Everything a phone shows, the oldest first."""
    flash = handset.flash
    return list(handset.inbox) if flash is None else [*handset.inbox, flash]


def _sender_to_answer(world: World, msisdn: str) -> Address:
    for text in reversed(texts_on(world.box.network.contact(msisdn))):
        destination = dialled_address(text.sender)
        if destination is not None:
            return destination
    raise RefusedError(f"there is no text on the phone +{msisdn} that can be answered")


def _change(world: World, msisdn: str, **fields: Any) -> None:
    name = PHONE + msisdn
    centre = world.box.centre
    state: PhoneState = read_state(centre.settings.get(name, b""))
    value = write_state(msgspec.structs.replace(state, **fields))
    world.ask(lambda tell: centre.set_setting(name, value, tell))


def _state(world: World, msisdn: str) -> PhoneState:
    return read_state(world.box.centre.settings.get(PHONE + msisdn, b""))


def _memory(said: Memory, dummies: int) -> MemoryState:
    return MemoryState(
        phone=said.phone, sim=said.sim, refuses=said.when_full == "refuse", dummies=dummies
    )


def _fill(world: World, msisdn: str, wanted: str | int) -> None:
    handset = world.box.network.contact(msisdn)
    memory, usage = handset.memory, handset.usage
    if memory is None or usage is None:
        raise RefusedError(f"+{msisdn} is never full: give the phone a memory first")
    room = usage.free + memory.dummies
    dummies = room if isinstance(wanted, str) else wanted
    if dummies > room:
        raise RefusedError(f"there is room for {room} on the phone +{msisdn}")
    filled = MemoryState(
        phone=memory.phone, sim=memory.sim, refuses=memory.refuses, dummies=dummies
    )
    _change(world, msisdn, memory=filled)


def _delete(world: World, msisdn: str, wanted: str | int) -> None:
    handset = world.box.network.contact(msisdn)
    old = _state(world, msisdn)
    deleted = old.deleted or DeletedState()
    if isinstance(wanted, int):
        found = handset.text_numbered(wanted)
        if found is None:
            raise RefusedError(f"there is no text {wanted} on the phone +{msisdn}")
        gone, before = [found], deleted.before
    else:
        before = max(deleted.before, world.now - MARGIN_S)
        # What came at the margin may be told as later after a restart: it is named, too.
        gone = [text for text in texts_on(handset) if text.received_at >= before - MARGIN_S]
    named = dict.fromkeys(deleted.messages)
    named.update(dict.fromkeys(text.reference >> REFERENCE_SEGMENT_BITS for text in gone))
    fields: dict[str, Any] = {"deleted": DeletedState(before=before, messages=tuple(named))}
    if wanted == ALL and old.memory is not None:
        fields["memory"] = msgspec.structs.replace(old.memory, dummies=0)
    _change(world, msisdn, **fields)


def _charge(world: World, msisdn: str, wanted: BatteryChange | str) -> None:
    batteries = world.box.network.whereabouts.batteries
    if not isinstance(wanted, BatteryChange):
        _change(world, msisdn, battery=None)
        return
    if not batteries.has_room_for(msisdn):
        raise RefusedError("too many phones have a battery: take one away from another")
    now = world.now
    old = batteries.battery_of(msisdn) or Battery(100.0, now)

    def said(value: Any, before: Any) -> Any:
        return before if value is None else value

    battery = BatteryState(
        percent=said(wanted.percent, old.percent_at(now)),
        at=now,
        standby_hours=said(wanted.standby_hours, old.standby_hours),
        per_text_percent=said(wanted.per_text_percent, old.per_text_percent),
        charging=said(wanted.charging, old.charging),
    )
    _change(world, msisdn, battery=battery)


def _place(world: World, msisdn: str, wanted: str) -> None:
    if wanted == NOWHERE:
        _change(world, msisdn, position=None, path=None)
        return
    position = read_position(wanted)
    _check_room(world, msisdn)
    _change(world, msisdn, position=(position.latitude, position.longitude), path=None)


def _move(world: World, msisdn: str, wanted: PathTaken) -> None:
    _check_room(world, msisdn)
    points = [read_position(each) for each in wanted.points]
    here = world.box.network.whereabouts.towers.position_of(msisdn, world.now)
    if len(points) == 1 and here is not None:
        points.insert(0, here)
    try:
        Path(points, wanted.speed_km_h)
    except ValueError as error:
        raise RefusedError(f"{error}; one alone goes on from where a phone was put") from None
    path = PathState(
        points=tuple((each.latitude, each.longitude) for each in points),
        speed_km_h=wanted.speed_km_h,
        started_at=world.now,
    )
    _change(world, msisdn, position=None, path=path)


def _check_room(world: World, msisdn: str) -> None:
    if not world.box.network.whereabouts.towers.has_room_for(msisdn):
        raise RefusedError("too many phones have a position: take one away from another")


def _subscribe(world: World, msisdn: str, changes: dict[str, Any]) -> None:
    old = _state(world, msisdn).subscription or Subscription()
    new = msgspec.structs.replace(old, **changes)
    problem = check_subscription(new)
    if problem:
        raise NotHeldError(f"subscription.{problem}")
    _change(world, msisdn, subscription=None if new == Subscription() else new)


def _acknowledge(world: World, msisdn: str, wanted: Acknowledging) -> None:
    """Let the user of a phone acknowledge a text."""
    code = NO_RESPONSE_CODE if wanted.user_response_code is None else wanted.user_response_code
    network, centre = world.box.network, world.box.centre
    try:
        text, elements = network.user_acknowledgement(msisdn, wanted.number or 0, code)
    except CarrierboxError as error:
        raise RefusedError(str(error)) from None
    for element in elements:
        world.ask(lambda tell, element=element: centre.acknowledge(element, tell))  # type: ignore[misc]
    # The phone may have been put away and taken out again since.
    shown = network.contact(msisdn).text_numbered(text.number)
    if shown is not None:
        shown.is_acknowledged = True
