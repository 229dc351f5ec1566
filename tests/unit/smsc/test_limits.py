"""The limits of an account."""

import pytest

from carrierbox.codecs.default_coding import DEFAULT_GSM_PACKED, DEFAULT_LATIN1
from carrierbox.smpp.pdus import SmeDestination, SubmitMulti, SubmitSm
from carrierbox.smpp.tlv import Tlv
from carrierbox.smpp.values import ESME_RMSGQFUL, ESME_ROK, ESME_RTHROTTLED
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.limits import cost_of
from carrierbox.smsc.text_coding import AGREED_CODINGS
from carrierbox.testing.direct import DirectCarrier

FRENCH = "33612345678"
BRITISH = "447700900123"
PAYLOAD = 0x0424


def a_submit(text: bytes = b"Hi", to: str = FRENCH, tlvs: list[Tlv] | None = None) -> SubmitSm:
    return SubmitSm(source_addr="ACME", destination_addr=to, short_message=text, tlvs=tlvs or [])


def a_part(number: int) -> SubmitSm:
    part = a_submit(bytes([5, 0, 3, 1, 3, number]) + b"x")
    part.esm_class = 0x40
    return part


@pytest.mark.parametrize(
    ("submit", "by_message", "by_part"),
    [
        (SubmitSm(short_message=b"x" * 160), 1, 1),
        (SubmitSm(short_message=b"x" * 161), 1, 2),
        (SubmitSm(tlvs=[Tlv(0x0424, b"x" * 459)]), 1, 3),
        (SubmitSm(tlvs=[Tlv(0x0424, b"x" * 460)]), 1, 4),
        (SubmitSm(short_message=b"\0x" * 71, data_coding=8), 1, 2),
        (a_part(1), 1, 1),
        (a_part(2), 0, 1),
        (SubmitSm(esm_class=0x40, short_message=b"\xff"), 1, 1),
    ],
)
def test_a_message_counts_as_one_or_as_its_parts(
    submit: SubmitSm, by_message: int, by_part: int
) -> None:
    """T47: by message, parts after the first are free; by part, all that is cut counts."""
    assert cost_of(submit, False) == by_message
    assert cost_of(submit, True) == by_part


def statuses(carrier: DirectCarrier, *submits: SubmitSm) -> list[int]:
    link = carrier.bind()
    return [carrier.ask(link, submit).command_status for submit in submits]


def test_an_account_over_its_rate_is_throttled_and_recovers() -> None:
    """T47, SMPP 3.4 §5.1.3: ESME_RTHROTTLED; over all binds of the account."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", rate_per_s=2.0)])
    first = statuses(carrier, a_submit(), a_submit(), a_submit())
    assert first == [ESME_ROK, ESME_ROK, ESME_RTHROTTLED]
    assert statuses(carrier, a_submit()) == [ESME_RTHROTTLED]
    carrier.pass_link_time(0.5)
    assert statuses(carrier, a_submit(), a_submit()) == [ESME_ROK, ESME_RTHROTTLED]
    assert len(carrier.shown(FRENCH)) == 3


def test_later_parts_of_a_text_are_not_the_ones_refused() -> None:
    """T47: counted by message, a text that began is let through."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", rate_per_s=1.0)])
    parts = [a_part(1), a_part(2), a_part(3), a_part(1)]
    assert statuses(carrier, *parts) == [ESME_ROK, ESME_ROK, ESME_ROK, ESME_RTHROTTLED]


def test_a_rate_may_count_parts() -> None:
    """T47: client-made parts count one each, a long text as many as it is cut into."""
    accounts = [AccountSettings("demo", "demo", rate_per_s=3.0, rate_by_part=True)]
    carrier = DirectCarrier(accounts=accounts)
    long_text = a_submit(b"", tlvs=[Tlv(PAYLOAD, b"x" * 200)])
    assert statuses(carrier, a_part(1), long_text, a_part(2)) == [
        ESME_ROK,
        ESME_ROK,
        ESME_RTHROTTLED,
    ]


def test_a_full_queue_is_refused_until_it_drains() -> None:
    """SMPP 3.4 §5.1.3: ESME_RMSGQFUL."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", queue_max=2)])
    carrier.set_power(FRENCH, False)
    found = statuses(carrier, a_submit(), a_submit(), a_submit(), a_submit(to=BRITISH))
    assert found == [ESME_ROK, ESME_ROK, ESME_RMSGQFUL, ESME_ROK]
    carrier.set_power(FRENCH, True)
    assert statuses(carrier, a_submit()) == [ESME_ROK]


def test_the_destinations_of_a_submit_multi_count_each() -> None:
    """T47: a submit_multi over the rate is refused whole."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", rate_per_s=2.0)])
    link = carrier.bind()
    three = SubmitMulti(dest_address=[SmeDestination(1, 1, f"3361234567{n}") for n in range(3)])
    two = SubmitMulti(dest_address=[SmeDestination(1, 1, f"3361234567{n}") for n in range(2)])
    assert carrier.ask(link, two).command_status == ESME_ROK
    assert carrier.ask(link, three).command_status == ESME_RTHROTTLED


def test_a_text_counts_as_the_parts_it_is_coded_in() -> None:
    """T32, T47: 150 letters of Latin-1 that GSM 7-bit has, or lacks, or has in Portuguese."""
    latin1 = AGREED_CODINGS[DEFAULT_LATIN1]
    assert cost_of(a_submit("é".encode("latin-1") * 150), True, latin1) == 1
    assert cost_of(a_submit("ã".encode("latin-1") * 150), True, latin1) == 3
    assert cost_of(a_submit("ã".encode("latin-1") * 150), True, latin1, (3,)) == 1
    packed = AGREED_CODINGS[DEFAULT_GSM_PACKED]
    assert cost_of(a_submit(b"\x55" * 141), True, packed) == 2
