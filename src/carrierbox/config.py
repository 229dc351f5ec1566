"""The settings of a process: YAML, environment and command line in, one checked value out.

The layout is that of the sections here, as far as it acts in this version; every other key is an
error. Each field is read by the reader named beside it, and all problems are told at once, each
with the path of its field. Precedence: command line, environment, file, default.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from msgspec import Meta, field, structs

from carrierbox import config_accounts as owed
from carrierbox import config_carriers as networks
from carrierbox import config_content as content
from carrierbox import config_dialects as writing
from carrierbox import config_faults as faults
from carrierbox import config_listeners as access
from carrierbox import config_network as places
from carrierbox import config_phones as handsets
from carrierbox import config_radio as radios
from carrierbox import config_rules as rules
from carrierbox import config_senders as registers
from carrierbox import config_values as values
from carrierbox.clock import SCALE_MAX
from carrierbox.codecs.default_coding import DEFAULT_GSM_UNPACKED
from carrierbox.codecs.receipt_dialect import Dialect
from carrierbox.config_carriers import CarrierRules
from carrierbox.config_reading import (
    AT_LEAST_ONE,
    DEFAULT_BOX,
    Reading,
    Section,
    Sources,
    section_schema,
    told,
)
from carrierbox.config_store import default_store_path
from carrierbox.config_values import Endpoint, Reader
from carrierbox.errors import ConfigurationError
from carrierbox.ip_networks import IpNetworks
from carrierbox.smpp.settings import SessionSettings
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.schedule import VALIDITY_DEFAULT_S, VALIDITY_MAX_S
from carrierbox.smsc.settings import CentreSettings, ErrWords
from carrierbox.smsc.text_coding import CarrierCodings
from carrierbox.strict_yaml import read_yaml

BINDS_MAX: Final = 10_000
WINDOW_MAX: Final = 10_000
KEEP_MESSAGES_MAX: Final = 10_000_000
KEEP_OCTETS_MAX: Final = 1024**4

_DURATION: Final = {
    "anyOf": [{"type": "string", "pattern": values.DURATION_PATTERN}, {"const": 0}],
    "examples": ["90s", "1h30m", "7d", 0],
}
_SIZE: Final = {"type": ["string", "integer"], "examples": ["70KB", "1MiB"], "default": "70KB"}
_ENDPOINT: Final = {"type": "string", "examples": ["127.0.0.1:2775", "[::1]:2775", ":2775"]}
_ENDPOINT_OR_OFF: Final = {
    "anyOf": [_ENDPOINT, {"enum": ["off", False]}],
    "default": "127.0.0.1:8775",
}


def _text(description: str, read: Reader, **schema: object) -> Meta:
    return told(description, read, {"type": "string", **schema})


def _integer(description: str, minimum: int, maximum: int) -> Meta:
    schema = {"type": "integer", "minimum": minimum, "maximum": maximum}
    return told(description, values.reader_of_integer(minimum, maximum), schema)


def _duration(description: str, default: str, minimum_s: float = 0.0) -> Meta:
    schema = {**_DURATION, "default": default}
    return told(description, values.reader_of_duration(minimum_s), schema)


class ListenerSection(Section, frozen=True):
    """Where SMPP clients connect."""

    not_yet: ClassVar[tuple[str, ...]] = ("box",)

    smpp: Annotated[
        Endpoint,
        told(
            "HOST:PORT; no host: every interface; port 0: a free one",
            values.read_endpoint,
            _ENDPOINT,
        ),
    ]
    tls: Annotated[
        access.TlsSettings | None,
        told("TLS 1.2 and 1.3; mutual with client_ca", access.read_tls, access.TLS_SCHEMA),
    ] = None
    proxy: Annotated[
        IpNetworks | None,
        told(
            "the proxies that may connect, each with a PROXY protocol header of version 2",
            access.read_proxy,
            access.PROXY_SCHEMA,
        ),
    ] = None


class HttpSection(Section, frozen=True):
    """Where the HTTP API is: HOST:PORT, or off."""

    not_yet: ClassVar[tuple[str, ...]] = ("token",)

    listen: Annotated[
        Endpoint | None, told("HOST:PORT, or off", values.read_endpoint_or_off, _ENDPOINT_OR_OFF)
    ] = Endpoint("127.0.0.1", 8775)
    """None once read if it is off."""


class SessionSection(Section, frozen=True):
    """The limits of every SMPP session. Times pass as the real clock says, in seconds once read."""

    enquire_link: Annotated[
        float, _duration("enquire_link after this silence; 0: never", "60s")
    ] = 60.0
    inactivity: Annotated[
        float, _duration("the end after this time without messages; 0: never", "0s")
    ] = 0.0
    response: Annotated[float, _duration("how long an answer may take", "30s", 0.1)] = 30.0
    session_init: Annotated[
        float, _duration("how long a client may take to bind; 0: for ever", "30s")
    ] = 30.0
    pdu_max: Annotated[
        int, told("the longest PDU accepted", values.reader_of_size(1000, 4 * 1024**2), _SIZE)
    ] = 70_000
    inbound_window: Annotated[
        int, _integer("requests of a client that wait for an answer", 1, 10_000)
    ] = 1000

    def settings(self) -> SessionSettings:
        """What a session takes."""
        return SessionSettings(
            # What an account's own window is at most: the centre keeps to that one.
            window=WINDOW_MAX,
            # Whether they may be long is each account's own rule.
            long_credentials=True,
            pdu_max_octets=self.pdu_max,
            inbound_window=self.inbound_window,
            session_init_timeout_s=self.session_init,
            enquire_link_s=self.enquire_link,
            inactivity_timeout_s=self.inactivity,
            response_timeout_s=self.response,
        )


class KeepSection(Section, frozen=True):
    """How much history a box keeps."""

    messages: Annotated[
        int, _integer("finished messages that are remembered", 1, KEEP_MESSAGES_MAX)
    ] = 100_000
    age: Annotated[
        float, _duration("how long after their end, on the network's clock; 0: any time", "7d")
    ] = 7 * 86_400.0
    size: Annotated[
        int,
        told(
            "how many octets of them, as the journal writes them; 0: any number",
            values.reader_of_size(0, KEEP_OCTETS_MAX),
            {**_SIZE, "examples": ["512MiB", "1GiB"], "default": "1GiB"},
        ),
    ] = 1024**3


class StoreSection(Section, frozen=True):
    """Where the journal of a box is."""

    url: Annotated[
        str,
        _text(
            'sqlite:///PATH or ":memory:"; by default carrier.db in the user\'s state directory',
            values.read_store_url,
        ),
    ] = ""
    durability: Annotated[
        str,
        told(
            "what an accepted message survives: the end of the process, or a power cut too",
            values.read_durability,
            {"enum": ["process", "power"]},
        ),
    ] = "process"
    keep: KeepSection = KeepSection()

    @property
    def path(self) -> Path | None:
        """The file; None for a journal in memory."""
        if self.url == values.MEMORY:
            return None
        return Path(self.url.removeprefix(values.SQLITE))


class AccountSection(Section, frozen=True):
    """Who may bind."""

    system_id: Annotated[
        str,
        _text("as in bind; '*': every other one", values.read_system_id, minLength=1, maxLength=64),
    ]
    password: Annotated[
        str, _text("as in bind; '*': whatever is sent", values.read_password, maxLength=64)
    ]
    window: Annotated[
        int, _integer("deliver_sm that wait for an answer on one bind", 1, WINDOW_MAX)
    ] = 100
    binds: Annotated[int, _integer("links bound at a time", 1, BINDS_MAX)] = 10
    address_range: Annotated[
        str,
        _text(
            "regular expression over the numbers whose messages from phones are this account's",
            values.read_address_range,
            maxLength=40,
        ),
    ] = ".*"

    deliver: Annotated[
        bool,
        told(
            "how receipts and messages from phones come: in deliver_sm or in data_sm",
            content.read_deliver,
            {"enum": [content.DELIVER_SM, content.DATA_SM], "type": "string"},
        ),
    ] = False

    rate_per_s: Annotated[
        float,
        told(
            "messages accepted in a second over all binds; null: no bound",
            content.read_rate,
            {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": content.RATE_MAX},
        ),
    ] = 0.0
    rate_counts: Annotated[
        bool,
        told(
            "what rate_per_s counts",
            content.read_rate_counts,
            {"enum": [content.MESSAGES, content.PARTS], "type": "string"},
        ),
    ] = False
    queue_max: Annotated[
        int, _integer("messages that may wait for one phone; 0: no bound", 0, content.QUEUE_MAX)
    ] = 0
    allow_from: Annotated[
        IpNetworks | None,
        told(
            "where its clients may bind from; by default from everywhere",
            access.read_networks,
            access.NETWORKS_SCHEMA,
        ),
    ] = None

    strict: Annotated[
        bool,
        told(
            "refuse a system_id over 15 and a password over 8 octets, as SMPP 3.4 has it",
            content.read_flag,
            {"type": "boolean"},
        ),
    ] = True
    dialect: writing.DialectName = writing.DEFAULT_DIALECT
    receipt_tlvs: writing.ReceiptTlvs = field(default_factory=list)
    strict_tlvs: Annotated[
        bool,
        told(
            "refuse TLVs that are misplaced, of a wrong length or of a wrong value",
            content.read_flag,
            {"type": "boolean"},
        ),
    ] = False
    distribution_lists: Annotated[
        list[str] | None,
        told(
            "the distribution lists it may submit to: all, or their names",
            content.read_list_names,
            content.LIST_NAMES_SCHEMA,
        ),
    ] = None

    data_coding_0: Annotated[
        int | None,
        told(
            "the alphabet of its data_coding 0; null: the carrier's, which is gsm if nobody says",
            values.read_data_coding_0,
            {**content.CODINGS_SCHEMA, "default": None},
        ),
    ] = None
    languages: Annotated[
        tuple[int, ...],
        told(
            "the national alphabets for its texts, where the centre codes them and parts are saved",
            content.read_languages,
            content.LANGUAGES_SCHEMA,
        ),
    ] = ()

    error_bodies: Annotated[
        bool,
        told(
            "give refusals the body of their kind, which SMPP 3.4 leaves out",
            content.read_flag,
            {"type": "boolean"},
        ),
    ] = False
    outbind: Annotated[
        access.OutbindEntry | None,
        told(
            "where its ESME is called by outbind when something waits for it and nobody is bound",
            access.read_outbind,
            access.OUTBIND_SCHEMA,
        ),
    ] = None
    validity_default: owed.ValidityDefault = VALIDITY_DEFAULT_S
    validity_max: owed.ValidityMax = VALIDITY_MAX_S
    receipts_keep: owed.ReceiptsKeep = 0.0
    receipts_tries: owed.ReceiptsTries = 0
    content_class: owed.ContentClass = ""

    def settings(self, own_dialects: Mapping[str, Dialect] | None = None) -> AccountSettings:
        """What the message centre takes. `own_dialects` are those of its box."""
        return AccountSettings(
            self.system_id,
            self.password,
            self.window,
            self.binds,
            self.address_range,
            self.deliver,
            self.rate_per_s,
            self.rate_counts,
            self.queue_max,
            self.allow_from,
            self.strict,
            writing.chosen_dialect(self.dialect, own_dialects),
            self.receipt_tlvs,
            self.strict_tlvs,
            self.distribution_lists,
            self.data_coding_0,
            self.languages,
            error_bodies=self.error_bodies,
            outbind=None if self.outbind is None else self.outbind.settings(),
            validity_default_s=self.validity_default,
            validity_max_s=self.validity_max,
            receipts_keep_s=self.receipts_keep,
            receipts_tries=self.receipts_tries,
            content_class=self.content_class,
        )


class ClockSection(Section, frozen=True):
    """The clock of a network."""

    scale: Annotated[
        float,
        told(
            "seconds of the network in one real second",
            values.read_scale,
            {"type": "number", "exclusiveMinimum": 0, "maximum": SCALE_MAX},
        ),
    ] = 1.0


_CannedMessages = Annotated[
    dict[int, str],
    told(
        "texts by sm_default_msg_id, 1 to 254", content.read_canned_messages, content.TEXTS_SCHEMA
    ),
]
_DistributionLists = Annotated[
    dict[str, list[str]],
    told(
        "numbers by dl_name, for submit_multi",
        content.read_distribution_lists,
        content.LISTS_SCHEMA,
    ),
]
_Rules = Annotated[
    tuple[rules.RuleDefinition, ...],
    told("what happens to messages of a kind", rules.read_rules, rules.rules_schema()),
]
_Faults = Annotated[
    tuple[faults.FaultDefinition, ...],
    told("what goes wrong on the links to clients", faults.read_faults, faults.faults_schema()),
]
_Carriers = Annotated[
    CarrierRules,
    told(
        "the rules of every country's carriers, or by country",
        networks.read_carriers,
        networks.CARRIERS_SCHEMA,
    ),
]


class BoxSection(Section, frozen=True):
    """One carrier in a box: what is its own. The system_id of a bind decides which box it is in."""

    accounts: Annotated[tuple[AccountSection, ...], AT_LEAST_ONE]
    carriers: _Carriers = CarrierRules()
    phones: tuple[places.PhoneSection, ...] = ()
    clock: ClockSection = ClockSection()
    store: StoreSection = StoreSection()
    canned_messages: _CannedMessages = field(default_factory=dict)
    distribution_lists: _DistributionLists = field(default_factory=dict)
    dialects: writing.OwnDialects = field(default_factory=dict)
    rules: _Rules = ()
    retry: owed.Retry = owed.DEFAULT_RETRY
    faults: _Faults = ()
    radio: radios.Radio = None
    towers: tuple[places.TowerSection, ...] = ()
    responders: handsets.Responders = ()
    senders: registers.Senders = ()
    consent: registers.Consents = ()
    keyword_matching: registers.KeywordMatching = field(default_factory=registers.usual_matching)

    def account_settings(self) -> list[AccountSettings]:
        """What the message centre takes of its accounts."""
        return [account.settings(self.dialects) for account in self.accounts]

    def carrier_codings(self) -> CarrierCodings:
        """What the carriers take data_coding 0 for."""
        codings = dict(self.carriers.data_coding_0)
        return CarrierCodings(codings.pop(values.DEFAULT, DEFAULT_GSM_UNPACKED), codings)

    def centre_settings(self, err_words: ErrWords | None = None) -> CentreSettings:
        """What the message centre takes beside its accounts; `err_words` are the carriers' own."""
        retry = networks.retry_schedules(self.retry, self.carriers)
        return CentreSettings(self.canned_messages, self.distribution_lists, retry, err_words)


