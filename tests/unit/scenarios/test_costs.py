"""What a scenario's messages cost."""

import pytest

from carrierbox.config_packs import built_in_pack
from carrierbox.scenarios.costs import Bill
from carrierbox.scenarios.report import Report
from carrierbox.scenarios.runner import run_text

FRENCH = "+33612345678"
ACCOUNTS = "accounts: [{system_id: a, password: x}, {system_id: b, password: x}]"


def run(*steps: str, setup: str = "{}") -> Report:
    """What comes of these steps."""
    lines = "".join(f"  - {step}\n" for step in steps)
    return run_text(f"scenario: one\nsetup: {setup}\nsteps:\n{lines}")


def per_part(country: str, kind: str) -> float:
    """What a pack takes for a part."""
    price = built_in_pack(country).price_of(kind)
    assert price is not None
    return price.per_part


def submit(name: str, more: str = "", sender: str = "ACME", to: str = FRENCH) -> str:
    """A step that submits a text of one part, unless `more` says another."""
    text = "" if "text:" in more else ", text: Hi"
    return f"submit: {{as: {name}, from: '{sender}', to: '{to}'{text}{more}}}"


def test_each_part_costs_what_the_pack_says() -> None:
    """Cut by the centre or by the application; a batch costs all of its texts."""
    price = per_part("FR", "alphanumeric")
    report = run(
        submit("one"),
        f"expect: {{cost: one, parts: 1, amount: {price}, currency: EUR}}",
        submit("emoji", ", text: 'a😀" + "a" * 70 + "'"),
        f"expect: {{cost: emoji, parts: 2, amount: {price * 2}, currency: EUR}}",
        submit("cut", f", text: '{'b' * 400}', parts: udh"),
        f"expect: {{cost: cut, parts: 3, amount: {price * 3:.2f}, currency: EUR}}",
        submit("batch", ", count: 3", to="+3361234567{n}"),
        f"expect: {{cost: batch, amount: {price * 3:.2f}, currency: EUR}}",
        "expect: {cost: batch.2, parts: 1}",
    )
    assert report.passed, report.problem


def test_what_was_refused_costs_nothing_and_what_was_lost_costs_all_the_same() -> None:
    """Whoever takes a text takes the money."""
    report = run(
        "rule: {name: no, when: {text: Hi}, then: {command_status: ESME_RSUBMITFAIL}}",
        "rule: {name: lost, when: {text: Ho}, then: {deliver: false}}",
        submit("refused"),
        "expect: {cost: refused, parts: 0, amount: 0, currency: EUR}",
        submit("kept", ", text: Ho"),
        "expect: {cost: kept, parts: 1, amount: 0.07, currency: EUR}",
    )
    assert report.passed, report.problem


def test_an_account_pays_for_all_it_sent() -> None:
    """In each currency what its country takes; nothing of another account."""
    report = run(
        submit("one", ", account: a"),
        submit("two", ", account: a", sender="+12025550100", to="+12025550142"),
        submit("three", ", account: b"),
        "expect: {cost: {account: a}, parts: 2, amount: 0.07, currency: EUR}",
        f"expect: {{cost: {{account: a}}, amount: {per_part('US', 'long_code')}, currency: USD}}",
        "expect: {cost: {account: b}, parts: 1, amount: 0, currency: USD}",
        setup=f"{{{ACCOUNTS}}}",
    )
    assert report.passed, report.problem


def test_a_submit_multi_costs_each_destination_that_was_taken() -> None:
    """The one that was refused is free."""
    report = run(
        f"submit: {{as: m, operation: submit_multi, from: ACME, to: ['{FRENCH}', '+33612345679', "
        "'+999'], text: Hi}",
        "expect: {cost: m, parts: 2, amount: 0.14, currency: EUR}",
    )
    assert report.passed, report.problem


def test_the_sender_that_was_submitted_has_the_price() -> None:
    """Not the one that a carrier puts in its place."""
    report = run(
        "rule: {name: other, when: {text: Hi}, then: {source_addr: '+33600000000'}}",
        submit("one"),
        f"expect: {{cost: one, amount: {per_part('FR', 'alphanumeric')}, currency: EUR}}",
        f"expect: {{phone: '{FRENCH}', from: '+33600000000', count: 1}}",
    )
    assert report.passed, report.problem


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("parts: 2", "it is EUR 0.07 for 1 part (typical)"),
        ("amount: 0.08, currency: EUR", "it is EUR 0.07 for 1 part (typical)"),
        ("amount: 0.07, currency: USD", "it is EUR 0.07 for 1 part (typical)"),
    ],
)
def test_another_cost_is_told(said: str, told: str) -> None:
    """With its currency, and that it is no offer."""
    assert told in run(submit("m"), f"expect: {{cost: m, {said}}}").problem


def test_no_price_is_no_cost_of_nothing() -> None:
    """A country without a pack, or a pack without a price for such a sender."""
    swiss = submit("m", to="+41791234567")
    report = run(swiss, "expect: {cost: m, amount: 0, currency: CHF}")
    assert "no pack of CH has a price of a sender of the kind alphanumeric" in report.problem
    report = run(submit("m", to="+12025550142"), "expect: {cost: m, amount: 0, currency: USD}")
    assert "no pack of US has a price of a sender of the kind alphanumeric" in report.problem
    assert run(swiss, "expect: {cost: m, parts: 1}").passed


def test_amounts_are_added_in_millionths() -> None:
    """Three times 0.1 is 0.3."""
    bill = Bill()
    assert bill.told() == "nothing for 0 parts (typical)"
    for _ in range(3):
        bill.add("EUR", 1, 0.1)
    bill.add("BRL", 2, 0.05)
    assert (bill.amount("EUR"), bill.amount("BRL"), bill.amount("USD")) == (0.3, 0.1, 0.0)
    assert bill.told() == "BRL 0.1 and EUR 0.3 for 5 parts (typical)"
