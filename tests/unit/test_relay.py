"""What crosses between the message centre and the network."""

import pytest

from carrierbox import relay
from carrierbox.clock import NetworkTime
from carrierbox.identifiers import Address, international
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    ACCEPTED,
    CAUSE_NAMES,
    IMSI_DETACHED,
    RpAck,
    RpAlertSc,
    RpError,
    RpMoData,
    RpMtData,
    Screening,
    Submission,
    Verdict,
)

# TS 29.002 §17.6.6: the local codes of the MAP user errors a short message can fail with.
MAP_USER_ERRORS = {
    1: "UNKNOWN_SUBSCRIBER",
    5: "UNIDENTIFIED_SUBSCRIBER",
    6: "ABSENT_SUBSCRIBER",
    9: "ILLEGAL_SUBSCRIBER",
    11: "TELESERVICE_NOT_PROVISIONED",
    12: "ILLEGAL_EQUIPMENT",
    13: "CALL_BARRED",
    21: "FACILITY_NOT_SUPPORTED",
    31: "SUBSCRIBER_BUSY_FOR_MT_SMS",
    32: "SM_DELIVERY_FAILURE",
    34: "SYSTEM_FAILURE",
    35: "DATA_MISSING",
    36: "UNEXPECTED_DATA_VALUE",
    51: "RESOURCE_LIMITATION",
}


@pytest.mark.parametrize(("code", "name"), MAP_USER_ERRORS.items())
def test_a_cause_has_the_code_and_name_of_the_map_user_error(code: int, name: str) -> None:
    """TS 29.002 §17.6.6, and the name by which it is printed."""
    assert getattr(relay, name) == code
    assert CAUSE_NAMES[code] == name


def test_every_cause_can_be_named() -> None:
    """No code is printed that the table above does not have."""
    assert dict(CAUSE_NAMES) == MAP_USER_ERRORS


def test_a_short_message_keeps_what_it_was_made_with() -> None:
    """RP-MT-DATA, TS 23.040 §9.3.1: text crosses unpacked."""
    part = RpMtData(
        reference=7,
        msisdn="33612345678",
        originating=Address(5, 0, "ACME"),
        tp_pid=0,
        tp_dcs=8,
        user_data_header=bytes.fromhex("050003a10201"),
        user_data="é".encode("utf-16-be"),
        service_centre_time=NetworkTime(1_767_268_800.0),
        more_messages=True,
    )
    assert (part.reference, part.msisdn, part.originating.value) == (7, "33612345678", "ACME")
    assert (part.tp_pid, part.tp_dcs, part.more_messages) == (0, 8, True)
    assert (part.user_data_header.hex(), part.user_data.hex()) == ("050003a10201", "00e9")
    assert part.service_centre_time == 1_767_268_800.0


def test_an_acknowledgement_says_which_part_it_is_for() -> None:
    """RP-ACK carries the reference of its RP-MT-DATA."""
    assert RpAck(7).reference == 7


def test_an_error_carries_its_cause_and_diagnostic() -> None:
    """Absent because detached is told from absent because not answering."""
    error = RpError(7, ABSENT_SUBSCRIBER, IMSI_DETACHED)
    assert (error.reference, error.cause, error.diagnostic) == (7, 6, 1)
    assert RpError(7, ABSENT_SUBSCRIBER).diagnostic == 0


def test_what_a_phone_says_carries_its_number() -> None:
    """RP-ALERT-SC and RP-MO-DATA."""
    sent = RpMoData("33612345678", international("447700900123"), 0, 0, b"", b"\x48\x69")
    assert RpAlertSc("33612345678").msisdn == sent.msisdn == "33612345678"
    assert (sent.destination.value, sent.tp_pid, sent.tp_dcs) == ("447700900123", 0, 0)
    assert (sent.user_data_header, sent.user_data) == (b"", b"Hi")


def test_a_verdict_accepts_unless_it_says_otherwise() -> None:
    """Open rules: nothing refused, nothing rewritten."""
    assert (ACCEPTED.command_status, ACCEPTED.rule, ACCEPTED.source) == (0, "open", None)


class RefusesEverybody:
    """The least that is a Screening."""

    def screen(self, submission: Submission, now: NetworkTime) -> Verdict:
        """Refuse, and name the country in the rule."""
        return Verdict(0x45, f"nobody in {submission.country}")


def test_anything_that_screens_is_a_screening() -> None:
    """Screening is handed in from outside; it needs no common base class."""
    screening: Screening = RefusesEverybody()
    submission = Submission(
        system_id="demo",
        source=Address(5, 0, "ACME"),
        msisdn="33612345678",
        country="FR",
        carrier="SFR",
        data_coding=0,
        user_data_header=b"",
        user_data=b"Hi",
    )
    verdict = screening.screen(submission, NetworkTime(0.0))
    assert (verdict.command_status, verdict.rule) == (0x45, "nobody in FR")
    assert (submission.system_id, submission.carrier) == ("demo", "SFR")
    assert (submission.data_coding, submission.user_data_header) == (0, b"")