class Configuration(Section, frozen=True):
    """A carrier in a box: its listeners, the settings of its default box, and further boxes."""

    listeners: Annotated[tuple[ListenerSection, ...], AT_LEAST_ONE] = (
        ListenerSection(Endpoint("127.0.0.1", 2775)),
    )
    http: HttpSection = HttpSection()
    session: SessionSection = SessionSection()
    accounts: Annotated[tuple[AccountSection, ...], AT_LEAST_ONE] = (
        AccountSection("demo", "demo"),
    )
    carriers: _Carriers = CarrierRules()
    phones: tuple[places.PhoneSection, ...] = ()
    clock: ClockSection = ClockSection()
    store: StoreSection = StoreSection()
    canned_messages: _CannedMessages = field(default_factory=dict)
    distribution_lists: _DistributionLists = field(default_factory=dict)
    boxes: dict[str, BoxSection] = field(default_factory=dict)
    dialects: writing.OwnDialects = field(default_factory=dict)
    rules: _Rules = ()
    retry: owed.Retry = owed.DEFAULT_RETRY
    faults: _Faults = ()
    radio: radios.Radio = None
    towers: tuple[places.TowerSection, ...] = ()
    responders: handsets.Responders = ()
    senders: registers.Senders = ()
    consent: registers.Consents = ()
    keyword_matching: registers.KeywordMatching = field(default_factory=registers.usual_matching)

    def all_boxes(self) -> dict[str, BoxSection]:
        """Every box by its name, the default one first."""
        default = BoxSection(
            self.accounts,
            self.carriers,
            self.phones,
            self.clock,
            self.store,
            self.canned_messages,
            self.distribution_lists,
            dialects=self.dialects,
            rules=self.rules,
            retry=self.retry,
            faults=self.faults,
            radio=self.radio,
            towers=self.towers,
            responders=self.responders,
            senders=self.senders,
            consent=self.consent,
            keyword_matching=self.keyword_matching,
        )
        return {DEFAULT_BOX: default, **self.boxes}


