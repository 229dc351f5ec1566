"""Packs of carriers: those that come with carrierbox are sound, wrong ones are told with line."""

from functools import cache
from pathlib import Path

import msgspec
import pytest

from carrierbox.config_packs import (
    BASES,
    CLASS_ORDER,
    PACKS,
    WORDS,
    PackError,
    built_in_pack,
    countries_with_packs,
    load_pack,
    pack_schema,
    read_pack,
)
from carrierbox.errors import ConfigurationError
from carrierbox.strict_yaml import read_yaml

COUNTRIES = countries_with_packs()
pack_of = cache(built_in_pack)
"""Each is read once: a pack takes tens of milliseconds."""
SEVERAL_CARRIERS = ("US", "CA", "FR", "GB", "DE", "IN", "BR")

PACK = """\
country: NL
date: "2026-11-23"
currency: EUR
sources:
  - {id: trade, publisher: general knowledge, title: what is told}
carriers:
  - name: KPN
    receipts: handset
    why: It tells of the phone.
    basis: typical
    source: trade
    filtered: {state: REJECTED, err: "100"}
numbers: {}
prices: {basis: typical, source: trade}
rules:
  - name: nl-names
    why: Names are not taken.
    basis: typical
    source: trade
    when: {sender: alphanumeric}
    then: {command_status: ESME_RINVSRCADR}
    example: {from: ACME, to: "+31612345678", text: Hi}
"""


def problems_of(text: str) -> list[str]:
    """What is wrong with a pack, a line for each."""
    with pytest.raises(PackError) as raised:
        read_pack(text, "nl.yaml")
    return str(raised.value).splitlines()


def test_there_are_packs_of_many_countries() -> None:
    """Twenty-five at least, and several carriers where most texts go."""
    assert len(COUNTRIES) >= 25
    for country in SEVERAL_CARRIERS:
        assert len(pack_of(country).head.carriers) >= 3


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_pack_is_sound(country: str) -> None:
    """It is of its country, has rules of its own, each with its reason and what it rests on."""
    pack = pack_of(country)
    assert pack.head.country == country
    assert len(pack.rules) >= 3
    assert sum(pack.counts().values()) == len(pack.rules)
    for rule in pack.rules:
        assert rule.name.startswith(f"{country.lower()}-")
        assert isinstance(rule.why, str)
        assert rule.why.endswith((".", "!"))
        assert rule.basis in BASES


def test_what_is_general_knowledge_is_never_called_documented() -> None:
    """Nothing documented rests on the source that is none."""
    for country in COUNTRIES:
        pack = pack_of(country)
        rests = [(one.name, one.source, one.basis) for one in pack.head.carriers]
        rests += [(rule.name, rule.source, rule.basis) for rule in pack.rules]
        for kind in pack.head.numbers.__struct_fields__:
            number = getattr(pack.head.numbers, kind)
            if number is not msgspec.UNSET:
                rests.append((kind, number.source, number.basis))
        assert [each for each in rests if each[1] == "trade" and each[2] != "typical"] == []
        assert pack.head.prices.basis == "typical"


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_pack_says_what_its_codes_rest_on(country: str) -> None:
    """And calls none documented but those of the one carrier that a source names."""
    pack = pack_of(country)
    assert pack.head.vocabulary is not msgspec.UNSET
    for carrier in pack.head.carriers:
        vocabulary = pack.vocabulary_of(carrier)
        named = (country, carrier.name) == ("US", "AT&T")
        assert (vocabulary.filtered == "documented") is named
        assert vocabulary.errors != "documented"
        if country != "US":
            assert vocabulary.filtered == "placeholder"


@pytest.mark.parametrize("country", COUNTRIES)
def test_rules_are_counted_as_the_file_has_them(country: str) -> None:
    """Documented, law and typical, by what stands in the file."""
    written = read_yaml(PACKS / f"{country}.yaml")
    assert isinstance(written, dict)
    bases = [rule["basis"] for rule in written["rules"]]
    assert pack_of(country).counts() == {basis: bases.count(basis) for basis in BASES}
    assert sum(pack_of(country).counts().values()) == len(bases)


def test_names_of_rules_are_given_once_in_all_packs() -> None:
    """A trace tells a rule by its name alone."""
    names = [rule.name for country in COUNTRIES for rule in pack_of(country).rules]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_list_of_words_is_of_known_classes(path: Path) -> None:
    """And asked for by some pack."""
    words = msgspec.convert(read_yaml(path), dict[str, list[str]])
    assert set(words) <= set(CLASS_ORDER)
    assert any(path.stem in pack_of(country).head.languages for country in COUNTRIES)


