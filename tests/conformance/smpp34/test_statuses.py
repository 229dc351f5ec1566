"""Every command_status of SMPP 3.4 as a client meets it, octets in and octets out.

`statuses.toml` says of each status how it is provoked. Each of its rows is walked here by the
scenario it names, and docs/statuses.md is compared with it.
"""

import ast
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

import carrierbox
from carrierbox.identifiers import LinkId
from carrierbox.ip_networks import IpNetworks
from carrierbox.smpp import states, values
from carrierbox.smpp.events import BindReceived
from carrierbox.smpp.pdus import (
    BindReceiver,
    BindTransceiver,
    CancelSm,
    DataSm,
    DistributionListDestination,
    EnquireLink,
    Pdu,
    QuerySm,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
)
from carrierbox.smpp.session import Session, SessionSettings
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_NUMBER_OF_MESSAGES,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_SEGMENT_SEQNUM,
    TAG_SAR_TOTAL_SEGMENTS,
    TAG_SC_INTERFACE_VERSION,
    Tlv,
)
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.settings import CentreSettings
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore

REPOSITORY: Final = Path(__file__).parents[3]
PAGE: Final = REPOSITORY / "docs" / "statuses.md"
TABLE: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "statuses.toml").read_text(encoding="utf-8")
)
ANSWERED: Final[list[dict[str, str]]] = TABLE["answered"]
TAKEN: Final[list[dict[str, str]]] = TABLE["taken"]
TRAPS: Final[dict[str, dict[str, Any]]] = TABLE["traps"]
COMMANDS: Final = {name: number for number, name in values.COMMAND_NAMES.items()}

PHONE: Final = "33612345678"
OTHER_PHONE: Final = "447700900123"
PEER: Final = "192.0.2.1:40000"


class Client:
    """A client of a carrier: its octets go through a session, its time does not pass."""

    def __init__(self, carrier: DirectCarrier, number: int = 1) -> None:
        self.carrier = carrier
        self.link_id = LinkId(number)
        self.session = Session(states.SMSC, SessionSettings(long_credentials=True), 0.0)
        self.sequence = 0
        self.last = Pdu(0, 0, 0, [], b"")
        self._seen = 0

    def say(self, request: Pdu | bytes) -> tuple[str, int]:
        """Send a request; the command and the status of the last PDU that came back."""
        if isinstance(request, Pdu):
            self.sequence += 1
            request.sequence_number = self.sequence
            request = encode_pdu(request)
        self.session.receive_octets(request)
        self._turn()
        octets = self.session.data_to_send()
        assert octets
        while octets:
            end = int.from_bytes(octets[:4], "big")
            self.last, octets = decode_pdu(octets[:end]), octets[end:]
        return values.command_name(self.last.command_id), self.last.command_status

    def bind(self, request: Pdu | bytes | None = None) -> tuple[str, int]:
        """Bind as a transceiver, unless another bind is given."""
        return self.say(request or a_bind())

    def _turn(self) -> None:
        carrier = self.carrier
        while (event := self.session.next_event(0.0)) is not None:
            if isinstance(event, BindReceived):
                event.peer = PEER
            carrier.run()
            carrier.box.centre.on_event(self.link_id, event)
            carrier.run()
            for one in carrier.sent[self._seen :]:
                if one.link_id == self.link_id:
                    self.session.send(one.pdu, 0.0, one.context)
            self._seen = len(carrier.sent)


def a_bind(**fields: str) -> BindTransceiver:
    return BindTransceiver(**{"system_id": "demo", "password": "demo"} | fields)  # type: ignore[arg-type]


def a_submit(**fields: Any) -> SubmitSm:
    given: dict[str, Any] = {
        "source_addr_ton": 5,
        "source_addr": "ACME",
        "destination_addr": PHONE,
        "short_message": b"Hi",
    }
    return SubmitSm(**given | fields)


def a_multi(*destinations: SmeDestination | DistributionListDestination) -> SubmitMulti:
    return SubmitMulti(source_addr="ACME", dest_address=[*destinations], short_message=b"Hi")


def patched(pdu: Pdu, old: bytes, new: bytes) -> bytes:
    """The frame of a PDU with octets of its body changed to what no encoder would write."""
    pdu.sequence_number = 77
    frame = encode_pdu(pdu)
    assert frame.count(old, 16) == 1
    body = frame[16:].replace(old, new)
    return (16 + len(body)).to_bytes(4, "big") + frame[4:16] + body