def load_configuration(
    path: Path | None,
    environment: Mapping[str, str],
    overrides: Mapping[str, object] | None = None,
) -> Configuration:
    """The settings of a file (or none), the environment and the command line, all checked.

    `overrides` has the layout of the file. Raises ConfigurationError; its text has a line for every
    problem found.
    """
    sources = Sources()
    if path is not None:
        content = read_yaml(path)
        if content is not None and not isinstance(content, Mapping):
            raise ConfigurationError(str(path), f"must be a mapping, not {values.kind_of(content)}")
        sources.merge(content or {}, "")
    sources.merge_environment(environment)
    sources.merge(overrides or {}, "the command line")
    return _checked(sources, environment)


def configuration_of(content: Mapping[str, object]) -> Configuration:
    """The settings that a mapping holds, all checked; errors as of `load_configuration`.

    It has to name its store: this machine is not asked.
    """
    sources = Sources()
    sources.merge(content, "")
    return _checked(sources, {})


def _checked(sources: Sources, environment: Mapping[str, str]) -> Configuration:
    reading = Reading(sources)
    configuration = reading.section(Configuration, sources.merged, "")
    _check_together(reading)
    if not reading.problems and isinstance(configuration, Configuration):
        configuration = _with_stores(configuration, environment)
        _check_stores(configuration, reading)
        if not reading.problems:
            return configuration
    raise ConfigurationError("", "\n".join(reading.problems))