def test_a_pack_is_read_with_all_that_it_has() -> None:
    """The smallest one."""
    pack = read_pack(PACK, "nl.yaml")
    assert (pack.head.country, pack.where, len(pack.rules)) == ("NL", "nl.yaml", 1)
    assert pack.counts() == {"documented": 0, "law": 0, "typical": 1}
    assert pack.price_of("alphanumeric") is None


def test_codes_of_which_nobody_says_anything_are_placeholders() -> None:
    """A pack says for all carriers what codes rest on, a carrier for itself, else nobody did."""
    said = "vocabulary: {filtered: typical, source: trade}"
    silent = read_pack(PACK, "nl.yaml")
    whole = read_pack(PACK.replace("currency", f"{said}\ncurrency"), "nl.yaml")
    own = read_pack(PACK.replace("    filtered", f"    {said}\n    filtered"), "nl.yaml")
    told = [each.vocabulary_of(each.head.carriers[0]) for each in (silent, whole, own)]
    assert [each.filtered for each in told] == ["placeholder", "typical", "typical"]
    assert [each.errors for each in told] == ["placeholder"] * 3


def test_all_that_is_wrong_is_told_with_its_line() -> None:
    """File, line, path and remedy."""
    wrong = (
        PACK.replace("name: KPN", "name: Nobody")
        .replace("source: trade\n    when", "source: hearsay\n    when")
        .replace("then: {command", "then: {status: 1, command")
        .replace("sender: alphanumeric", "sender: pigeon")
    )
    told = problems_of(wrong)
    assert told[0].startswith("nl.yaml:21: rules[0].then.status: unknown key; known here: accept,")
    assert "nl.yaml:7: carriers[0].name: no number of NL is Nobody's: give it a share" in told[1]
    told = problems_of(wrong.replace("status: 1, ", ""))
    assert told[0] == "nl.yaml:19: rules[0].source: hearsay is no source of this pack: add it there"
    assert told[2].startswith("nl.yaml:20: rules[0].when.sender: must be one of alphanumeric,")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("currency: EUR\n", "", "nl.yaml:1: currency: missing"),
        ("country: NL", "country: XX", "nl.yaml:1: country: no number belongs to XX"),
        (
            "    receipts: handset",
            "    share: 30\n    receipts: handset",
            "nl.yaml:6: carriers: shares make 30 together: they must make 100, or none",
        ),
        (
            "title: what is told}",
            "title: what is told}\n  - {id: more, publisher: B, title: C}",
            "nl.yaml:6: sources[1]: nothing rests on more: remove it",
        ),
        ("    why: Names are not taken.\n", "", "nl.yaml:16: rules[0].why: missing: say why"),
        (
            'err: "100"}\n',
            'err: "100"}\n    errors: {GONE: "1"}\n',
            "nl.yaml:13: carriers[0].errors.GONE: must be one of UNKNOWN_SUBSCRIBER",
        ),
        (
            "currency: EUR",
            "currency: EUR\nlanguages: [xx]",
            "nl.yaml:4: languages[0]: has no word lists; ar, de",
        ),
        (
            "currency: EUR",
            "currency: EUR\nwords: {cats: [cat]}",
            "nl.yaml:4: words.cats: must be one of otp",
        ),
        (
            "currency: EUR",
            "currency: EUR\nwords: {loans: ['%']}",
            "nl.yaml:4: words: '%' has neither letters nor digits",
        ),
        (
            "currency: EUR",
            "currency: EUR\nholidays: [easter+999]",
            "nl.yaml:4: holidays[0]: must be at most 200 days from Easter",
        ),
        ("rules:\n", "more:\n", "nl.yaml:15: more: unknown key"),
        (
            "  - {id: trade, publisher: general knowledge, title: what is told}\n",
            "  []\n",
            "nl.yaml:4: sources: must be array of length >= 1",
        ),
        (
            "sources:\n  - {id: trade, publisher: general knowledge, title: what is told}\n",
            "",
            "nl.yaml:1: sources: missing",
        ),
        (
            "{basis: typical, source: trade}\n",
            "{basis: typical, source: rumour}\n",
            "nl.yaml:14: prices.source: rumour is no source of this pack: add it there",
        ),
        (
            "    source: trade\n    filtered",
            "    source: rumour\n    filtered",
            "nl.yaml:11: carriers[0].source: rumour is no source of this pack: add it there",
        ),
        (
            "numbers: {}",
            "numbers: {long_code: {allowed: true, two_way: true, basis: typical, source: rumour}}",
            "nl.yaml:13: numbers.long_code.source: rumour is no source of this pack",
        ),
        (
            "currency: EUR",
            "currency: EUR\nvocabulary: {filtered: typical, source: rumour}",
            "nl.yaml:4: vocabulary.source: rumour is no source of this pack",
        ),
        (
            "currency: EUR",
            "currency: EUR\nvocabulary: {errors: documented}",
            "nl.yaml:4: vocabulary.source: missing: name it, or say placeholder for both",
        ),
        (
            'err: "100"}\n',
            'err: "100"}\n    vocabulary: {source: trade}\n',
            "nl.yaml:13: carriers[0].vocabulary.source: codes that are placeholders have none",
        ),
        (
            "title: what is told}",
            'title: what is told, checked: "2026-11-23"}',
            "nl.yaml:5: sources[0].checked: says when, not where: add url",
        ),
        (
            "title: what is told}",
            "title: what is told, url: example.org}",
            "nl.yaml:5: sources[0].url: ",
        ),
        (
            "title: what is told}",
            "title: what is told}\n  - {id: trade, publisher: B, title: C}",
            "nl.yaml:6: sources[1].id: trade is given twice",
        ),
        ("name: nl-names", "name: [", "nl.yaml: line "),
    ],
)
def test_a_pack_that_cannot_be_is_refused(old: str, new: str, told: str) -> None:
    """Each mistake by itself."""
    assert old in PACK
    problems = problems_of(PACK.replace(old, new, 1))
    assert problems[0].startswith(told), problems


