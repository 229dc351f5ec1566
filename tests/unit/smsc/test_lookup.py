"""Messages by the ids that clients know."""

import pytest

from carrierbox.clock import NetworkTime
from carrierbox.codecs.receipt_dialect import Dialect
from carrierbox.identifiers import Address, LinkId
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import BIND_TRANSCEIVER
from carrierbox.smsc.accounts import Accounts, AccountSettings
from carrierbox.smsc.bindings import Binding
from carrierbox.smsc.lookup import Lookup
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Message
from carrierbox.smsc.registry import Registry

HEX = Dialect("hex", answer_id="%x", text_id="%x", tlv_id="%x")
MIXED = Dialect("mixed", text_id="%x", tlv_id="%x")
SHORT = Dialect("short", answer_id="%06d", text_id="%06d", tlv_id="%06d", id_characters_max=6)
FULL = 1_000_000
"""Ids of SHORT come back after so many."""


class Box:
    """Accounts, their messages, and the lookup."""

    def __init__(self) -> None:
        dialects = {"plain": None, "hex": HEX, "mixed": MIXED, "short": SHORT, "brief": SHORT}
        self.accounts = Accounts(
            [
                AccountSettings(name, "x") if dialect is None else _settings(name, dialect)
                for name, dialect in dialects.items()
            ]
        )
        self.registry = Registry()
        self.lookup = Lookup(self.registry, self.accounts)

    def put(self, message_id: int, system_id: str, client_id: int = 0) -> Message:
        """Keep a message under an id of the test's choice."""
        at = NetworkTime(0.0)
        message = Message(
            message_id,
            system_id,
            FROM_ESME,
            TO_PHONE,
            SubmitSm(),
            Address(1, 1, "1"),
            "33612345678",
            "FR",
            "",
            "",
            0,
            at,
            at,
            at,
        )
        message.client_id = client_id or message_id
        self.registry.add(message)
        return message

    def found(self, text: str, system_id: str, interface_version: int = 0x34) -> list[int]:
        """What the account means by a text, as ids."""
        account = self.accounts.account(system_id)
        assert account is not None
        binding = Binding(LinkId(1), account, BIND_TRANSCEIVER, interface_version)
        return [one.message_id for one in self.lookup.of_client(text, binding)]

    def anywhere(self, text: str) -> list[tuple[str, int]]:
        """What all accounts mean by a text."""
        return [(one.system_id, one.message_id) for one in self.lookup.anywhere(text)]


def _settings(name: str, dialect: Dialect) -> AccountSettings:
    return AccountSettings(name, "x", dialect=dialect)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.mark.parametrize("text", ["0000000042", "42", "00000000042"])
def test_zeros_may_get_lost_on_the_way(box: Box, text: str) -> None:
    """T26: a client that keeps ids as numbers asks for them without zeros."""
    box.put(42, "plain")
    box.put(0x42, "plain")
    assert box.found(text, "plain") == [42]
    assert box.found("43", "plain") == []


@pytest.mark.parametrize("text", ["beef", "BEEF", "00beef"])
def test_the_letters_case_may_change(box: Box, text: str) -> None:
    """T26."""
    box.put(0xBEEF, "hex")
    assert box.found(text, "hex") == [0xBEEF]
    assert box.found("zz", "hex") == []


def test_an_id_may_come_from_the_answer_or_from_the_receipt(box: Box) -> None:
    """T26: what is written exactly so goes before what lost its zeros."""
    box.put(10, "mixed")
    box.put(16, "mixed")
    assert box.found("0000000010", "mixed") == [10]
    assert box.found("10", "mixed") == [16]
    assert box.found("a", "mixed") == [10]
    assert box.found("0000000016", "mixed") == [16]


