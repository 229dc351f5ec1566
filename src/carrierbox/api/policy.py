"""Rules over HTTP: what they would say of one message, and why; nothing is sent or counted."""

from collections.abc import Mapping
from typing import Final

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import RequestBody

from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.policy_views import PolicyExplanation, PolicyQuestion, QuestionError, explained

BAD_NUMBER: Final = "to: 'abc' is no phone number: write it as +33612345678"


def policy_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """POST policy/explain."""

    @post(
        "/policy/explain",
        operation_id="explain_policy",
        summary="What the rules would say of a message, and why; nothing is sent",
        tags=["rules"],
        status_code=200,
        responses=errors({400: BAD_NUMBER, 404: NO_BOX}),
    )
    async def explain_policy(
        data: RequestBody[PolicyQuestion], box: BoxName = None
    ) -> PolicyExplanation:
        try:
            return explained(chosen_box(boxes, box), data)
        except QuestionError as error:
            raise Problem(400, str(error)) from None

    return [explain_policy]
