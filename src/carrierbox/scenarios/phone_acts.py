"""What a scenario does to phones, and their users with them."""

from typing import Any

import msgspec

from carrierbox.config_network import read_position
from carrierbox.config_responders import read_responders
from carrierbox.config_values import Problems
from carrierbox.errors import CarrierboxError
from carrierbox.identifiers import Address, dialled_address, msisdn_or_none
from carrierbox.relay import REFERENCE_SEGMENT_BITS
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.steps_written import Memory, PhoneStep
from carrierbox.scenarios.world import World
from carrierbox.simulator.deletions import MARGIN_S
from carrierbox.simulator.handset import Handset
from carrierbox.simulator.phone_state import (
    PHONE,
    DeletedState,
    MemoryState,
    PhoneState,
    Subscription,
    check_subscription,
    read_state,
    write_state,
)
from carrierbox.simulator.phone_texts import Text

ALL = "all"
NOWHERE = "none"


def perform_on_phone(world: World, step: PhoneStep) -> None:
    """Do what a step says, in the order of its fields. NotHeldError tells why something cannot."""
    msisdn = digits_of(step.msisdn)
    if step.power is not None:
        on = step.power == "on"
        world.ask(lambda tell: world.box.centre.set_phone_power(msisdn, on, tell))
    if step.memory is not None:
        _change(world, msisdn, memory=_memory(step.memory, 0))
    if step.delete is not None:
        _delete(world, msisdn, step.delete)
    if step.fill is not None:
        _fill(world, msisdn, step.fill)
    if step.position is not None:
        _place(world, msisdn, step.position)
    if step.subscription is not None:
        _subscribe(world, msisdn, step.subscription)
    if step.responders is not None:
        _set_responders(world, msisdn, step.responders)
    if step.send is not None:
        destination = dialled_address(step.send.to)
        if destination is None:
            raise NotHeldError(
                f"{step.send.to!r} cannot be dialled: a number with its +, or a code"
            )
        send_from_phone(world, msisdn, destination, step.send.text)
    if step.reply is not None:
        send_from_phone(world, msisdn, _sender_to_answer(world, msisdn), step.reply)


def send_from_phone(world: World, msisdn: str, destination: Address, text: str) -> None:
    """Let a phone send a text, and settle."""
    try:
        parts = world.box.network.mobile_originated(msisdn, destination, text, now=world.now)
    except CarrierboxError as error:
        raise NotHeldError(str(error)) from None
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
    raise NotHeldError(f"there is no text on the phone +{msisdn} that can be answered")


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
        raise NotHeldError(f"+{msisdn} is never full: give the phone a memory first")
    room = usage.free + memory.dummies
    dummies = room if isinstance(wanted, str) else wanted
    if dummies > room:
        raise NotHeldError(f"there is room for {room} on the phone +{msisdn}")
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
            raise NotHeldError(f"there is no text {wanted} on the phone +{msisdn}")
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


def _place(world: World, msisdn: str, wanted: str) -> None:
    if wanted == NOWHERE:
        _change(world, msisdn, position=None, path=None)
        return
    try:
        position = read_position(wanted)
    except ValueError as error:
        raise NotHeldError(str(error)) from None
    _change(world, msisdn, position=(position.latitude, position.longitude), path=None)


def _subscribe(world: World, msisdn: str, changes: dict[str, Any]) -> None:
    old = _state(world, msisdn).subscription or Subscription()
    known = Subscription.__struct_fields__
    for name in changes:
        if name not in known:
            raise NotHeldError(f"subscription.{name}: unknown key; known: {', '.join(known)}")
    new = msgspec.structs.replace(old, **changes)
    problem = check_subscription(new)
    if problem:
        raise NotHeldError(f"subscription.{problem}")
    _change(world, msisdn, subscription=None if new == Subscription() else new)


def _set_responders(world: World, msisdn: str, written: list[dict[str, Any]]) -> None:
    try:
        read_responders(written)
    except Problems as problems:
        told = "; ".join(f"responders{path}: {text}" for path, text in problems.found)
        raise NotHeldError(told) from None
    except ValueError as error:
        raise NotHeldError(f"responders: {error}") from None
    _change(world, msisdn, responders=tuple(written))
