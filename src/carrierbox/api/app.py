"""The API as one application: routes, errors, guard and its OpenAPI description."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from litestar import Litestar, MediaType, Router, get
from litestar.datastructures import ResponseHeader, State
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp, Receive, Scope, Send

from carrierbox import __version__
from carrierbox.api.accounts import account_routes
from carrierbox.api.consents import consent_routes
from carrierbox.api.event_feed import EventFeed
from carrierbox.api.events import event_routes
from carrierbox.api.faults import fault_routes
from carrierbox.api.guard import host_guard
from carrierbox.api.health import health_routes
from carrierbox.api.lint import LintSource, lint_routes
from carrierbox.api.messages import message_routes
from carrierbox.api.phone_settings import phone_setting_routes
from carrierbox.api.phones import phone_routes
from carrierbox.api.policy import policy_routes
from carrierbox.api.problems import Log, exception_handlers
from carrierbox.api.radio import RadioSource, radio_routes
from carrierbox.api.rules import rule_routes
from carrierbox.api.senders import sender_routes
from carrierbox.api.submissions import submission_routes
from carrierbox.api.subscriptions import subscription_routes
from carrierbox.api.towers import tower_routes
from carrierbox.api.traffic import TrafficSource, traffic_routes
from carrierbox.api.whereabouts import whereabouts_routes
from carrierbox.box import Box
from carrierbox.links.pulse import Pulse
from carrierbox.numbering import load_number_plan
from carrierbox.runtime import Runtime
from carrierbox.smsc.ports import NumberPlan

ROOT: Final = "/api/v1"
OPENAPI_PATH: Final = ROOT + "/openapi.json"
BODY_OCTETS_MAX: Final = 64 * 1024

INDEX: Final = f"""carrierbox {__version__}: a mobile carrier in a box

