"""The diagram of a run."""

from carrierbox.scenarios.ladder import ladder_lines, pdu_words
from carrierbox.scenarios.runner import run_text
from carrierbox.smpp.fields import DestAddress, SmeDestination, UnsuccessSme
from carrierbox.smpp.pdus import (
    EnquireLink,
    Outbind,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)

STORY = """\
scenario: one
setup: {clock: 2026-11-23T21:30:00Z}
steps:
  - submit:
      as: m
      from: ACME
      to: "+33612345678"
      text: "Hi there, this is rather long"
      registered_delivery: 1
  - note: halfway
"""


def test_every_pdu_has_its_arrow() -> None:
    """With time, name, status, and what matters in it; phones on the right."""
    lines = ladder_lines(run_text(STORY).entries)
    told = "\n".join(lines)
    assert lines[0].split() == ["application", "centre", "phones"]
    for part in (
        "2026-11-23 21:30:00.000 |----------------",
        ' submit_sm ACME>33612345678 "Hi there, this is rathe…" >|',
        "|< submit_sm_resp ESME_ROK 0000000001 ----",
        "|< deliver_sm 0000000001 DELIVRD err:000 ----",
        " deliver_sm_resp ESME_ROK >|",
        " arrived +33612345678 >|",
        "-- halfway",
    ):
        assert part in told
    order = [told.index(part) for part in ("submit_sm ", "accepted", "arrived", "deliver_sm ")]
    assert order == sorted(order)


def test_the_line_of_the_centre_is_straight() -> None:
    """Arrows of both sides end and begin in one column."""
    lines = ladder_lines(run_text(STORY).entries)
    centre = {line.rindex("|") for line in lines if "submit_sm" in line or "deliver_sm" in line}
    centre |= {line.index("|") for line in lines if "attempt" in line}
    centre |= {line.index(" o ") + 1 for line in lines if " accepted" in line}
    assert len(centre) == 1


def test_of_a_long_record_the_end_is_shown() -> None:
    """With the number of what is left out."""
    entries = run_text(STORY).entries
    lines = ladder_lines(entries, 2)
    assert len(lines) == 4
    assert "more before" in lines[1]
    assert lines[-1].endswith("-- halfway")


def test_pdus_are_told_in_few_words() -> None:
    """An error has its name."""
    assert pdu_words(SubmitSmResp(command_status=0x58)) == "submit_sm_resp ESME_RTHROTTLED"
    assert pdu_words(EnquireLink()) == "enquire_link"
    odd = SubmitSm(source_addr="A", destination_addr="1", short_message=b"\x1b[2J\n")
    assert "\x1b" not in pdu_words(odd)


def test_a_submit_multi_tells_how_many_it_goes_to_and_how_many_were_refused() -> None:
    """And an outbind who calls."""
    destinations: list[DestAddress] = [
        SmeDestination(1, 1, "33612345678"),
        SmeDestination(1, 1, "33612345679"),
    ]
    pdu = SubmitMulti(source_addr="ACME", dest_address=destinations, short_message=b"Hi")
    assert pdu_words(pdu) == 'submit_multi ACME>2 destinations "Hi"'
    refused = [UnsuccessSme(1, 1, "33612345679", 11)]
    assert pdu_words(SubmitMultiResp("7", refused)) == "submit_multi_resp ESME_ROK 7 1 refused"
    assert pdu_words(SubmitMultiResp("7")) == "submit_multi_resp ESME_ROK 7"
    assert pdu_words(Outbind("carrier", "secret")) == "outbind carrier"
