"""Links in texts: what counts as one, where it leads, and what is put in its place."""

import pytest

from carrierbox import matching
from carrierbox.identifiers import Address
from carrierbox.matching import FitsGlob
from carrierbox.relay import Submission
from carrierbox.simulator.policy.links_in_text import (
    ANY,
    LINKS_MAX,
    NONE,
    SHORTENER,
    HasLink,
    LeadsTo,
    domains_in,
    is_shortener,
    with_links,
)


def submission(text: str) -> Submission:
    octets = text.encode("utf-16-be")
    return Submission("shop", Address(5, 0, "ACME"), "33612345678", "FR", "", 8, b"", octets)


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("", []),
        ("Your code is 4821.", []),
        ("Go to https://Example.com/x?y=1. Now", ["example.com"]),
        ("http://user:pw@evil.example/p", ["evil.example"]),
        ("bit.ly/abc and bit.ly/def", ["bit.ly"]),
        ("www.foo.bar", ["www.foo.bar"]),
        ("see example.org, shop.example", ["example.org", "shop.example"]),
        ("(example.org)", ["example.org"]),
        (
            "http://127.0.0.1:80/x http://[::1]/ http://localhost",
            ["127.0.0.1", "[::1]", "localhost"],
        ),
        ("127.0.0.1", []),
        ("münchen.de", ["xn--mnchen-3ya.de"]),
        ("xn--mnchen-3ya.de", ["xn--mnchen-3ya.de"]),
        ("https://пример.рф/a", ["xn--e1afmkfd.xn--p1ai"]),
        ("Thanks.We come at 3.30", []),
        ("Hi there.So what", []),
        ("mail to a.b@example.com", []),
        ("1.2.3 and 3.5 of v1.2", []),
        ("HTTPS://BIT.LY/ABC", ["bit.ly"]),
    ],
)
def test_links_are_found_as_phones_show_them(text: str, domains: list[str]) -> None:
    """A mail address, a number and a forgotten blank are no links."""
    assert domains_in(text) == domains


def test_a_text_of_many_links_is_looked_at_up_to_a_bound() -> None:
    """Everything from outside is bounded."""
    text = " ".join(f"s{number}.example" for number in range(LINKS_MAX + 20))
    assert len(domains_in(text)) == LINKS_MAX


def test_links_make_way_for_something_else() -> None:
    """What carriers do that rewrite texts."""
    text = "Go to https://a.example/x, or b.example now"
    assert with_links(text, "[link]") == "Go to [link], or [link] now"
    assert with_links("Go to https://a.example/x now", "") == "Go to now"
    assert with_links("a.example", "") == ""
    assert with_links("No link.", "x") == "No link."


def test_shorteners_are_known_with_what_stands_below_them() -> None:
    """bit.ly has names of its customers below it."""
    assert is_shortener("bit.ly")
    assert is_shortener("acme.bit.ly")
    assert not is_shortener("habit.ly")
    assert not is_shortener("example.com")


def test_a_rule_asks_for_any_link_none_or_a_shortener() -> None:
    """docs/rules.md."""
    short = submission("Sale: bit.ly/x")
    full = submission("Sale: shop.example/x")
    none = submission("Sale")
    assert [HasLink(ANY).holds(each) for each in (short, full, none)] == [True, True, False]
    assert [HasLink(NONE).holds(each) for each in (short, full, none)] == [False, False, True]
    assert [HasLink(SHORTENER).holds(each) for each in (short, full, none)] == [True, False, False]
    assert HasLink(SHORTENER).found(short) == "bit.ly (shortener)"
    assert HasLink(ANY).found(none) == "no link"


def test_a_rule_asks_for_domains() -> None:
    """Exactly, or as a text condition says."""
    text = submission("https://pay.bank.example/login")
    assert LeadsTo(frozenset({"pay.bank.example"})).holds(text)
    assert not LeadsTo(frozenset({"bank.example"})).holds(text)
    glob = LeadsTo(frozenset(), FitsGlob(matching.TEXT, "*.bank.example"))
    assert glob.holds(text)
    assert not glob.holds(submission("bank.example"))
    assert glob.wanted() == "is like *.bank.example"
