"""Links in a text: what phones would show as something to tap, and the domains they lead to."""

import re
from typing import Final

from carrierbox.matching import Condition, OfText, or_list
from carrierbox.relay import Submission

ANY: Final = "any"
NONE: Final = "none"
SHORTENER: Final = "shortener"

LINKS_MAX: Final = 50
"""So many links of a text are looked at."""
TEXT_CHARACTERS_MAX: Final = 10_000
"""So much of a text is looked at."""
DOMAIN_CHARACTERS_MAX: Final = 253

# What may stand before a link without a scheme is anything that is no part of a name or an address
# of mail. After the last label stands no further letter.
_LINK: Final = re.compile(
    r"(?:(?P<scheme>https?://(?:[^\s/@]{1,64}@)?)|(?<![\w@./-]))"
    r"(?:(?P<domain>(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}"
    r"(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24}))"
    # Addresses in numbers are links with a scheme only.
    r"|(?P<address>(?<=//)(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-f:.]{2,45}\]|localhost)))"
    r"(?![\w@-])(?P<port>:[0-9]{1,5})?(?P<path>[/?#][^\s<>\"]{0,2000})?",
    re.IGNORECASE,
)
_ENDINGS: Final = ".,;:!?'\")]}"
_BEHIND: Final = _ENDINGS + " \n"

SHORTENERS: Final = frozenset(
    {
        "adf.ly",
        "bit.do",
        "bit.ly",
        "bitly.com",
        "buff.ly",
        "cli.gs",
        "clck.ru",
        "cutt.ly",
        "dlvr.it",
        "goo.gl",
        "goo.su",
        "gg.gg",
        "ift.tt",
        "is.gd",
        "j.mp",
        "kutt.it",
        "migre.me",
        "ow.ly",
        "q.gs",
        "qr.ae",
        "rb.gy",
        "rebrand.ly",
        "s.id",
        "s2r.co",
        "shorturl.at",
        "shrtco.de",
        "snip.ly",
        "soo.gd",
        "surl.li",
        "t.co",
        "t.ly",
        "t2m.io",
        "tiny.cc",
        "tiny.one",
        "tinyurl.com",
        "tr.im",
        "u.to",
        "urlz.fr",
        "v.gd",
        "vk.cc",
        "x.co",
        "zpr.io",
    }
)
"""Public services whose links hide where they lead, by their domains; open to everybody, so that
carriers cannot tell whose link it is."""

# Without a scheme only these endings make a link: "Hello.World" is no link on any phone. The two
# letters of a country always do.
_GENERIC_ENDINGS: Final = frozenset(
    {
        "app",
        "biz",
        "blog",
        "bot",
        "cash",
        "casino",
        "click",
        "cloud",
        "club",
        "com",
        "dev",
        "digital",
        "edu",
        "email",
        "example",
        "finance",
        "fun",
        "gov",
        "help",
        "icu",
        "info",
        "int",
        "life",
        "link",
        "live",
        "loan",
        "market",
        "mobi",
        "money",
        "name",
        "net",
        "news",
        "one",
        "online",
        "org",
        "page",
        "pay",
        "pro",
        "promo",
        "sale",
        "shop",
        "site",
        "space",
        "store",
        "support",
        "tech",
        "tel",
        "today",
        "top",
        "vip",
        "website",
        "win",
        "work",
        "world",
        "xyz",
        "zone",
    }
)
_COUNTRY_LETTERS: Final = 2


class Link:
    """A link in a text: from where to where it stands, and its domain."""

    def __init__(self, start: int, end: int, domain: str) -> None:
        self.start = start
        self.end = end
        self.domain = domain


