"""Dialects of any kind: what they write can be read, and is found again."""

from hypothesis import given
from hypothesis import strategies as st

from carrierbox.clock import NetworkTime
from carrierbox.codecs.receipt_dialect import (
    DATE_FORMATS,
    MESSAGE_ID_MAX,
    Dialect,
    IdFormat,
    format_receipt,
)
from carrierbox.codecs.receipt_text import parse_receipt_text
from carrierbox.dialects import longest_receipt
from carrierbox.identifiers import Address, LinkId
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import BIND_TRANSCEIVER
from carrierbox.smsc.accounts import Accounts, AccountSettings
from carrierbox.smsc.bindings import Binding
from carrierbox.smsc.lookup import Lookup
from carrierbox.smsc.messages import FROM_ESME, TO_PHONE, Message
from carrierbox.smsc.registry import Registry

AT = NetworkTime(0.0)
LABELS = {
    "id": ["id:{id}", "id: {id}", "ID:{id}"],
    "sub": ["sub:{sub}"],
    "dlvrd": ["dlvrd:{dlvrd}", "Dlvrd: {dlvrd}"],
    "submit_date": ["submit date:{submit_date}", "submitdate:{submit_date}"],
    "done_date": ["done date:{done_date}", "done_date: {done_date}"],
    "stat": ["stat:{stat}", "Stat :{stat}"],
    "err": ["err:{err}", "ERR:{err}"],
}

notations = st.builds(
    lambda width, base: f"%0{width}{base}" if width else f"%{base}",
    st.sampled_from([0, 1, 8, 10, 16, 64]),
    st.sampled_from("dxX"),
)
message_ids = st.one_of(st.integers(1, 2**17), st.integers(1, MESSAGE_ID_MAX))
characters_max = st.sampled_from([0, 0, 6, 8, 10, 64])
layouts = st.builds(
    lambda fields, gap, tail: gap.join(fields) + tail,
    st.permutations(list(LABELS)).flatmap(
        lambda names: st.tuples(*[st.sampled_from(LABELS[name]) for name in names])
    ),
    st.sampled_from([" ", "  ", " ; "]),
    st.sampled_from([" text:{text}", " Text:{text}", ""]),
)
words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=16)
texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@given(notations, characters_max, message_ids)
def test_an_id_comes_back_from_its_writing(notation: str, limit: int, message_id: int) -> None:
    """T26: whole, or its low part; never longer than told, and with zeros and case lost too."""
    form = IdFormat(notation, limit)
    written = form.render(message_id)
    expected = message_id % form.modulus if limit else message_id
    assert len(written) <= form.longest() <= 64
    assert form.parse(written) == expected
    assert form.parse(written.lstrip("0") or "0") == expected
    assert form.parse(written.swapcase()) == expected


@given(
    layouts,
    st.sampled_from(list(DATE_FORMATS)),
    notations,
    characters_max,
    message_ids,
    words,
    words,
    texts,
    st.integers(0, 20),
    st.integers(0, 2**32),
)
def test_what_a_dialect_writes_our_own_reader_reads(
    layout: str,
    date: str,
    notation: str,
    limit: int,
    message_id: int,
    stat: str,
    err: str,
    text: str,
    characters: int,
    at: int,
) -> None:
    """T23, T24: whatever order, labels, dates and lengths."""
    dialect = Dialect(
        "any",
        layout=layout,
        date=date,
        text_characters=characters,
        text_id=notation,
        id_characters_max=limit,
    )
    seen = dialect.text_id.render(message_id)
    written = format_receipt(dialect, seen, 1, 0, at, at + 60, stat, err, text)
    fields = parse_receipt_text(written)
    assert len(written) <= longest_receipt(dialect)
    assert fields["id"] == seen
    assert (fields["sub"], fields["dlvrd"]) == ("001", "000")
    assert (fields["stat"], fields["err"]) == (stat, err)
    assert len(fields["submit_date"]) == len(fields["done_date"]) == len(date)
    if layout.endswith("{text}"):
        assert fields["text"] == text[:characters]


@given(
    st.lists(st.tuples(st.integers(1, 3 * 10**6), st.sampled_from("ab")), min_size=1, max_size=30),
    notations,
    notations,
    st.sampled_from([0, 6, 8]),
)
def test_every_message_is_found_by_what_its_client_saw(
    given_ids: list[tuple[int, str]], answer: str, text: str, limit: int
) -> None:
    """T26, T46: by the id of the answer; of several the newest, and never another account's."""
    dialect = Dialect("any", answer_id=answer, text_id=text, id_characters_max=limit)
    accounts = Accounts([AccountSettings(name, "x", dialect=dialect) for name in "ab"])
    registry = Registry()
    lookup = Lookup(registry, accounts)
    newest: dict[tuple[str, str], int] = {}
    for message_id, system_id in sorted(dict(given_ids).items()):
        submit, address = SubmitSm(), Address(1, 1, "1")
        registry.add(
            Message(
                message_id,
                system_id,
                FROM_ESME,
                TO_PHONE,
                submit,
                address,
                "1",
                "",
                "",
                "",
                0,
                AT,
                AT,
                AT,
            )
        )
        newest[dialect.answer_id.render(message_id), system_id] = message_id
    for (seen, system_id), message_id in newest.items():
        account = accounts.account(system_id)
        assert account is not None
        binding = Binding(LinkId(1), account, BIND_TRANSCEIVER)
        assert [one.message_id for one in lookup.of_client(seen, binding)] == [message_id]
        found = lookup.of_account(seen, system_id)
        assert found is not None
        assert found.message_id == message_id
