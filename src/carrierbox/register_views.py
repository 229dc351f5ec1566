"""Senders and consents as they are shown, and what is kept of a change to them.

The structs are the public JSON of both, as `shapes` has it of everything else.
"""

from typing import Annotated, Final, get_args

import msgspec
from msgspec import Meta, Struct

from carrierbox.box import Box
from carrierbox.config_senders import (
    ConsentDefinition,
    ConsentSource,
    ConsentState,
    Duration,
    SenderRequest,
    seconds_of,
    state_of_request,
)
from carrierbox.simulator.policy.consent import (
    ConsentRecord,
    sender_key,
)
from carrierbox.simulator.policy.registrations import Sender, SuspendedAccount
from carrierbox.simulator.sender_state import (
    ACCOUNT,
    AccountState,
    Registration,
    SenderBase,
    SenderState,
    sender_name,
    with_until,
    written,
)
from carrierbox.views import rfc3339

RECORDS_MAX: Final = 1000

_STATE_NAMES: Final[tuple[ConsentState, ...]] = get_args(ConsentState)
_SOURCE_NAMES: Final[tuple[ConsentSource, ...]] = get_args(ConsentSource)


class SenderView(SenderBase, frozen=True, kw_only=True, omit_defaults=False):
    """A sender in a country as it stands now; country "" is every country.

    `two_way` is also told where its kind decides. `until` is when its registration changes by
    itself, to `afterwards`. `rule` and `command_status`
    are why it is suspended, if a rule did it, and how it is refused.
    """

    sender: str
    country: str
    two_way: bool
    until: str | None
    afterwards: Registration | None
    rule: str
    command_status: int
    configured: bool


class AccountView(Struct, kw_only=True):
    """An account that is suspended."""

    system_id: str
    until: str | None
    rule: str
    command_status: int


class SenderList(Struct, kw_only=True):
    """The senders by country and name, and the suspended accounts."""

    senders: list[SenderView]
    suspended_accounts: list[AccountView]
    total: int


class RegistrationRequest(Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """What the registration of a sender shall be; everything else of it stays."""

    registration: Registration
    approved_after: Duration = ""
    refused_after: Duration = ""
    suspended_for: Duration = ""


class SuspensionRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """How long an account shall be suspended; for good if it is not said."""

    suspended_for: Duration = ""


class ConsentChangeView(Struct, kw_only=True):
    """How a phone stood to a sender from a time on."""

    state: ConsentState
    source: ConsentSource
    at: str


class ConsentView(Struct, kw_only=True):
    """How a phone stands to a sender, or to the group of senders `@group`; `history` oldest first.

    `source` and `at` are null where nobody said anything.
    """

    sender: str
    recipient: str
    state: ConsentState
    source: ConsentSource | None
    at: str | None
    history: list[ConsentChangeView]


class ConsentList(Struct, kw_only=True):
    """Some consents; `total` counts all, `next` is `after` of the next page, null at the end."""

    consents: list[ConsentView]
    total: int
    next: int | None


class ConsentRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """How a phone stands to a sender from now on, or from `at`."""

    state: ConsentState
    source: ConsentSource = "api"
    at: Annotated[str, Meta(max_length=40)] = ""


class ConsentImport(Struct, kw_only=True, forbid_unknown_fields=True):
    """Consents to be recorded as they are said."""

    consents: Annotated[list[ConsentDefinition], Meta(max_length=RECORDS_MAX)]


class Imported(Struct, kw_only=True):
    """How many consents were recorded."""

    recorded: int


def sender_view(box: Box, entry: Sender) -> SenderView:
    """One sender."""
    state = entry.state
    fields = {name: getattr(state, name) for name in SenderBase.__struct_fields__}
    fields["kind"] = entry.kind
    fields["registration"] = entry.registration
    fields["two_way"] = box.registers.is_two_way(entry)
    is_suspended = entry.registration == "suspended"
    name = sender_name(entry.country, sender_key(entry.sender))
    return SenderView(
        sender=entry.sender,
        country=entry.country,
        until=rfc3339(entry.until) if entry.until else None,
        afterwards=state.afterwards if entry.until else None,
        rule=state.rule if is_suspended else "",
        command_status=state.command_status if is_suspended else 0,
        configured=box.registers.is_as_configured(name),
        **fields,
    )


def account_view(account: SuspendedAccount) -> AccountView:
    """One suspended account."""
    state = account.state
    return AccountView(
        system_id=account.system_id,
        until=rfc3339(account.until) if account.until else None,
        rule=state.rule,
        command_status=state.command_status,
    )


def consent_view(record: ConsentRecord) -> ConsentView:
    """One pair; `none` where nobody said anything."""
    history = [
        ConsentChangeView(
            state=_STATE_NAMES[each.state], source=_SOURCE_NAMES[each.source], at=rfc3339(each.at)
        )
        for each in record.changes
    ]
    newest = history[-1] if history else None
    return ConsentView(
        sender=record.sender,
        recipient=f"+{record.msisdn}",
        state="none" if newest is None else newest.state,
        source=None if newest is None else newest.source,
        at=None if newest is None else newest.at,
        history=history,
    )


def registered(box: Box, sender: str, country: str, request: SenderRequest) -> tuple[str, bytes]:
    """The setting that registers a sender like this. Raises RuleError."""
    entry = box.registers.registrations.find(sender, country)
    before = "none" if entry is None else entry.registration
    if before == "suspended":
        before = "approved"
    state, after_s = state_of_request(request, sender, before)
    if after_s:
        state = with_until(state, box.clock.now() + after_s)
    return sender_name(country, sender_key(sender)), written(state)


def with_registration(
    box: Box, sender: str, country: str, request: RegistrationRequest
) -> tuple[str, bytes]:
    """The setting that changes the registration of a sender alone. Raises RuleError.

    A sender that only every country has an entry for gets one of its own in this country.
    """
    entry = box.registers.registrations.find(sender, country)
    state = SenderState() if entry is None else entry.state
    fields = {name: getattr(state, name) for name in SenderBase.__struct_fields__}
    fields.update(msgspec.structs.asdict(request))
    return registered(box, sender, country, msgspec.convert(fields, SenderRequest))


def account_suspended(box: Box, system_id: str, request: SuspensionRequest) -> tuple[str, bytes]:
    """The setting that suspends an account. Raises RuleError."""
    until = 0.0
    if request.suspended_for:
        until = box.clock.now() + seconds_of("suspended_for", request.suspended_for)
    return ACCOUNT + system_id, written(AccountState(until=until))
