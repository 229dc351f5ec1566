"""The steps of a scenario as they are written: their shapes, which are their JSON Schema too."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from msgspec import Meta, Struct

from carrierbox.config_senders import ConsentDefinition, SenderDefinition
from carrierbox.config_values import DURATION_PATTERN
from carrierbox.scenarios.conditions import Text

COUNT_MAX: Final = 100_000
RATE_MAX: Final = 10_000.0
DEMO: Final = ""
"""The first account of the carrier, where none is named."""

Duration: TypeAlias = (
    Annotated[str, Meta(pattern=DURATION_PATTERN, examples=["90s", "5m", "72h", "7d"])] | Literal[0]
)
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[^\\x00-\\x1f]+$")]
Number: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40)]
Percent: TypeAlias = Annotated[float, Meta(ge=0, le=100)]
Account: TypeAlias = Annotated[str, Meta(max_length=64)]
Octet: TypeAlias = Annotated[int, Meta(ge=0, le=255)]
Status: TypeAlias = (
    Annotated[str, Meta(max_length=40, examples=["ESME_ROK", "ESME_RTHROTTLED"])]
    | Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
)
OnOff: TypeAlias = Literal["on", "off"]
Operation: TypeAlias = Literal["submit_sm", "data_sm", "submit_multi"]
SUBMIT_SM: Final = "submit_sm"
DATA_SM: Final = "data_sm"
SUBMIT_MULTI: Final = "submit_multi"


class Written(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something of a scenario as it is written."""


class DistributionList(Written, rename={"dl_name": "list"}, kw_only=True):
    """A destination of submit_multi that is a distribution list of the account."""

    dl_name: Annotated[str, Meta(min_length=1, max_length=20)]


class SubmitStep(
    Written, rename={"name": "as", "sender": "from", "content_class": "class"}, kw_only=True
):
    """An application submits one text, or a batch of texts.

    `operation` is the PDU that carries it. A submit_multi takes all of a list in `to`, distribution
    lists as well (`{list: staff}`), in one; a data_sm has no schedule, priority_flag and
    protocol_id, its validity is a qos_time_to_live.
    A batch has `count` texts, one for every number of a list in `to`, or one for each mapping of
    `each`; `per_s` of them leave in a second, all at once without it. In `from`, `to` and `text` of
    a batch `{n}` is which of them it is, from 1, `{n:03}` the same with zeros before it, and
    `{name}` is what its mapping of `each` says.
    A text that does not fit one short message goes whole, in a message_payload; with `parts` the
    application cuts it by itself. `only_parts` are those it sends of them, under one `reference`.
    `class` is the content class, `tlvs` are hexadecimal digits by tag (`"0x1401": "0a"`), `octets`
    the short_message in hexadecimal digits in the place of a text.
    """

    to: (
        Number
        | Annotated[list[Number | DistributionList], Meta(min_length=1, max_length=COUNT_MAX)]
    )
    text: Annotated[str, Meta(max_length=65_536)] = ""
    sender: Annotated[str, Meta(max_length=40)] = ""
    name: Name = ""
    account: Account = DEMO
    operation: Operation = SUBMIT_SM
    count: Annotated[int, Meta(ge=1, le=COUNT_MAX)] = 1
    per_s: Annotated[float, Meta(gt=0, le=RATE_MAX)] | None = None
    each: Annotated[list[dict[str, Any]], Meta(max_length=COUNT_MAX)] = []
    registered_delivery: Octet = 0
    service_type: Annotated[str, Meta(max_length=5)] = ""
    validity: Duration | None = None
    schedule: Duration | None = None
    data_coding: Octet | None = None
    esm_class: Octet = 0
    protocol_id: Octet = 0
    priority_flag: Octet = 0
    source_addr_ton: Octet | None = None
    source_addr_npi: Octet | None = None
    content_class: Annotated[str, Meta(max_length=32)] = ""
    tlvs: dict[str, str] = {}
    octets: Annotated[str, Meta(max_length=510)] | None = None
    parts: Literal["udh", "sar"] | None = None
    only_parts: Annotated[list[Annotated[int, Meta(ge=1, le=255)]], Meta(min_length=1)] | None = (
        None
    )
    reference: Annotated[int, Meta(ge=0, le=255)] | None = None


