"""Who may bind, and with what rights."""

import re

import pytest

from carrierbox.codecs.default_coding import (
    DEFAULT_ASCII,
    DEFAULT_GSM_UNPACKED,
    DEFAULT_LATIN1,
)
from carrierbox.ip_networks import IpNetworks
from carrierbox.smpp.values import ESME_RBINDFAIL, ESME_RINVPASWD, ESME_RINVSYSID, ESME_ROK
from carrierbox.smsc.accounts import Account, Accounts, AccountSettings
from carrierbox.smsc.text_coding import AGREED_CODINGS, CarrierCodings


def test_a_known_name_with_its_password_may_bind() -> None:
    """SMPP 3.4 §5.2.1, §5.2.2: one status for the name, one for the password."""
    accounts = Accounts([AccountSettings("acme", "secret")])
    assert accounts.check("acme", "secret") == ESME_ROK
    assert accounts.check("acme", "Secret") == ESME_RINVPASWD
    assert accounts.check("acme", "") == ESME_RINVPASWD
    assert accounts.check("Acme", "secret") == ESME_RINVSYSID
    assert accounts.check("", "secret") == ESME_RINVSYSID
    assert accounts.names("acme")
    assert not accounts.names("other")
    assert accounts.account("other") is None


@pytest.mark.parametrize(
    ("peer", "status"),
    [
        ("192.0.2.7:4711", ESME_ROK),
        ("[::1]:4711", ESME_ROK),
        ("203.0.113.9:4711", ESME_RBINDFAIL),
        ("[::2]:4711", ESME_RBINDFAIL),
        ("", ESME_RBINDFAIL),
    ],
)
def test_an_account_may_bind_from_where_it_is_allowed(peer: str, status: int) -> None:
    """SMPP 3.4 §5.1.3: ESME_RBINDFAIL from elsewhere, whatever the password."""
    networks = IpNetworks(["192.0.2.0/24", "::1"])
    accounts = Accounts([AccountSettings("acme", "secret", allow_from=networks)])
    assert accounts.check("acme", "secret", peer) == status
    wrong = ESME_RINVPASWD if status == ESME_ROK else ESME_RBINDFAIL
    assert accounts.check("acme", "wrong", peer) == wrong


def test_a_star_sent_by_a_client_is_only_a_star() -> None:
    """Only the configuration can say `any`: a client cannot ask for it."""
    accounts = Accounts([AccountSettings("acme", "secret")])
    assert accounts.check("acme", "*") == ESME_RINVPASWD
    assert accounts.check("*", "secret") == ESME_RINVSYSID
    assert accounts.account("*") is None


def test_a_star_for_a_password_takes_every_one() -> None:
    """An account can be open while its name is not."""
    accounts = Accounts([AccountSettings("acme", "*")])
    assert accounts.check("acme", "anything") == ESME_ROK
    assert accounts.check("acme", "") == ESME_ROK
    assert accounts.check("other", "anything") == ESME_RINVSYSID


def test_a_star_for_a_name_gives_each_name_an_account_of_its_own() -> None:
    """Two clients under `*` do not get each other's receipts."""
    accounts = Accounts([AccountSettings("*", "open", window=7)])
    assert accounts.check("one", "open") == ESME_ROK
    assert accounts.check("one", "closed") == ESME_RINVPASWD
    one, two = accounts.account("one"), accounts.account("two")
    assert one is not None
    assert two is not None
    assert one is not two
    assert accounts.account("one") is one
    assert (one.system_id, one.settings.window) == ("one", 7)


def test_an_account_with_a_name_goes_before_the_star() -> None:
    """Its password is not bypassed by the open one."""
    accounts = Accounts([AccountSettings("*", "*"), AccountSettings("acme", "secret")])
    assert accounts.check("acme", "guess") == ESME_RINVPASWD
    assert accounts.check("acme", "secret") == ESME_ROK
    assert accounts.check("other", "guess") == ESME_ROK
    acme = accounts.account("acme")
    assert acme is not None
    assert acme.settings.password == "secret"


def test_checking_a_name_makes_no_account() -> None:
    """Only a name that bound receives messages."""
    accounts = Accounts([AccountSettings("*", "open")])
    accounts.check("guest", "wrong")
    accounts.check("guest", "open")
    assert accounts.takes_any
    assert accounts.receiver_of("1234") is None


def test_a_range_covers_the_whole_address() -> None:
    """SMPP 3.4 §5.2.7: a number that only begins like the range is not in it."""
    account = Account("acme", AccountSettings("acme", "", address_range="12[34]"))
    assert account.receives("123")
    assert account.receives("124")
    assert not account.receives("1234")
    assert not account.receives("0123")
    assert not account.receives("")


