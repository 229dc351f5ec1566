"""Rules over HTTP: what there is, and test rules that come and go while the carrier runs."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, RequestBody
from msgspec import UNSET, Meta, Struct, UnsetType

from carrierbox.api.inputs import NO_BOX, BoxName, chosen_box
from carrierbox.api.problems import Problem, errors
from carrierbox.box import Box
from carrierbox.config_conditions import RuleError
from carrierbox.config_match import Match, Supplies
from carrierbox.config_outcomes import Outcome
from carrierbox.config_rules import RuleDefinition, compile_rule
from carrierbox.matching import RULES_MAX, Rule

BAD_RULE: Final = "then: must have at most one of accept, command_status and cause"
BAD_BOX: Final = "box: expected str"
NO_RULE: Final = "there is no test rule named 'slow'"
TAKEN: Final = "there is a rule named 'slow': choose another name"

RulePath = Annotated[str, PathParameter(description="The name of a test rule.")]


class RuleView(Struct, kw_only=True, omit_defaults=True):
    """One rule, and how many messages it decided about since it was there."""

    name: str
    when: Match
    then: Outcome
    matched: int
    unless: Match | UnsetType = UNSET
    why: str | UnsetType = UNSET


class RuleList(Struct, kw_only=True):
    """The rules in the order in which they are asked: test rules, then those configured."""

    test_rules: list[RuleView]
    configured: list[RuleView]


class RulesRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """All test rules there shall be."""

    test_rules: Annotated[list[RuleDefinition], Meta(max_length=RULES_MAX)]


def rule_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """GET, POST, PUT and DELETE rules, DELETE rules/{name}."""
    return [*_showing_routes(boxes), *_changing_routes(boxes)]


def _showing_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @get(
        "/rules",
        operation_id="rules",
        summary="The rules of a box in their order, and how often each decided",
        tags=["rules"],
        responses=errors({400: BAD_BOX, 404: NO_BOX}),
    )
    async def list_rules(box: BoxName = None) -> RuleList:
        return _shown(chosen_box(boxes, box))

    return [list_rules]


def _changing_routes(boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    @post(
        "/rules",
        operation_id="add_rule",
        summary="Add a test rule behind the others; it is gone when the process ends",
        tags=["rules"],
        responses=errors({400: BAD_RULE, 404: NO_BOX, 409: TAKEN}),
    )
    async def add_rule(data: RequestBody[RuleDefinition], box: BoxName = None) -> RuleList:
        chosen = chosen_box(boxes, box)
        _put(chosen, [*chosen.rules.test_rules, _compiled(chosen, data, "")])
        return _shown(chosen)

    @put(
        "/rules",
        operation_id="put_rules",
        summary="Put rules in the place of all test rules",
        tags=["rules"],
        responses=errors({400: BAD_RULE, 404: NO_BOX, 409: TAKEN}),
    )
    async def put_rules(data: RequestBody[RulesRequest], box: BoxName = None) -> RuleList:
        chosen = chosen_box(boxes, box)
        rules = [
            _compiled(chosen, each, f"test_rules[{n}].") for n, each in enumerate(data.test_rules)
        ]
        _put(chosen, rules)
        return _shown(chosen)

    @delete(
        "/rules",
        operation_id="delete_rules",
        summary="Remove all test rules",
        tags=["rules"],
        status_code=200,
        responses=errors({400: BAD_BOX, 404: NO_BOX}),
    )
    async def delete_rules(box: BoxName = None) -> RuleList:
        chosen = chosen_box(boxes, box)
        _put(chosen, [])
        return _shown(chosen)

    @delete(
        "/rules/{name:str}",
        operation_id="delete_rule",
        summary="Remove one test rule",
        tags=["rules"],
        status_code=200,
        responses=errors({400: BAD_BOX, 404: NO_RULE}),
    )
    async def delete_rule(name: RulePath, box: BoxName = None) -> RuleList:
        chosen = chosen_box(boxes, box)
        if not chosen.rules.remove_test_rule(name):
            raise Problem(404, f"there is no test rule named {name[:64]!r}")
        return _shown(chosen)

    return [add_rule, put_rules, delete_rules, delete_rule]


def _compiled(box: Box, definition: RuleDefinition, path: str) -> Rule:
    try:
        return compile_rule(definition, Supplies(box.registers))
    except RuleError as error:
        raise Problem(400, f"{path}{error}") from None


def _put(box: Box, rules: list[Rule]) -> None:
    try:
        box.rules.put_test_rules(rules)
    except ValueError as error:
        raise Problem(409, str(error)) from None


def _shown(box: Box) -> RuleList:
    return RuleList(
        test_rules=[_view(rule) for rule in box.rules.test_rules],
        configured=[_view(rule) for rule in box.rules.configured],
    )


def _view(rule: Rule) -> RuleView:
    definition = rule.definition
    assert isinstance(definition, RuleDefinition)
    return RuleView(
        name=rule.name,
        when=definition.when,
        then=definition.then,
        matched=rule.matched,
        unless=definition.unless,
        why=definition.why,
    )