GET  {OPENAPI_PATH}              all of this in detail
GET  {ROOT}/version                   what runs here
GET  {ROOT}/livez                     whether it answers
GET  {ROOT}/readyz                    whether it takes messages
GET  {ROOT}/messages                  messages, the newest first
GET  {ROOT}/messages/ID               one, and what happened to it
POST {ROOT}/messages                  {{"account": "demo", "to": "+33612345678", "text": "Hi"}}
GET  {ROOT}/phones                    phones
GET  {ROOT}/phones/MSISDN             one, and the texts on its screen
PUT  {ROOT}/phones/MSISDN/power       {{"power": "on"}} or "off"
POST {ROOT}/phones/MSISDN/messages    {{"to": "+33612345678", "text": "Hi"}}
POST {ROOT}/phones/MSISDN/acknowledgements  its user acknowledges a text
POST {ROOT}/phones/MSISDN/replies     {{"text": "Yes"}} to the sender of its newest text
GET  {ROOT}/phones/MSISDN/threads     received and sent, by the other end
DELETE {ROOT}/phones/MSISDN/texts     delete all texts
DELETE {ROOT}/phones/MSISDN/texts/NUMBER  delete one
PUT  {ROOT}/phones/MSISDN/memory      {{"phone": 10, "sim": 5}}: refuse what has no room
DELETE {ROOT}/phones/MSISDN/memory    as it was configured
POST {ROOT}/phones/MSISDN/fill        {{}} fills its memory with dummy texts
GET  {ROOT}/phones/MSISDN/responders  what it answers by itself
PUT  {ROOT}/phones/MSISDN/responders  {{"responders": [{{"answer": "OK", "after": "5s"}}]}}
GET  {ROOT}/phones/MSISDN/subscription      what the register knows of it
PATCH {ROOT}/phones/MSISDN/subscription     {{"visited_country": "IN"}}
DELETE {ROOT}/phones/MSISDN/subscription    as with everybody again
GET  {ROOT}/phones/MSISDN/whereabouts  where it is, its tower, its battery
PUT  {ROOT}/phones/MSISDN/position    {{"latitude": 48.8566, "longitude": 2.3522}}
DELETE {ROOT}/phones/MSISDN/position  where the configuration has it
PUT  {ROOT}/phones/MSISDN/path        {{"points": [...], "speed_km_h": 30}}
PUT  {ROOT}/phones/MSISDN/battery     {{"percent": 15, "charging": true}}
DELETE {ROOT}/phones/MSISDN/battery   as the configuration has it
GET  {ROOT}/towers                    towers, and how busy each is
GET  {ROOT}/towers/ID                 one
PUT  {ROOT}/towers/ID/outage          {{"outage": "on"}} or "off"
POST {ROOT}/accounts/SYSTEM_ID/outbind      connect to an ESME and ask it to bind
GET  {ROOT}/events                    what happens, as server-sent events
GET  {ROOT}/rules                     rules in their order, and how often each decided
POST {ROOT}/rules                     {{"name": "full", "then": {{"command_status": 20}}}}
PUT  {ROOT}/rules                     {{"test_rules": [...]}} in the place of all test rules
DELETE {ROOT}/rules                   remove all test rules
DELETE {ROOT}/rules/NAME              remove one
POST {ROOT}/policy/explain            {{"from": "ACME", "to": "+33612345678", "text": "Hi"}}
GET  {ROOT}/faults                    faults in their order, and how often each struck
POST {ROOT}/faults                    {{"name": "lost", "then": {{"no_response": true}}}}
PUT  {ROOT}/faults                    {{"faults": [...]}} in the place of all faults
DELETE {ROOT}/faults                  remove all faults
DELETE {ROOT}/faults/NAME             remove one
GET  {ROOT}/senders                   registered senders, and who is suspended
GET  {ROOT}/senders/SENDER            one; ?country=US
PUT  {ROOT}/senders/SENDER            {{"registration": "approved", "keywords": "carrier"}}
PUT  {ROOT}/senders/SENDER/registration  {{"registration": "suspended"}}
DELETE {ROOT}/senders/SENDER          as the configuration has it
PUT  {ROOT}/accounts/SYSTEM_ID/suspension  {{"suspended_for": "24h"}}
DELETE {ROOT}/accounts/SYSTEM_ID/suspension  let it submit again
GET  {ROOT}/consent                   who agreed to get texts of whom
POST {ROOT}/consent                   {{"consents": [...]}} recorded as they are said
GET  {ROOT}/consent/SENDER/MSISDN     one
PUT  {ROOT}/consent/SENDER/MSISDN     {{"state": "opted_in", "source": "form"}}
DELETE {ROOT}/consent/SENDER/MSISDN   forget it
GET  {ROOT}/lint                      what SMPP clients do wrong, with serve --lint
GET  {ROOT}/traffic                   the PDUs of all sessions as they pass, a line each
GET  {ROOT}/radio                     the brokers over which phones are reached
"""


def make_api(
    runtime: Runtime,
    pulse: Pulse,
    boxes: Mapping[str, Box],
    note: Callable[[], None] | None = None,
    *,
    number_plan: NumberPlan | None = None,
    hosts: Iterable[str] = (),
    log: Log | None = None,
    lint: LintSource | None = None,
    radio: RadioSource | None = None,
    traffic: TrafficSource | None = None,
) -> Litestar:
    """The application over some boxes, the first of them the one that is meant if none is named.

    `note` is called after each request, because a request may leave reference cycles. `hosts` are
    the names it answers to besides IP addresses and names without a dot. `number_plan`
    None loads the one of the package. `log` hears of requests that failed by a bug. `lint` gives
    what the linter found, `radio` the state of the brokers, `traffic` whom to ask to read along.
    """
    feed = EventFeed()
    noted = _nobody if note is None else note
    plan = load_number_plan() if number_plan is None else number_plan
    router = Router(
        ROOT,
        route_handlers=[
            *health_routes(pulse, boxes),
            *message_routes(runtime, boxes),
            *submission_routes(runtime, boxes),
            *phone_routes(runtime, boxes, plan),
            *phone_setting_routes(runtime, boxes, plan),
            *whereabouts_routes(runtime, boxes),
            *tower_routes(runtime, boxes),
            *subscription_routes(runtime, boxes),
            *account_routes(runtime, boxes),
            *event_routes(feed, boxes),
            *_ruling_routes(runtime, boxes),
            *lint_routes(lint),
            *radio_routes(radio),
            *traffic_routes(traffic),
        ],
    )
    return Litestar(
        [index, router],
        middleware=[host_guard(hosts), _noting(noted)],
        after_exception=[_noting_exceptions(noted)],
        exception_handlers=exception_handlers(_nowhere if log is None else log),
        openapi_config=OpenAPIConfig(
            title="carrierbox",
            version=__version__,
            description="Look at and steer a mobile carrier in a box.",
            # A folder of its own, because below it litestar answers unknown paths with a page.
            path=OPENAPI_PATH,
            render_plugins=[JsonRenderPlugin(path="/")],
        ),
        request_max_body_size=BODY_OCTETS_MAX,
        response_headers=[ResponseHeader(name="X-Content-Type-Options", value="nosniff")],
        logging_config=None,
        state=State({"event_feed": feed}),
    )


def _ruling_routes(runtime: Runtime, boxes: Mapping[str, Box]) -> list[HTTPRouteHandler]:
    """What decides about messages, and what rules ask."""
    return [
        *rule_routes(boxes),
        *policy_routes(boxes),
        *fault_routes(boxes),
        *sender_routes(runtime, boxes),
        *consent_routes(runtime, boxes),
    ]


def event_feed_of(api: Litestar) -> EventFeed:
    """The feed of an application made by `make_api`."""
    feed = api.state["event_feed"]
    assert isinstance(feed, EventFeed)
    return feed


@get("/", media_type=MediaType.TEXT, include_in_schema=False)
async def index() -> str:
    """What there is, for whoever looks with a browser."""
    return INDEX


def _noting(note: Callable[[], None]) -> Callable[[ASGIApp], ASGIApp]:
    """A middleware that calls `note` when a request is done."""

    def middleware(app: ASGIApp) -> ASGIApp:
        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await app(scope, receive, send)
            finally:
                note()

        return noted

    return middleware


def _noting_exceptions(note: Callable[[], None]) -> Callable[[Exception, Scope], Awaitable[None]]:
    """The same for requests that end before they reach a middleware: unknown paths."""

    async def noted(error: Exception, scope: Scope) -> None:
        note()

    return noted


def _nobody() -> None:
    """Called where nobody wants to be."""


def _nowhere(event: str, fields: dict[str, object], level: str) -> None:
    """The log of nobody."""