def a_carrier(
    store: FakeStore | None = None, settings: AccountSettings | None = None
) -> DirectCarrier:
    lists = {"friends": ["+" + PHONE, OTHER_PHONE]}
    accounts = [settings or AccountSettings("demo", "demo")]
    return DirectCarrier(store, accounts, settings=CentreSettings({7: "Code"}, lists))


def a_client(store: FakeStore | None = None, settings: AccountSettings | None = None) -> Client:
    """A client that is bound."""
    client = Client(a_carrier(store, settings))
    assert client.bind() == ("bind_transceiver_resp", values.ESME_ROK)
    return client


def on_a_bind(request: Callable[[], Pdu | bytes]) -> Callable[[], tuple[str, int]]:
    """A scenario that is one request of a client that is bound."""
    return lambda: a_client().say(request())


def on_a_link(request: Callable[[], Pdu | bytes]) -> Callable[[], tuple[str, int]]:
    """A scenario that is one request of a client that is not bound."""
    return lambda: Client(a_carrier()).say(request())


def after_delivery(request: Callable[[], Pdu]) -> Callable[[], tuple[str, int]]:
    """A scenario that is a request about message 1, which its phone has."""

    def scenario() -> tuple[str, int]:
        client = a_client()
        client.say(a_submit())
        assert client.carrier.shown(PHONE) == ["Hi"]
        return client.say(request())

    return scenario


def submitting(**fields: Any) -> Callable[[], tuple[str, int]]:
    return on_a_bind(lambda: a_submit(**fields))


def submit_of_a_receiver() -> tuple[str, int]:
    client = Client(a_carrier())
    client.bind(BindReceiver("demo", "demo"))
    return client.say(a_submit())


def a_bind_too_many() -> tuple[str, int]:
    carrier = a_carrier(settings=AccountSettings("demo", "demo", binds_max=1))
    assert Client(carrier).bind()[1] == values.ESME_ROK
    return Client(carrier, 2).bind()


def a_store_that_fails() -> tuple[str, int]:
    store = FakeStore()
    client = a_client(store)
    store.fail()
    return client.say(a_submit())


def a_request_while_we_leave() -> tuple[str, int]:
    client = a_client()
    client.session.unbind(0.0)
    return client.say(a_submit())


def a_bind_from_elsewhere() -> tuple[str, int]:
    allowed = IpNetworks(["198.51.100.0/24"])
    return Client(a_carrier(settings=AccountSettings("demo", "demo", allow_from=allowed))).bind()


def a_queue_that_is_full() -> tuple[str, int]:
    client = a_client(settings=AccountSettings("demo", "demo", queue_max=1))
    client.carrier.set_power(PHONE, False)
    assert client.say(a_submit())[1] == values.ESME_ROK
    return client.say(a_submit())


def above_the_rate() -> tuple[str, int]:
    client = a_client(settings=AccountSettings("demo", "demo", rate_per_s=1.0))
    assert client.say(a_submit())[1] == values.ESME_ROK
    return client.say(a_submit())


def a_transaction_that_fails() -> tuple[str, int]:
    client = a_client()
    client.carrier.set_power(PHONE, False)
    payload = [Tlv(TAG_MESSAGE_PAYLOAD, b"Hi")]
    return client.say(DataSm(destination_addr=PHONE, esm_class=2, tlvs=payload))


def an_unknown_list() -> tuple[str, int]:
    """The status of the destination; the response as a whole is ESME_ROK."""
    client = a_client()
    friend, nobody = SmeDestination(1, 1, PHONE), DistributionListDestination("nobody")
    command, status = client.say(a_multi(friend, nobody))
    assert status == values.ESME_ROK
    assert isinstance(client.last, SubmitMultiResp)
    (refused,) = client.last.unsuccess_sme
    return command, refused.error_status_code


def a_list_of_others() -> tuple[str, int]:
    """The status of the destination; the response as a whole is ESME_ROK."""
    client = a_client(settings=AccountSettings("demo", "demo", distribution_lists=["others"]))
    friends = DistributionListDestination("friends")
    command, status = client.say(a_multi(SmeDestination(1, 1, PHONE), friends))
    assert status == values.ESME_ROK
    assert isinstance(client.last, SubmitMultiResp)
    (refused,) = client.last.unsuccess_sme
    assert refused.destination_addr == "friends"
    return command, refused.error_status_code