class QueryStep(Written, rename={"name": "as"}, kw_only=True):
    """An application asks what became of a message: query_sm.

    `account` is who asks, if not the one that sent it.
    """

    message: Name
    account: Account = DEMO
    name: Name = ""


class CancelStep(Written, rename={"name": "as", "sender": "from"}, kw_only=True):
    """An application cancels a message: cancel_sm.

    Without `message`, all that wait `from` a sender `to` a recipient, of a `service_type` if one is
    given: cancel_sm with an empty message_id.
    """

    message: Name | None = None
    sender: Annotated[str, Meta(max_length=40)] | None = None
    to: Number | None = None
    service_type: Annotated[str, Meta(max_length=5)] = ""
    account: Account = DEMO
    name: Name = ""


class ReplaceStep(Written, rename={"name": "as"}, kw_only=True):
    """An application replaces the text of a message that waits: replace_sm.

    `schedule` and `validity` are new ones, from now; the old ones hold where they are not given.
    """

    message: Name
    text: Annotated[str, Meta(max_length=254)]
    account: Account = DEMO
    name: Name = ""
    registered_delivery: Octet = 0
    schedule: Duration | None = None
    validity: Duration | None = None


class BindStep(Written, rename={"name": "as"}, kw_only=True):
    """An application binds. Several links of an account have names; else it is the account's."""

    account: Account = DEMO
    type: Literal["transceiver", "transmitter", "receiver"] = "transceiver"
    link: Annotated[str, Meta(max_length=64)] = ""
    password: Annotated[str, Meta(max_length=64)] | None = None
    name: Name = ""


class ListenStep(Written, kw_only=True):
    """An application takes calls by outbind from now on, and binds on the link of the call.

    `type` none takes the call and does not bind; `stop` takes no calls any more.
    """

    account: Account = DEMO
    type: Literal["transceiver", "transmitter", "receiver", "none"] = "receiver"
    password: Annotated[str, Meta(max_length=64)] | None = None
    stop: bool = False


class RespondStep(Written, kw_only=True):
    """How an application answers what it is delivered from now on, or the next `times` times."""

    account: Account = DEMO
    command_status: Status = 0
    nothing: bool = False
    times: Annotated[int, Meta(ge=1, le=COUNT_MAX)] | None = None


class Memory(Written, kw_only=True):
    """How many short messages a phone and its SIM hold."""

    phone: Annotated[int, Meta(ge=0, le=10_000)] = 200
    sim: Annotated[int, Meta(ge=0, le=255)] = 20
    when_full: Literal["refuse", "forget"] = "refuse"


class Sending(Written, kw_only=True):
    """What a phone sends, and to which number."""

    to: Number
    text: Annotated[str, Meta(min_length=1, max_length=10_000)]


class BatteryChange(Written, kw_only=True):
    """What a battery is from now on; what is not said stays as it is, or is as in a new one."""

    percent: Percent | None = None
    charging: bool | None = None
    standby_hours: Annotated[float, Meta(ge=0.01, le=10_000)] | None = None
    per_text_percent: Percent | None = None


class PathTaken(Written, kw_only=True):
    """The way a phone takes from now on, each point LATITUDE,LONGITUDE.

    A single point is the end of a way from where the phone is.
    """

    points: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(min_length=1, max_length=999)]
    speed_km_h: Annotated[float, Meta(ge=0.1, le=2_000)]


class Acknowledging(Written, kw_only=True):
    """Which text the user of a phone acknowledges, the newest that asks for it if none is named."""

    number: Annotated[int, Meta(ge=1)] | None = None
    user_response_code: Octet | None = None