def test_a_short_id_is_the_newest_message_of_the_account(box: Box) -> None:
    """Design, message ids: the low part, within the account."""
    for number in (7, FULL + 7, 3 * FULL + 7):
        box.put(number, "short")
    box.put(2 * FULL + 7, "brief")
    box.put(5 * FULL + 8, "brief")
    assert box.found("000007", "short") == [3 * FULL + 7]
    assert box.found("000007", "brief") == [2 * FULL + 7]
    assert box.found("7", "short") == [3 * FULL + 7]
    assert box.found("1000007", "short") == []


def test_short_ids_are_found_among_few_messages_far_apart(box: Box) -> None:
    """Memory holds few messages and the counter is far: the messages are asked, not the ids."""
    box.put(FULL, "short")
    box.put(10**15, "short")
    box.put(10**15 + 1, "brief")
    assert box.found("000000", "short") == [10**15]
    assert box.found("000001", "brief") == [10**15 + 1]
    assert box.found("000001", "short") == [10**15 + 1]


def test_what_another_account_calls_so_is_told_last(box: Box) -> None:
    """T46: it is for the caller to refuse it."""
    box.put(42, "plain")
    assert box.found("2a", "hex") == [42]
    box.put(FULL + 3, "short")
    box.put(2 * FULL + 3, "brief")
    assert box.found("3", "short") == [FULL + 3]


def test_all_destinations_of_a_submit_multi_have_one_id(box: Box) -> None:
    """SMPP 3.4 §4.5: however it is written, also once the first is forgotten."""
    first = box.put(20, "hex")
    box.put(21, "hex", 20)
    assert box.found("14", "hex") == [20, 21]
    box.registry.forget(first)
    assert box.found("14", "hex") == [21]
    several = box.put(FULL + 30, "short")
    box.put(FULL + 31, "short", FULL + 30)
    box.registry.forget(several)
    assert box.found("000030", "short") == [FULL + 31]


def test_an_old_bind_knows_the_short_id_alone(box: Box) -> None:
    """T13: eight hexadecimal digits, the low part, within the account."""
    box.put(0x1_0000_0042, "plain")
    box.put(42, "plain")
    assert box.found("42", "plain", 0x33) == [0x1_0000_0042]
    assert box.found("42", "plain", 0x34) == [42]
    assert box.found("2A", "plain", 0x00) == [42]


# For people, who name no account.


def test_an_id_is_read_as_its_own_account_writes_it(box: Box) -> None:
    """T26: decimal 10 and hexadecimal 10 are two messages; neither is the other's."""
    box.put(10, "plain")
    box.put(16, "hex")
    assert box.anywhere("0000000010") == [("plain", 10)]
    assert box.anywhere("10") == [("hex", 16)]
    assert box.anywhere("a") == []
    assert box.anywhere("0010") == [("plain", 10), ("hex", 16)]
    assert box.anywhere("17") == []


def test_accounts_may_share_an_id(box: Box) -> None:
    """Each account's newest is told; the account decides."""
    for number, system_id in ((7, "short"), (FULL + 7, "short"), (2 * FULL + 7, "brief")):
        box.put(number, system_id)
    assert box.anywhere("000007") == [("brief", 2 * FULL + 7), ("short", FULL + 7)]
    assert [box.lookup.of_account("000007", name) for name in ("short", "brief", "plain")] == [
        box.registry.find(FULL + 7),
        box.registry.find(2 * FULL + 7),
        None,
    ]


def test_messages_between_phones_have_standard_ids() -> None:
    """They belong to no account."""
    box = Box()
    box.accounts = Accounts([_settings("hex", HEX)])
    box.lookup = Lookup(box.registry, box.accounts)
    box.put(42, "")
    assert box.anywhere("0000000042") == [("", 42)]


def test_a_single_destination_is_found_by_the_id_of_its_events(box: Box) -> None:
    """SMPP 3.4 §4.5: events of a submit_multi number each destination."""
    box.put(20, "plain")
    box.put(21, "plain", 20)
    assert box.anywhere("0000000021") == [("plain", 21)]