def with_strict_tlvs(tlvs: list[Tlv]) -> Callable[[], tuple[str, int]]:
    """A scenario that is a submit_sm of an account that is strict about TLVs."""
    settings = AccountSettings("demo", "demo", strict_tlvs=True)
    return lambda: a_client(settings=settings).say(a_submit(tlvs=tlvs))


def to_magic_number(status: int) -> Callable[[], tuple[str, int]]:
    """A scenario that is a submit_sm to the number that answers this status."""
    return submitting(destination_addr=f"9990{status:03d}")


def sar(total: bytes, number: bytes) -> list[Tlv]:
    return [
        Tlv(TAG_SAR_MSG_REF_NUM, b"\0\1"),
        Tlv(TAG_SAR_TOTAL_SEGMENTS, total),
        Tlv(TAG_SAR_SEGMENT_SEQNUM, number),
    ]


FRIEND: Final = SmeDestination(1, 1, PHONE)
LETTERS: Final = b"ACME\0"

SCENARIOS: Final[dict[str, Callable[[], tuple[str, int]]]] = {
    "a_sound_submit": submitting(),
    "an_enquiry": on_a_link(EnquireLink),
    "short_message_of_255_octets": submitting(short_message=b"x" * 255),
    "text_in_two_places": submitting(tlvs=[Tlv(TAG_MESSAGE_PAYLOAD, b"Hi")]),
    "sm_length_beyond_the_pdu": on_a_bind(lambda: patched(a_submit(), b"\2Hi", b"\3Hi")),
    "command_length_of_eight": on_a_bind(lambda: b"\0\0\0\x08" + bytes(12)),
    "a_pdu_cut_short": on_a_bind(lambda: patched(a_submit(), LETTERS + encoded_rest(), b"ACM")),
    "an_unknown_command": on_a_bind(lambda: bytes.fromhex("00000010000001110000000000000007")),
    "submit_before_a_bind": on_a_link(a_submit),
    "submit_of_a_receiver": submit_of_a_receiver,
    "a_second_bind_on_the_link": on_a_bind(a_bind),
    "a_bind_too_many": a_bind_too_many,
    "priority_of_four": submitting(priority_flag=4),
    "reserved_registered_delivery": submitting(registered_delivery=3),
    "a_store_that_fails": a_store_that_fails,
    "a_request_while_we_leave": a_request_while_we_leave,
    "sender_of_twelve_characters": submitting(source_addr="ACMEACMEACME"),
    "source_of_21_characters": on_a_bind(lambda: patched(a_submit(), LETTERS, b"1" * 21 + b"\0")),
    "a_number_of_nobody": submitting(destination_addr="999"),
    "query_of_an_unknown_id": on_a_bind(lambda: QuerySm("0000000099", source_addr="ACME")),
    "a_bind_from_elsewhere": a_bind_from_elsewhere,
    "address_range_of_41_characters": on_a_link(
        lambda: patched(a_bind(address_range="RANGE"), b"RANGE", b"1" * 41)
    ),
    "a_wrong_password": on_a_link(lambda: a_bind(password="wrong")),
    "an_unknown_name": on_a_link(lambda: a_bind(system_id="nobody")),
    "cancel_of_a_delivered_message": after_delivery(lambda: CancelSm("", "1", source_addr="ACME")),
    "replace_of_a_delivered_message": after_delivery(lambda: ReplaceSm("1", source_addr="ACME")),
    "a_queue_that_is_full": a_queue_that_is_full,
    "service_type_of_six_characters": on_a_bind(
        lambda: patched(a_submit(service_type="TYPE"), b"TYPE", b"TYPES6")
    ),
    "a_multi_to_nobody": on_a_bind(a_multi),
    "dl_name_of_21_characters": on_a_bind(
        lambda: patched(a_multi(DistributionListDestination("LIST")), b"LIST", b"L" * 21)
    ),
    "an_unknown_list": an_unknown_list,
    "dest_flag_of_three": on_a_bind(
        lambda: patched(a_multi(DistributionListDestination("LIST")), b"\2LIST", b"\3LIST")
    ),
    "a_broken_header": submitting(esm_class=0x40, short_message=b"\x05"),
    "a_multi_that_reaches_nobody": on_a_bind(lambda: a_multi(SmeDestination(1, 1, "999"))),
    "source_ton_of_seven": submitting(source_addr_ton=7),
    "source_npi_of_two": submitting(source_addr_npi=2),
    "dest_ton_of_seven": submitting(dest_addr_ton=7),
    "dest_npi_of_two": submitting(dest_addr_npi=2),
    "system_type_of_13_characters": on_a_link(
        lambda: patched(a_bind(system_type="TYPE"), b"TYPE", b"T" * 13)
    ),
    "replace_flag_of_two": submitting(replace_if_present_flag=2),
    "above_the_rate": above_the_rate,
    "a_schedule_that_is_no_time": submitting(schedule_delivery_time="tomorrow"),
    "validity_that_is_over": submitting(validity_period="200101000000000+"),
    "a_canned_text_of_no_number": submitting(sm_default_msg_id=8),
    "query_under_another_source": after_delivery(lambda: QuerySm("1", source_addr="OTHER")),
    "a_tlv_beyond_the_pdu": on_a_bind(
        lambda: patched(a_submit(), b"\2Hi", b"\2Hi\x04\x24\0\x09Hi")
    ),
    "data_without_a_payload": on_a_bind(lambda: DataSm(destination_addr=PHONE)),
    "a_transaction_that_fails": a_transaction_that_fails,
    "replace_of_what_is_not_stored": submitting(replace_if_present_flag=1, esm_class=2),
    "a_list_of_others": a_list_of_others,
    "number_of_messages_of_100": submitting(tlvs=[Tlv(TAG_NUMBER_OF_MESSAGES, b"\x64")]),
    "the_magic_number_of_rx_t_appn": to_magic_number(100),
    "the_magic_number_of_rx_p_appn": to_magic_number(101),
    "the_magic_number_of_rx_r_appn": to_magic_number(102),
    "the_magic_number_of_runknownerr": to_magic_number(255),
    "a_strict_tlv_in_the_wrong_pdu": with_strict_tlvs([Tlv(TAG_SC_INTERFACE_VERSION, b"\x34")]),
    "a_strict_tlv_of_a_wrong_length": with_strict_tlvs([Tlv(TAG_SAR_TOTAL_SEGMENTS, b"\0\2")]),
    "a_strict_tlv_of_a_wrong_value": with_strict_tlvs([Tlv(TAG_SAR_SEGMENT_SEQNUM, b"\0")]),
    # What other centres refuse and this one takes.
    "replace_where_nothing_waits": submitting(replace_if_present_flag=1),
    "multi_to_a_list": on_a_bind(lambda: a_multi(DistributionListDestination("friends"))),
    "a_tlv_in_the_wrong_pdu": submitting(tlvs=[Tlv(TAG_SC_INTERFACE_VERSION, b"\x34")]),
    "a_tlv_of_a_wrong_length": submitting(tlvs=sar(b"\0\0\0\0\2", b"\1")),
    "a_tlv_of_a_wrong_value": submitting(tlvs=sar(b"\2", b"\x09")),
}