class PhoneStep(Written, kw_only=True):
    """What happens to a phone, or what its user does: everything that is said, in this order.

    `delete` is all texts or the number of one; `fill` fills its memory with so many dummies, or
    `all`; `reply` answers the newest text that can be answered. `position` is LATITUDE,LONGITUDE or
    none, `subscription` what the register knows of it, `responders` what it answers by itself.
    `refused`: something of this must be refused, with any problem (true) or with one that is like
    this.
    """

    msisdn: Number
    power: OnOff | None = None
    battery: BatteryChange | Literal["none"] | None = None
    position: Annotated[str, Meta(max_length=60)] | None = None
    path: PathTaken | None = None
    memory: Memory | None = None
    delete: Literal["all"] | Annotated[int, Meta(ge=1)] | None = None
    fill: Literal["all"] | Annotated[int, Meta(ge=0, le=10_255)] | None = None
    subscription: dict[str, Any] | None = None
    responders: list[dict[str, Any]] | None = None
    send: Sending | None = None
    reply: Annotated[str, Meta(min_length=1, max_length=10_000)] | None = None
    acknowledge: Acknowledging | None = None
    refused: bool | Text | None = None


class TowerStep(Written, kw_only=True):
    """A tower fails, or works again."""

    id: Name
    outage: OnOff


class RuleStep(Written, kw_only=True):
    """A rule is added, before all rules of the set-up, or one that was added is removed."""

    name: Annotated[str, Meta(max_length=100)] = ""
    when: dict[str, Any] = {}
    unless: dict[str, Any] = {}
    then: dict[str, Any] = {}
    why: str = ""
    remove: Annotated[str, Meta(max_length=100)] = ""


class FaultStep(Written, kw_only=True):
    """A fault is added, or one is removed."""

    name: Annotated[str, Meta(max_length=100)] = ""
    when: dict[str, Any] = {}
    then: dict[str, Any] = {}
    remove: Annotated[str, Meta(max_length=100)] = ""


class AdvanceStep(Written, kw_only=True):
    """The network's clock goes on, until a time: `08:00`, `Mon 08:00`, with a zone behind it.

    The next such time is meant; without a zone it is UTC. Or a date: `2026-11-24T08:00:00Z`.
    """

    until: Annotated[str, Meta(max_length=60, examples=["08:00 America/New_York"])]


class RestartStep(Written, kw_only=True):
    """The carrier is killed and recovers from its store; links are cut."""

    reconnect: bool = True


class Traffic(Written, rename={"sender": "from"}, kw_only=True):
    """A submission of the application: what is said must hold."""

    sender: Text | None = None
    to: Text | None = None
    text: Text | None = None
    registered_delivery: Octet | None = None
    data_coding: Octet | None = None
    service_type: Text | None = None
    account: Text | None = None
    operation: Operation | None = None


class WaitStep(Written, rename={"name": "as"}, kw_only=True):
    """The application is waited for: a submission, or that an account is bound.

    What was seen by an earlier step of this kind is not meant again.
    """

    submit: Traffic | None = None
    bound: Annotated[str, Meta(max_length=64)] | None = None
    count: Annotated[int, Meta(ge=1, le=COUNT_MAX)] = 1
    name: Name = ""
    within: Duration = "30s"


SHAPES: Final[dict[str, type[Struct]]] = {
    "submit": SubmitStep,
    "query": QueryStep,
    "cancel": CancelStep,
    "replace": ReplaceStep,
    "bind": BindStep,
    "listen": ListenStep,
    "respond": RespondStep,
    "phone": PhoneStep,
    "tower": TowerStep,
    "rule": RuleStep,
    "fault": FaultStep,
    "restart": RestartStep,
    "sender": SenderDefinition,
    "consent": ConsentDefinition,
    "wait": WaitStep,
}
"""Steps that are a mapping; `advance` may be one."""
LINK_STEPS: Final = ("unbind", "disconnect", "reconnect", "outbind")
"""Steps that name a link: an account, or what `bind` called it; of `outbind` an account alone."""
SMPP_NUMBERS: Final = (
    "registered_delivery",
    "data_coding",
    "esm_class",
    "protocol_id",
    "priority_flag",
    "source_addr_ton",
    "source_addr_npi",
    "reference",
    "error_code",
    "user_response_code",
)
"""Keys of integers that SMPP has: written in hexadecimal, as 0x0B, they are understood as well."""
HEXADECIMAL: Final = "^0[xX][0-9A-Fa-f]{1,8}$"
