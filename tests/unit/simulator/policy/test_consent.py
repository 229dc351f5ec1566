"""The register of consents: how pairs stand, what is kept of them, and that many fit."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import NetworkTime
from carrierbox.simulator.policy.consent import (
    FORM,
    HISTORY_MAX,
    IMPORT,
    KEYWORD,
    LOOKED_AT_MAX,
    NONE,
    OPTED_IN,
    OPTED_OUT,
    PENDING,
    ConsentChange,
    ConsentRegister,
    consent_name,
    pair_of,
    sender_key,
)

PHONE = "33612345678"
AT = NetworkTime(1_800_000_000.0)


def change(
    register: ConsentRegister, state: int, sender: str = "36123", phone: str = PHONE
) -> None:
    """Let a pair stand like this."""
    value = register.with_change(sender, phone, ConsentChange(state, KEYWORD, AT))
    assert register.put(sender, phone, value)


def test_a_pair_stands_as_its_newest_change_says() -> None:
    """Others of the sender and of the phone are not concerned."""
    register = ConsentRegister()
    assert register.state_of("36123", PHONE) == NONE
    change(register, OPTED_OUT)
    change(register, OPTED_IN, sender="ACME")
    change(register, PENDING, phone="447700900123")
    assert register.state_of("36123", PHONE) == OPTED_OUT
    assert register.state_of("ACME", PHONE) == OPTED_IN
    assert register.state_of("36123", "447700900123") == PENDING
    assert register.state_of("ACME", "447700900123") == NONE
    change(register, OPTED_IN)
    assert register.state_of("36123", PHONE) == OPTED_IN
    assert register.pairs == 3


def test_the_last_changes_are_remembered() -> None:
    """Bounded, the newest last, with source and time in whole seconds."""
    register = ConsentRegister()
    for number in range(HISTORY_MAX + 3):
        one = ConsentChange(OPTED_IN if number % 2 else OPTED_OUT, FORM, NetworkTime(AT + number))
        register.put("ACME", PHONE, register.with_change("ACME", PHONE, one))
    changes = register.changes_of("ACME", PHONE)
    assert len(changes) == HISTORY_MAX
    assert changes[-1] == one
    assert changes[0].at == AT + 3


def test_what_is_kept_comes_back() -> None:
    """The value of the setting is all there is to a pair."""
    register, again = ConsentRegister(), ConsentRegister()
    change(register, OPTED_IN)
    change(register, OPTED_OUT)
    assert again.put("36123", PHONE, register.value_of("36123", PHONE))
    assert again.changes_of("36123", PHONE) == register.changes_of("36123", PHONE)


def test_a_pair_can_be_forgotten() -> None:
    """By no octets, also one that is not there."""
    register = ConsentRegister()
    change(register, OPTED_IN)
    change(register, OPTED_IN, sender="ACME")
    assert register.put("36123", PHONE, b"")
    assert register.put("NOBODY", PHONE, b"")
    assert register.state_of("36123", PHONE) == NONE
    assert register.value_of("36123", PHONE) == b""
    assert register.state_of("ACME", PHONE) == OPTED_IN
    assert register.pairs == 1


@pytest.mark.parametrize(
    "value", [b"\1", b"\1\x20", b"\2\x20\0\0\0\0", b"\1\xf0\0\0\0\0", b"\1\x2f\0\0\0\0"]
)
def test_octets_that_are_no_consent_change_nothing(value: bytes) -> None:
    """A store that another version wrote."""
    register = ConsentRegister()
    assert not register.put("36123", PHONE, value)
    assert register.pairs == 0


@pytest.mark.parametrize(
    ("sender", "msisdn"), [("", PHONE), ("A", ""), ("A", "x"), ("A", "1" * 16)]
)
def test_a_name_that_is_no_pair_changes_nothing(sender: str, msisdn: str) -> None:
    """The same of the name of the setting."""
    assert not ConsentRegister().put(sender, msisdn, b"\1\x20\0\0\0\0")


@given(st.binary(max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_anything_may_be_read(value: bytes, sender: str, msisdn: str) -> None:
    """What is taken can be read again."""
    register = ConsentRegister()
    if register.put(sender, msisdn, value):
        assert register.value_of(sender, msisdn) in (value, b"")


def test_pairs_are_listed_page_by_page() -> None:
    """In the order of the first record of each phone; all pairs of a phone together."""
    register = ConsentRegister()
    for number in range(30):
        change(register, OPTED_IN if number % 3 else OPTED_OUT, phone=f"3361234{number:04d}")
    change(register, OPTED_OUT, sender="ACME", phone="33612340000")
    listed = []
    page, after = register.page(-1, 7)
    while after >= 0:
        listed += page
        page, after = register.page(after, 7)
    listed += page
    assert [each.msisdn for each in listed[:3]] == ["33612340000", "33612340000", "33612340001"]
    assert len(listed) == 31
    assert len(register.page(sender="ACME")[0]) == 1
    assert len(register.page(state=OPTED_OUT)[0]) == 11
    assert register.page(sender="NOBODY") == ([], -1)


def test_a_search_looks_at_so_many_phones_at_a_time() -> None:
    """What is rare is found in several pages, so that nobody else waits for it."""
    register = ConsentRegister()
    for number in range(LOOKED_AT_MAX + 2):
        change(register, OPTED_IN, phone=f"336{number:08d}")
    change(register, OPTED_OUT, phone=f"336{LOOKED_AT_MAX:08d}")
    none, after = register.page(state=OPTED_OUT)
    assert (none, after) == ([], LOOKED_AT_MAX)
    (found,), end = register.page(after, state=OPTED_OUT)
    assert (found.msisdn, end) == (f"336{LOOKED_AT_MAX:08d}", -1)


def test_the_register_is_bounded() -> None:
    """What is there may change; what is new is refused."""
    register = ConsentRegister(pairs_max=2)
    change(register, OPTED_IN)
    change(register, OPTED_IN, sender="ACME")
    assert register.may_add("ACME", PHONE)
    assert not register.may_add("OTHER", PHONE)
    one = register.with_change("OTHER", PHONE, ConsentChange(OPTED_IN, IMPORT, AT))
    assert not register.put("OTHER", PHONE, one)


def test_ten_thousand_pairs_take_little_memory() -> None:
    """A million must fit: far below a dictionary of them, which takes some 250 octets each."""
    register = ConsentRegister()
    for number in range(10_000):
        change(register, OPTED_IN, phone=f"336{number:08d}")
    pieces = register._phones._pieces
    assert register.pairs == 10_000
    assert sum(sys.getsizeof(piece) for piece in pieces) < 10_000 * 40


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+1 800 555 0199", "18005550199"),
        ("0018005550199", "18005550199"),
        ("28282", "28282"),
        ("Acme", "ACME"),
        ("@shop", "@shop"),
        (" a/b ", "A/B"),
    ],
)
def test_senders_are_known_however_they_are_written(written: str, key: str) -> None:
    """Carriers take ACME and Acme for the same."""
    assert sender_key(written) == key


def test_the_name_of_a_setting_is_the_pair() -> None:
    """A name may hold strokes, a number may not."""
    assert pair_of(consent_name("A/B", PHONE)) == ("A/B", PHONE)