def encoded_rest() -> bytes:
    """What follows the source of `a_submit` on the wire."""
    return encode_pdu(a_submit()).partition(LETTERS)[2]


def status_of(name: str) -> int:
    return int(TABLE["codes"][name])


def short_names(rows: list[dict[str, str]]) -> set[str]:
    return {row["status"] for row in rows}


def test_every_status_is_transcribed() -> None:
    """SMPP 3.4 §5.1.3, table 5-2: the numbers, and nothing left out on either side."""
    codes = TABLE["codes"] | TABLE["codes_5_0"]
    own = {name: code for code, name in values.STATUS_NAMES.items()}
    assert {"ESME_" + name: code for name, code in codes.items()} == own


def test_every_status_is_provoked() -> None:
    """SMPP 3.4 §5.1.3: each of the 48 has a row, and every scenario is in one row."""
    assert len(TABLE["codes"]) == 48
    assert short_names(ANSWERED) == set(TABLE["codes"])
    used = [row["scenario"] for row in [*ANSWERED, *TAKEN]]
    assert sorted(used) == sorted(SCENARIOS)


@pytest.mark.parametrize("name", TABLE["codes_5_0"])
def test_a_status_of_5_0_is_provoked_by_its_magic_number(name: str) -> None:
    """SMPP 5.0 §4.7.6: nothing here deserves one; a rule or a number answers it."""
    status = int(TABLE["codes_5_0"][name])
    assert to_magic_number(status)() == ("submit_sm_resp", status)


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row["scenario"])
def test_a_status_is_provoked_as_the_table_says(row: dict[str, str]) -> None:
    """SMPP 3.4 §5.1.3, T44, T48: the status, in the response the table names."""
    command, _, place = row["response"].partition(", ")
    assert command in COMMANDS
    assert place in {"", "in unsuccess_sme"}
    assert SCENARIOS[row["scenario"]]() == (command, status_of(row["status"]))