def configuration_schema() -> dict[str, Any]:
    """The JSON Schema of the file."""
    definitions: dict[str, Any] = {}
    root = section_schema(Configuration, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of carrierbox",
        **root,
        "$defs": definitions,
    }


def _with_stores(configuration: Configuration, environment: Mapping[str, str]) -> Configuration:
    """Give a store to every box that names none: its own file beside that of the default box."""
    store = configuration.store
    if not store.url:
        location = str(default_store_path(environment))
        store = structs.replace(store, url=values.SQLITE + location)
    path = store.path
    boxes = dict(configuration.boxes)
    for name, box in boxes.items():
        if not box.store.url:
            beside = "" if path is None else str(path.with_name(f"{path.stem}-{name}{path.suffix}"))
            url = values.SQLITE + beside if beside else values.MEMORY
            boxes[name] = structs.replace(box, store=structs.replace(box.store, url=url))
    return structs.replace(configuration, store=store, boxes=boxes)


def _check_stores(configuration: Configuration, reading: Reading) -> None:
    owners: dict[str, str] = {}
    for name, box in configuration.all_boxes().items():
        path = box.store.path
        if path is None:
            continue
        owner = owners.setdefault(os.path.abspath(path), name)
        if owner != name:
            reading.problem(f"boxes.{name}.store.url", f"is the store of the box {owner} already")


def _check_together(reading: Reading) -> None:
    """What no single field can tell: names and places that may be given only once."""
    _no_duplicates(reading, r"(boxes\.[^.]+\.)?accounts\[\d+\]\.system_id")
    owed.check_accounts(reading)
    places.check_network(reading)
    writing.check_dialects(reading)
    for path, problem in content.lists_nobody_has(reading.read):
        reading.problem(path, problem)
    _no_duplicates(reading, r"phones\[\d+\]\.msisdn")
    for name in {path.split(".")[1] for path in reading.read if path.startswith("boxes.")}:
        _no_duplicates(reading, rf"boxes\.{re.escape(name)}\.phones\[\d+\]\.msisdn")
    _no_duplicates(reading, r"listeners\[\d+\]\.smpp|http\.listen")


def _no_duplicates(reading: Reading, pattern: str) -> None:
    first: dict[object, str] = {}
    for path, value in reading.read.items():
        if re.fullmatch(pattern, path) is None or value is None:
            continue
        if isinstance(value, Endpoint) and value.port == 0:
            continue
        if value in first:
            reading.problem(path, f"{value} is given in {first[value]} already")
        first.setdefault(value, path)
