"""What is submitted over HTTP as PDUs, and what comes of it in words."""

from typing import Any

import msgspec
import pytest

from carrierbox.app import make_box
from carrierbox.box import Box
from carrierbox.clock import NetworkClock
from carrierbox.policy_views import QuestionError
from carrierbox.smpp.pdus import Pdu, SubmitSmResp
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, tlv_octets
from carrierbox.smpp.values import (
    ESM_CLASS_UDHI,
    ESME_RINVSERTYP,
    ESME_ROK,
    ESME_RTHROTTLED,
)
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.submission_views import (
    SubmissionRequest,
    messages_of,
    refusal_words,
    written_submission,
)
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore

TURKISH = 1
ASKED = {"account": "shop", "from": "ACME", "to": "+33612345678", "text": "Hi"}


@pytest.fixture
def box() -> Box:
    """A box with two accounts."""
    return make_box(
        "main",
        FakeStore(),
        number_plan(),
        [
            AccountSettings("shop", "x", languages=(TURKISH,)),
            AccountSettings("bank", "x", content_class="otp"),
        ],
        [],
        NetworkClock(start=START, running=False),
    )


def asked(**said: Any) -> SubmissionRequest:
    """What is asked for."""
    return msgspec.convert(ASKED | said, SubmissionRequest)


def test_a_request_becomes_the_pdu_that_a_link_would_bring(box: Box) -> None:
    """With its frame, which the journal keeps."""
    written = written_submission(box, asked(registered_delivery=1))
    (submit,) = written.submits
    assert submit.frame[:8] == len(submit.frame).to_bytes(4, "big") + b"\0\0\0\4"
    assert (submit.source_addr_ton, submit.source_addr, submit.short_message) == (5, "ACME", b"Hi")
    assert (written.account.system_id, written.submission.country) == ("shop", "FR")


def test_a_long_text_goes_whole_unless_its_parts_are_asked_for(box: Box) -> None:
    """Its parts are counted either way."""
    whole = written_submission(box, asked(text="x" * 400))
    assert tlv_octets(whole.submits[0].tlvs, TAG_MESSAGE_PAYLOAD) == b"x" * 400
    assert whole.accepted([]).parts == 3
    for parts in ("udh", "sar"):
        cut = written_submission(box, asked(text="x" * 400, parts=parts))
        assert len(cut.submits) == 3
        assert cut.accepted([]).parts == 3


def test_languages_of_the_account_are_used(box: Box) -> None:
    """But not beside sar TLVs, which leave no place for a header (TS 23.038 §6.2.1.2.4)."""
    text = "ş" * 100
    (submit,) = written_submission(box, asked(text=text)).submits
    assert (submit.data_coding, submit.esm_class) == (0, ESM_CLASS_UDHI)
    assert written_submission(box, asked(text=text)).accepted([]).parts == 1
    submits = written_submission(box, asked(text=text, parts="sar")).submits
    assert [(each.data_coding, each.esm_class) for each in submits] == [(8, 0), (8, 0)]


def test_the_class_is_that_of_the_submission_else_of_the_account(box: Box) -> None:
    """As rules take it."""
    for said, found in (
        ({}, (None, None)),
        ({"content_class": "marketing"}, ("marketing", "submission")),
        ({"account": "bank"}, ("otp", "account")),
        ({"account": "bank", "content_class": "loans"}, ("loans", "submission")),
    ):
        told = written_submission(box, asked(**said)).accepted([])
        assert (told.content_class, told.class_said_by) == found


def test_no_other_account_than_those_of_the_box_submits(box: Box) -> None:
    """The field and the remedy."""
    with pytest.raises(QuestionError, match="there is no account 'shops': name one") as raised:
        written_submission(box, asked(account="shops"))
    assert raised.value.field == "account"


def test_each_response_is_told_with_its_rule(box: Box) -> None:
    """The first refusal is that of all."""
    answers: list[Pdu] = [
        SubmitSmResp("7", 1, ESME_ROK),
        SubmitSmResp("", 1, ESME_RTHROTTLED),
        SubmitSmResp("", 1, 0x410),
    ]
    messages = messages_of(answers, [("", ""), ("", ""), ("own", "Because.")])
    assert [(each.part, each.message_id, each.command_status) for each in messages] == [
        (1, "7", "ESME_ROK"),
        (2, None, "ESME_RTHROTTLED"),
        (3, None, "0x00000410"),
    ]
    assert (messages[2].rule, messages[2].reason) == ("own", "Because.")
    written = written_submission(box, asked())
    assert written.refused(messages[:1]) is None
    refusal = written.refused(messages)
    assert refusal is not None
    assert (refusal.command_status_number, refusal.rule) == (ESME_RTHROTTLED, None)
    assert refusal_words(refusal) == (
        "the centre refused parts 2, 3 of 3 with ESME_RTHROTTLED: "
        "the account has used up its rate: try again in a second"
    )


def test_a_refusal_is_told_by_its_rule_or_with_what_to_do(box: Box) -> None:
    """Or by its status alone."""
    written = written_submission(box, asked())
    for status, rule, told in (
        (ESME_RTHROTTLED, ("own", ""), "the centre refused it with ESME_RTHROTTLED by rule own"),
        (ESME_RINVSERTYP, ("", ""), "the centre refused it with ESME_RINVSERTYP"),
    ):
        refusal = written.refused(messages_of([SubmitSmResp("", 1, status)], [rule]))
        assert refusal is not None
        assert refusal_words(refusal) == told
