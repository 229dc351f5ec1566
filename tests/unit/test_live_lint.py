"""The linter on links that are open."""

from carrierbox.link_events import CLOSED, OPENED, RECEIVED, SENT, LinkEvent
from carrierbox.live_lint import LiveLint
from carrierbox.smpp.pdus import BindTransceiver, BindTransceiverResp, Pdu, SubmitSm
from carrierbox.smpp.wire import encode_pdu


def bound() -> LiveLint:
    """A linter with one bound link."""
    lint = LiveLint()
    lint.take(LinkEvent(OPENED, 1.0, 1, b"", "10.0.0.1:5", "10.0.0.2:6"))
    bind = BindTransceiver(system_id="demo", password="x", interface_version=0x34)
    bind.sequence_number = 1
    say(lint, RECEIVED, bind)
    say(lint, SENT, BindTransceiverResp("carrier", sequence_number=1))
    return lint


def say(lint: LiveLint, kind: int, pdu: Pdu) -> None:
    """Octets of a PDU, in two pieces."""
    octets = encode_pdu(pdu)
    lint.take(LinkEvent(kind, 2.0, 1, octets[:5]))
    lint.take(LinkEvent(kind, 2.0, 1, octets[5:]))


def rules_in(lint: LiveLint) -> list[str]:
    return [finding.rule for account in lint.report().accounts for finding in account.findings]


def test_findings_are_there_while_the_link_is_open() -> None:
    """And afterwards; nothing is said of the password, for TLS is undone here."""
    lint = bound()
    say(lint, RECEIVED, SubmitSm(destination_addr="+336", sequence_number=2))
    assert rules_in(lint) == ["address-punctuation"]
    assert lint.report().accounts[0].system_id == "demo"
    closed = LinkEvent(CLOSED, 3.0, 1)
    lint.take(closed)
    assert rules_in(lint) == ["address-punctuation"]
    (session,) = lint.report().accounts[0].session_list
    assert session.ended_at == "1970-01-01T00:00:03.000Z"


def test_a_client_that_hangs_up_is_told_and_one_that_was_hung_up_on_is_not() -> None:
    """T15."""
    for is_by_peer in (True, False):
        lint = bound()
        closed = LinkEvent(CLOSED, 3.0, 1)
        closed.is_by_peer = is_by_peer
        lint.take(closed)
        assert rules_in(lint) == ["closed-without-unbind"] * is_by_peer


def test_octets_that_are_no_pdu_are_told_at_the_end() -> None:
    """T03."""
    lint = bound()
    lint.take(LinkEvent(RECEIVED, 2.0, 1, b"GET / HTTP/1.1\r\n\r\n"))
    lint.take(LinkEvent(CLOSED, 3.0, 1))
    assert rules_in(lint) == ["framing-lost"]


def test_octets_that_were_forgotten_blame_nobody() -> None:
    """Nor does what happens on a link that is not known."""
    lint = bound()
    lint.take(LinkEvent(RECEIVED, 2.0, 1, encode_pdu(SubmitSm(sequence_number=2))[:20]))
    forgotten = LinkEvent(RECEIVED, 2.0, 1)
    forgotten.missing_octets = 5000
    lint.take(forgotten)
    lint.take(LinkEvent(RECEIVED, 2.0, 77, b"abc"))
    lint.take(LinkEvent(CLOSED, 3.0, 1))
    assert rules_in(lint) == []
    assert lint.report().accounts[0].session_list[0].missing_octets == 5000