@pytest.mark.parametrize("row", TAKEN, ids=lambda row: row["scenario"])
def test_what_is_not_refused_is_accepted(row: dict[str, str]) -> None:
    """T43, T48: what could have been answered with that status."""
    assert SCENARIOS[row["scenario"]]()[1] == values.ESME_ROK


@pytest.mark.parametrize("name", TABLE["codes_5_0"])
def test_a_status_of_5_0_is_written_nowhere(name: str) -> None:
    """Only where statuses are named: this is SMPP 3.4."""
    # Where it is imported from: a compiled wheel holds its sources too.
    source = Path(carrierbox.__file__).parent
    rooms = [
        path for room in ("smpp", "smsc", "simulator") for path in (source / room).rglob("*.py")
    ]
    using = {
        path.relative_to(source).as_posix()
        for path in rooms
        if re.search(rf"\bESME_{name}\b", path.read_text(encoding="utf-8"))
    }
    assert using == {"smpp/values.py"}


@pytest.mark.parametrize("name", sorted(TABLE["codes"]))
def test_what_a_client_answers_ends_a_delivery_or_delays_it(name: str) -> None:
    """SMPP 3.4 §5.1.3: few statuses of a deliver_sm_resp are for good; the others are a pause."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.submit(link, a_submit(registered_delivery=1))
    (receipt,) = carrier.deliveries()
    carrier.respond(receipt, status_of(name))
    carrier.pass_link_time(0.9)
    assert len(carrier.deliveries()) == 1
    carrier.pass_link_time(3600)
    count = 1 if name in TABLE["settled_by"] else 2
    assert len(carrier.deliveries()) == count
    # Neither is a reason to keep other messages back.
    carrier.submit(link, a_submit(registered_delivery=1))
    assert len(carrier.deliveries()) == count + 1


# Traps.


@cache
def citations() -> dict[str, set[str]]:
    """The files whose tests cite a trap in their docstrings, by its number."""
    found: dict[str, set[str]] = {}
    for path in (REPOSITORY / "tests").rglob("test_*.py"):
        if path == Path(__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if not node.name.startswith("test_"):
                    continue
                for trap in re.findall(r"\bT\d\d\b", ast.get_docstring(node) or ""):
                    found.setdefault(trap, set()).add(path.relative_to(REPOSITORY).as_posix())
    return found


def test_the_traps_of_sessions_and_fields_are_listed() -> None:
    """T01 to T18, T43 to T45, T47 and T48."""
    assert list(TRAPS) == [f"T{n:02}" for n in (*range(1, 19), 43, 44, 45, 47, 48)]


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_cited_by_the_tests_that_the_table_names(trap: str) -> None:
    """Each by one test at least that is not about lint."""
    named = set(TRAPS[trap]["tests"])
    assert named != set()
    assert named <= citations()[trap]


# The page.


def sections() -> dict[str, list[str]]:
    """The rows of the page's tables, by heading, made from the table."""
    numbers = TABLE["codes"] | TABLE["codes_5_0"]
    codes = {name: f"0x{code:02X} | `ESME_{name}`" for name, code in numbers.items()}
    return {
        "Answered": [
            f"| {codes[row['status']]} | {row['request']} | {row['response']} |" for row in ANSWERED
        ],
        "Taken": [f"| {codes[row['status']]} | {row['why']} |" for row in TAKEN],
        "Of SMPP 5.0": [
            f"| {codes[name]} | +9990{code:03d} |" for name, code in TABLE["codes_5_0"].items()
        ],
        "Traps": [
            f"| {trap} | {row['subject']} | {', '.join(f'`{name}`' for name in row['tests'])} |"
            for trap, row in TRAPS.items()
        ],
    }


@pytest.mark.parametrize("heading", sections())
def test_the_page_says_what_the_table_says(heading: str) -> None:
    """docs/statuses.md: the same rows in the same order."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    lines = section.partition("\n## ")[0].splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert rows[2:] == sections()[heading]


def test_the_page_names_what_ends_a_delivery() -> None:
    """docs/statuses.md, the statuses of a deliver_sm_resp that are for good."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## Sent by clients\n")[2]
    sentence = section.partition("\n\n## ")[0].partition("for good:")[2].partition(".")[0]
    told = re.findall(r"`ESME_(\w+)`", sentence)
    assert sorted(told) == sorted(TABLE["settled_by"])
