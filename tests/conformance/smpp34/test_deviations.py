"""What a client may get wrong, strict and lenient, octets in and octets out; bodies of refusals.

`deviations.toml` is the table; each of its rows is walked here, and docs/deviations.md is compared
with it.
"""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from carrierbox.app import make_box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.runtime import Runtime
from carrierbox.smpp import values
from carrierbox.smpp.session import SessionSettings
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.messages import RECEIPT_DONE
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore

REPOSITORY: Final = Path(__file__).parents[3]
PAGE: Final = REPOSITORY / "docs" / "deviations.md"
TABLE: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "deviations.toml").read_text(encoding="utf-8")
)
DEVIATIONS: Final[list[dict[str, str]]] = TABLE["deviation"]
ERROR_BODIES: Final[list[dict[str, str]]] = TABLE["error_body"]

# bind_transceiver of shop; a submit_sm to +33612345678 that asks for a receipt.
BIND: Final = bytes.fromhex("0000002100000009000000000000000973686f7000736563726574000034000000")
SUBMIT: Final = bytes.fromhex(
    "0000003200000004000000000000000800050041434d4500010133333631323334353637380000000000000100"
    "0000024869"
)


class Wire:
    """A wire that keeps what was written."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, octets: bytes) -> None:
        self.written += octets

    def close(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def reset(self) -> None:
        pass

    def read_little(self) -> None:
        pass


class Carrier:
    """A carrier with one account behind one wire; its clocks stand still."""

    def __init__(self, account: AccountSettings) -> None:
        clock = NetworkClock(start=START, running=False)
        box = make_box("default", FakeStore(), number_plan(), [account], [], clock)
        self.centre = box.centre
        self._wakes = 0
        settings = SessionSettings(long_credentials=True)
        self._runtime = Runtime(
            [box], settings, self._wake, lambda event, fields: None, lambda: LinkTime(100.0)
        )
        self._wire = Wire()
        self._link_id = self._runtime.opened(self._wire, "192.0.2.1:40000")

    def answer_to(self, octets: bytes) -> bytes:
        """What the client is sent when these octets have come."""
        self._wire.written = b""
        self._runtime.received(self._link_id, octets)
        for _ in range(1000):
            self._wakes = 0
            self._runtime.turn()
            if not self._wakes:
                return self._wire.written
        raise AssertionError("the runtime asks for turns for ever")

    def _wake(self) -> None:
        self._wakes += 1


def carrier_at(begin: str, account: AccountSettings) -> Carrier:
    """A carrier whose client has come to that point of a session."""
    carrier = Carrier(account)
    if begin != "open":
        assert carrier.answer_to(BIND)[8:12] == bytes(4)
    if begin == "delivered":
        assert b"stat:DELIVRD" in carrier.answer_to(SUBMIT)
    return carrier


def everybody(strict: bool) -> AccountSettings:
    return AccountSettings("*", "*", strict=strict)


def ids(rows: list[dict[str, str]]) -> list[str]:
    return [row["what"] for row in rows]


@pytest.mark.parametrize("row", DEVIATIONS, ids=ids(DEVIATIONS))
@pytest.mark.parametrize("account", ["strict", "lenient"])
def test_an_account_takes_or_refuses_it_as_the_table_says(
    row: dict[str, str], account: str
) -> None:
    """T05, T08, T09, T12, T13: what can be understood is taken, or the client is told."""
    carrier = carrier_at(row["begin"], everybody(account == "strict"))
    answer = carrier.answer_to(bytes.fromhex(row["request"]))
    assert answer.hex() == row[f"{account}_octets"]
    if row["begin"] == "delivered":
        (message,) = carrier.centre.registry.oldest_first()
        is_settled = message.receipt == RECEIPT_DONE
        assert is_settled == row[account].startswith(("the delivery is settled", "the same"))


@pytest.mark.parametrize("row", DEVIATIONS, ids=ids(DEVIATIONS))
def test_the_words_of_a_row_are_those_of_its_octets(row: dict[str, str]) -> None:
    """A status in words is that of the answer, and `the same` is the same."""
    told = row["strict"].strip("`")
    if told in values.STATUS_BY_NAME:
        assert int(row["strict_octets"][16:24], 16) == values.STATUS_BY_NAME[told]
    if row["begin"] != "delivered":
        is_same = row["strict_octets"] == row["lenient_octets"]
        assert is_same == row["lenient"].startswith("the same")


@pytest.mark.parametrize("row", ERROR_BODIES, ids=ids(ERROR_BODIES))
def test_refusals_have_a_body_where_it_is_wanted(row: dict[str, str]) -> None:
    """SMPP 3.4 §4.1.2, §4.4.2, T09: a header only, or with `error_bodies` empty fields after it."""
    request = bytes.fromhex(row["request"])
    without = carrier_at(row["begin"], AccountSettings("shop", "secret"))
    assert without.answer_to(request).hex() == row["without_octets"]
    bodies = carrier_at(row["begin"], AccountSettings("shop", "secret", error_bodies=True))
    assert bodies.answer_to(request).hex() == row["with_octets"]
    heads = [bytes.fromhex(row[name])[4:16] for name in ("without_octets", "with_octets")]
    assert heads[0] == heads[1]
    assert len(bytes.fromhex(row["without_octets"])) == 16


@pytest.mark.parametrize("trap", sorted({row["trap"] for row in DEVIATIONS}))
def test_a_trap_of_the_table_is_one_of_the_list(trap: str) -> None:
    """The numbers are those of docs/statuses.md, but for traps of receipts (T19 and above)."""
    statuses = (REPOSITORY / "docs" / "statuses.md").read_text(encoding="utf-8")
    assert f"| {trap} |" in statuses or "T19" <= trap <= "T31"


def page_rows(heading: str) -> list[str]:
    """The rows of the page's table under a heading."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    lines = section.partition("\n## ")[0].splitlines()
    return [line for line in lines if line.startswith("|")][2:]


def test_the_page_says_what_the_table_says() -> None:
    """docs/deviations.md: the same rows in the same order."""
    assert page_rows("What is forgiven") == [
        f"| {row['what']} | {row['clause']} | {row['strict']} | {row['lenient']} | {row['trap']} |"
        for row in DEVIATIONS
    ]
    assert page_rows("Bodies of refusals") == [
        f"| {row['what']} | `{bytes.fromhex(row['with_octets'])[16:].hex(' ') or '-'}` |"
        for row in ERROR_BODIES
    ]