def test_a_chosen_range_goes_before_everything_and_the_first_wins() -> None:
    """SMPP 3.4 §5.2.7, T45: whoever asked for a number gets it."""
    accounts = Accounts(
        [
            AccountSettings("all", "x"),
            AccountSettings("also", "x"),
            AccountSettings("fours", "x", address_range="4.*"),
            AccountSettings("four", "x", address_range="44"),
        ]
    )

    def receiver(address: str) -> str:
        account = accounts.receiver_of(address)
        return "" if account is None else account.system_id

    assert receiver("44") == "fours"
    assert receiver("123") == "all"
    assert receiver("") == "all"


def test_nobody_receives_what_is_in_no_range() -> None:
    """A box whose accounts all chose takes nothing else."""
    accounts = Accounts([AccountSettings("four", "x", address_range="44")])
    assert accounts.receiver_of("45") is None
    assert Accounts([]).receiver_of("45") is None


def test_only_the_range_of_everything_is_no_choice() -> None:
    """A range that happens to match everything was still chosen."""
    assert not Account("a", AccountSettings("a", "")).receives_by_choice
    assert Account("a", AccountSettings("a", "", address_range=".+")).receives_by_choice


def test_a_pattern_that_is_none_is_refused_when_the_account_is_made() -> None:
    """Not when the first message looks for its receiver."""
    with pytest.raises(re.error):
        Accounts([AccountSettings("acme", "", address_range="(")])


def test_a_pattern_that_is_none_is_refused_under_a_star_too() -> None:
    """Everything from outside can be wrong: a bind must not be where it shows."""
    with pytest.raises(re.error):
        Accounts([AccountSettings("*", "", address_range="(")])


@pytest.mark.parametrize(
    ("pattern", "address"), [("^33", "33612345678"), ("78$", "33612345678"), ("[13579]$", "21")]
)
def test_a_range_is_a_regular_expression_as_the_specification_writes_them(
    pattern: str, address: str
) -> None:
    """SMPP 3.4 §5.2.7, Appendix A: `^1234` is every address that begins with 1234."""
    assert Account("a", AccountSettings("a", "", address_range=pattern)).receives(address)


def test_long_credentials_bind_only_where_they_are_allowed() -> None:
    """T12: a strict account refuses what SMPP 3.4 has no room for, a lenient one compares it."""
    long_name, long_password = "n" * 16, "p" * 9
    lenient = Accounts([AccountSettings(long_name, long_password, strict=False)])
    assert lenient.check(long_name, long_password) == ESME_ROK
    assert lenient.check(long_name, "p" * 8) == ESME_RINVPASWD
    strict = Accounts([AccountSettings("*", "*")])
    assert strict.check(long_name, "x") == ESME_RINVSYSID
    assert strict.check("name", long_password) == ESME_RINVPASWD


def test_an_account_may_use_all_lists_or_those_it_names() -> None:
    """SMPP 3.4 §5.1.3, ESME_RCNTSUBDL."""
    free = Account("a", AccountSettings("a", "a"))
    bound = Account("b", AccountSettings("b", "b", distribution_lists=["friends"]))
    nobody = Account("c", AccountSettings("c", "c", distribution_lists=[]))
    assert [one.may_use_list("friends") for one in (free, bound, nobody)] == [True, True, False]
    assert [one.may_use_list("foes") for one in (free, bound, nobody)] == [True, False, False]


def test_an_account_agrees_with_its_carrier_on_data_coding_0() -> None:
    """T32: its own word goes before that of a country's carriers."""
    carriers = CarrierCodings(DEFAULT_ASCII, {"FR": DEFAULT_LATIN1})
    named = AccountSettings("own", "x", data_coding_0=DEFAULT_GSM_UNPACKED)
    accounts = Accounts([named, AccountSettings("*", "*")], carriers)
    own, other = accounts.account("own"), accounts.account("other")
    assert own is not None
    assert other is not None
    assert (own.coding_of("FR"), own.has_one_coding) == (AGREED_CODINGS[0], True)
    assert other.coding_of("FR").default_coding == DEFAULT_LATIN1
    assert other.coding_of("TR").default_coding == DEFAULT_ASCII
    assert not other.has_one_coding
    alone = Account("alone", AccountSettings("alone", "x"))
    assert (alone.coding_of("FR"), alone.has_one_coding) == (AGREED_CODINGS[0], True)


def test_an_account_may_be_supposed_without_being_made() -> None:
    """Whoever asks what would be leaves no trace."""
    accounts = Accounts([AccountSettings("*", "*"), AccountSettings("shop", "x")])
    assert accounts.first_name == "shop"
    supposed = accounts.supposed("anybody")
    assert supposed is not None
    assert supposed is not accounts.account("anybody")
    assert accounts.supposed("anybody") is accounts.account("anybody")
    assert accounts.supposed("shop") is accounts.account("shop")
    assert Accounts([AccountSettings("shop", "x")]).supposed("bank") is None
    assert Accounts([AccountSettings("*", "*")]).first_name == ""
