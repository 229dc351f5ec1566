"""Names that steps give each other."""

import pytest

from carrierbox.scenarios.loader import read_scenario
from carrierbox.scenarios.problems import ScenarioError

TWO = """\
scenario: two
role: {role}
setup: {{accounts: [{{system_id: a, password: b}}]}}
steps:
  - {first}
  - {second}
"""


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("submit: {as: m, to: '+1'}", "submit: {as: m, to: '+1'}", "is called m: choose another"),
        ("submit: {to: '+1', account: c}", "settle: {}", "there is no account c; known: a"),
        ("submit: {as: m, to: '+1'}", "expect: {receipt: n}", "is called n; known: m"),
        (
            "submit: {as: m, to: '+1'}",
            "expect: {submit: m, command_status: X}",
            "no command_status",
        ),
        ("settle: {}", "expect: {phone: '+1', shows: {prefix: a, glob: b}}", "exactly one of"),
        ("settle: {}", "expect: {order: [{happens: a}, {x: b}]}", "must be one of submit"),
    ],
)
def test_what_cannot_be_is_told_before_anything_runs(first: str, second: str, told: str) -> None:
    """A scenario fails at its start rather than in the middle."""
    with pytest.raises(ScenarioError, match=told):
        read_scenario(TWO.format(role="we_send", first=first, second=second))


def test_one_of_a_batch_has_a_name() -> None:
    """`b.2`."""
    read_scenario(
        TWO.format(
            role="we_send",
            first="submit: {as: b, to: ['+1', '+2']}",
            second="expect: {receipt: b.2, none: true}",
        )
    )


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("submit: {to: '+1'}", "your application does this by itself"),
        ("bind: a", "your application does this by itself"),
        ("wait: {count: 2}", "exactly one of submit and bound"),
    ],
)
def test_what_the_application_does_is_waited_for(step: str, told: str) -> None:
    """Role your_application."""
    with pytest.raises(ScenarioError, match=told):
        read_scenario(TWO.format(role="your_application", first=step, second="settle: {}"))


def test_a_call_of_your_application_goes_without_tls() -> None:
    """Where there is no port, nobody minds."""
    text = TWO.format(role="{role}", first="outbind: a", second="settle: {}").replace(
        "password: b", "password: b, outbind: {to: '127.0.0.1:2780', tls: {name: app}}"
    )
    with pytest.raises(ScenarioError, match=r"accounts\[0\]\.outbind\.tls: .* without TLS"):
        read_scenario(text.replace("{role}", "your_application"))
    read_scenario(text.replace("{role}", "we_send"))


def test_your_application_listens_by_itself() -> None:
    """The carrier calls it all the same."""
    with pytest.raises(ScenarioError, match=r"listen: your application does this by itself"):
        read_scenario(
            TWO.format(role="your_application", first="listen: {account: a}", second="settle: {}")
        )