def test_carriers_and_rules_are_named_once() -> None:
    """A name that comes again."""
    carrier = PACK[PACK.index("  - name: KPN") : PACK.index("numbers:")]
    rule = PACK[PACK.index("  - name: nl-names") :]
    told = problems_of(PACK.replace(carrier, carrier * 2) + rule)
    assert [each.partition(": ")[2] for each in told] == [
        "carriers[1].name: KPN is given twice",
        "rules[1].name: nl-names is given twice",
    ]


def test_what_is_no_mapping_is_no_pack() -> None:
    """A list, and a pack without rules."""
    assert problems_of("[1]") == ["nl.yaml:1: must be a mapping, not a list"]
    without = PACK[: PACK.index("rules:")] + "rules: []\n"
    assert problems_of(without) == ["nl.yaml:15: rules: must be a list of 1 to 200 rules"]


def test_a_country_without_a_pack_is_told() -> None:
    """With where to look."""
    with pytest.raises(ConfigurationError, match="there is no pack of XX: `carrierbox carriers"):
        built_in_pack("XX")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_pack(PACKS / "none.yaml")


def test_the_schema_is_of_one_piece() -> None:
    """For editors: keys as files have them."""
    schema = pack_schema()
    assert schema["$ref"] == "#/$defs/PackFile"
    assert {"country", "rules", "holidays"} <= set(schema["$defs"]["PackFile"]["properties"])
    assert {"from", "class"} <= set(schema["$defs"]["Example"]["properties"])


def test_a_pack_tells_what_kinds_of_senders_may_do() -> None:
    """Rates by kind and by tier, and who stands in for others, but for rules that are left out."""
    numbers = (
        "numbers:\n"
        "  long_code: {allowed: true, two_way: false, basis: typical, source: trade, per_s: 0.5, "
        "per_day: 9, tiers: {T: 2, E: {per_day: 7}}}\n"
    )
    rule = PACK[PACK.index("  - name: nl-names") :].replace("nl-names", "nl-others")
    rule = rule.replace(
        "{command_status: ESME_RINVSRCADR}",
        '{source_addr: ["+31600000000", "N-{sender}"], go_on: true}',
    )
    pack = read_pack(PACK.replace("numbers: {}\n", numbers) + rule, "nl.yaml")
    senders = pack.senders()
    kind = senders.kinds["long_code"]
    paces = [kind.pace, kind.tiers["T"], kind.tiers["E"]]
    assert [(each.per_s, each.per_day) for each in paces] == [(0.5, 9), (2.0, 0), (0.0, 7)]
    assert (list(senders.kinds), kind.is_two_way) == (["long_code"], False)
    assert senders.stand_ins == {"31600000000": "nl-others"}
    assert pack.senders(frozenset({"nl-others"})).stand_ins == {}
    assert pack.supplies().kinds["long_code"].pace.per_s == 0.5