def links_in(text: str) -> list[Link]:
    """The links in a text in their order.

    A link is what has `http://` or `https://`, begins with `www.`, or is a domain with a usual
    ending. Letters that ASCII has not are told as punycode, as browsers ask for them.
    """
    if "." not in text and "://" not in text:
        return []
    found: list[Link] = []
    for match in _LINK.finditer(text[:TEXT_CHARACTERS_MAX]):
        if len(found) >= LINKS_MAX:
            break
        domain = (match["domain"] or match["address"]).lower()
        if match["scheme"] is None and not _is_link(domain, match):
            continue
        # What ends a sentence is no part of the link before it.
        end = match.end()
        while text[end - 1] in _ENDINGS:
            end -= 1
        found.append(Link(match.start(), end, in_ascii(domain)))
    return found


def domains_in(text: str) -> list[str]:
    """The domains of the links in a text, in their order, each once, in small letters."""
    return list(dict.fromkeys([link.domain for link in links_in(text)]))


def with_links(text: str, instead: str) -> str:
    """The text with something in the place of each of its links; without them, if it is empty."""
    pieces: list[str] = []
    position = 0
    for link in links_in(text):
        before = text[position : link.start]
        position = link.end
        is_alone = not text[position : position + 1].isalnum()
        if not instead and is_alone and before.endswith(" "):
            before = before[:-1]
        pieces += [before, instead]
    return "".join([*pieces, text[position:]]) if pieces else text


def in_ascii(domain: str) -> str:
    """A domain as the name system has it: `münchen.de` is `xn--mnchen-3ya.de`."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain[:DOMAIN_CHARACTERS_MAX]


def is_shortener(domain: str) -> bool:
    """Whether a domain, or one above it, is that of a public shortener of links."""
    while domain:
        if domain in SHORTENERS:
            return True
        domain = domain.partition(".")[2]
    return False


def _is_link(domain: str, match: re.Match[str]) -> bool:
    """Whether phones would take a domain without a scheme for a link."""
    if domain.startswith("www."):
        return True
    ending = domain.rpartition(".")[2]
    written = match["domain"]
    if ending in _GENERIC_ENDINGS or ending.startswith("xn--"):
        return True
    if len(ending) != _COUNTRY_LETTERS or not ending.isascii():
        return False
    # "Thanks.We are there.So" has forgotten blanks: an ending with a capital letter among small
    # ones is the beginning of a sentence.
    return match["path"] is not None or written.isupper() or written.rpartition(".")[2].islower()


class HasLink(Condition):
    """A text has any link, none, or one of a public shortener."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def holds(self, submission: Submission) -> bool:
        """Whether it has."""
        domains = domains_in(submission.text())
        if self._kind == NONE:
            return not domains
        if self._kind == ANY:
            return bool(domains)
        for domain in domains:  # noqa: SIM110
            if is_shortener(domain):
                return True
        return False

    def subject(self) -> str:
        """The name of the condition."""
        return "link"

    def wanted(self) -> str:
        """Which links."""
        return self._kind

    def found(self, submission: Submission) -> str:
        """The domains."""
        return told_domains(submission)


class LeadsTo(Condition):
    """The domain of some link in a text is one of `domains`, or as `test` says."""

    def __init__(self, domains: frozenset[str], test: OfText | None = None) -> None:
        self._domains = domains
        self._test = test

    def holds(self, submission: Submission) -> bool:
        """Whether it is."""
        for domain in domains_in(submission.text()):
            if domain in self._domains or (self._test is not None and self._test.fits(domain)):
                return True
        return False

    def subject(self) -> str:
        """The name of the condition."""
        return "link_domain"

    def wanted(self) -> str:
        """The domains, or what they are like."""
        return or_list(sorted(self._domains)) if self._test is None else self._test.wanted()

    def found(self, submission: Submission) -> str:
        """The domains that there are."""
        return told_domains(submission)


def told_domains(submission: Submission) -> str:
    """The domains of the links in a submission's text, for people."""
    domains = domains_in(submission.text())
    return (
        ", ".join(f"{domain} (shortener)" if is_shortener(domain) else domain for domain in domains)
        or "no link"
    )
