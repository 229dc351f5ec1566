"""Submitting over HTTP as an account, as its client would over SMPP."""

from collections.abc import Mapping
from typing import Final

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import RequestBody

from carrierbox.api.asking import Question, Tell, ask
from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.policy_views import QuestionError
from carrierbox.runtime import Runtime
from carrierbox.shapes import SubmittedMessage
from carrierbox.smpp.pdus import Pdu
from carrierbox.smpp.values import ESME_RMSGQFUL, ESME_RSYSERR, ESME_RTHROTTLED
from carrierbox.submission_views import (
    SubmissionRequest,
    Submitted,
    WrittenSubmission,
    messages_of,
    refusal_words,
    written_submission,
)

VIA: Final = "over HTTP"
"""What the trace says of what comes here."""
RETRY_AFTER_S: Final = 1
NO_ACCOUNT: Final = "account: there is no account 'bank': name one of the configuration"
BY_RULE: Final = "the centre refused it with ESME_RPROHIBITED by rule quiet hours: Not at night."
THROTTLED: Final = (
    "the centre refused it with ESME_RTHROTTLED: the account has used up its rate: "
    "try again in a second"
)
BUSY: Final = "too many submissions wait for the store: try again in a second"

_STATUS_CODES: Final = {ESME_RTHROTTLED: 429, ESME_RMSGQFUL: 503, ESME_RSYSERR: 503}


def submission_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """POST messages."""

    @post(
        "/messages",
        operation_id="submit",
        summary="Submit a text as an account, as its client would over SMPP",
        tags=["messages"],
        status_code=201,
        responses=errors({400: NO_ACCOUNT, 404: NO_BOX, 422: BY_RULE, 429: THROTTLED, 503: BUSY}),
    )
    async def submit(data: RequestBody[SubmissionRequest], box: BoxName = None) -> Submitted:
        chosen = chosen_box(boxes, box)
        try:
            written = written_submission(chosen, data)
        except QuestionError as error:
            raise Problem(400, str(error)) from None
        messages = await put_submission(runtime, chosen, written)
        refusal = written.refused(messages)
        if refusal is not None:
            status_code = _STATUS_CODES.get(refusal.command_status_number, 422)
            retry_after_s = 0 if status_code == 422 else RETRY_AFTER_S
            raise Problem(status_code, refusal_words(refusal), retry_after_s, refusal)
        return written.accepted(messages)

    return [submit]


async def put_submission(
    runtime: Runtime, box: Box, written: WrittenSubmission
) -> list[SubmittedMessage]:
    """Put the PDUs to the centre in one turn, and wait until each answer is durable.

    503 if too many others wait. Who goes away meanwhile changes nothing.
    """
    if not runtime.inside.has_room(len(written.submits)):
        raise Problem(503, BUSY, RETRY_AFTER_S)
    answers: dict[int, Pdu] = {}
    rules: list[tuple[str, str]] = []

    def question(index: int) -> Question:
        def put(tell: Tell) -> None:
            def hear(pdu: Pdu) -> None:
                answers[index] = pdu
                tell("")

            link_id = runtime.inside.open(hear)
            is_put = False
            try:
                submit = written.submits[index]
                rules.append(box.centre.submit(link_id, written.account, submit, VIA))
                is_put = True
            finally:
                if not is_put:
                    runtime.inside.drop(link_id)

        return put

    count = len(written.submits)
    await ask(runtime, box, [question(index) for index in range(count)])
    return messages_of([answers[index] for index in range(count)], rules)
