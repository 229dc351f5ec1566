"""What a rule decided is the same after any restart: phones show, and clients hear, the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from carrierbox.config_rules import compile_rule, definition_of
from carrierbox.smpp.pdus import DeliverSm, SubmitSm
from carrierbox.testing.direct import START, DirectCarrier
from carrierbox.testing.stores import FakeStore

FRENCH = "33612345678"
END_S = 3.0 * 86_400

DURATIONS = st.sampled_from(["1s", "90s", "2h"])
REPORTS = st.just("none") | st.fixed_dictionaries(
    {"state": st.sampled_from(["DELIVERED", "EXPIRED", "UNDELIVERABLE", "REJECTED"])},
    optional={
        "err": st.sampled_from(["013", "E7"]),
        "after": DURATIONS,
        "copies": st.integers(1, 3),
    },
)
TEXTS = st.fixed_dictionaries(
    {"append": st.sampled_from([" STOP", "\u0416", "!" * 200])},
    optional={"strip_links": st.just(True), "truncate": st.integers(0, 30)},
)
OUTCOMES = st.fixed_dictionaries(
    {"answers": st.just(1)},
    optional={
        "deliver": st.just(False),
        "report": REPORTS,
        "hold": DURATIONS,
        "source_addr": st.sampled_from(["567890", ["SHOP", "STORE", "+33700000001"]]),
        "text": TEXTS,
    },
)
STOPS = st.lists(st.sampled_from([0.0, 0.5, 60.0, 100.0, 5000.0]), max_size=3)


def run(then: dict[str, Any], stops: list[float], is_on: bool, pages: bool) -> list[object]:
    """What comes of one message: its phone's screen, its receipts but for repeated ones, its view.

    The process ends, and another begins without any rule, after each of `stops` more seconds.
    """
    store = FakeStore()
    carrier = DirectCarrier(store)
    rule = {"name": "mine", "why": "Because.", "then": then}
    carrier.box.rules.add_test_rule(compile_rule(definition_of(rule)))
    link = carrier.bind()
    if not is_on:
        carrier.set_power(FRENCH, False)
    submit = SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        destination_addr=FRENCH,
        registered_delivery=1,
        short_message=b"See https://a.example now",
    )
    carrier.ask(link, submit)
    acknowledged: list[str] = []
    answered = 0
    at = START
    for stop in [*stops, END_S]:
        to = at + stop if stop != END_S else START + END_S
        if stop == END_S and not is_on:
            carrier.set_power(FRENCH, True)
        answered = settle(carrier, acknowledged, answered)
        if pages:
            carrier.box.centre.paging.begin()
            carrier.run()
        while carrier.clock.now() < to:
            carrier.advance(min(600.0, to - carrier.clock.now()))
            answered = settle(carrier, acknowledged, answered)
        at = to
        if stop != END_S:
            carrier = DirectCarrier(store, start=at)
            carrier.bind()
            answered = 0
    message = next(carrier.box.centre.registry.newest_first())
    screen = [(text.sender, text.text) for text in carrier.phone(FRENCH).inbox]
    told = message.told
    return [
        screen,
        sorted(acknowledged),
        message.state,
        message.state_told,
        message.rule,
        message.receipt,
        None if told is None else (told.reason, told.text, told.copies, told.copies_done),
    ]


def settle(carrier: DirectCarrier, acknowledged: list[str], answered: int) -> int:
    """Acknowledge all that is delivered, until nothing more comes; how many there were."""
    while len(carrier.deliveries()) > answered:
        delivery = carrier.deliveries()[answered]
        answered += 1
        carrier.respond(delivery)
        assert isinstance(delivery.pdu, DeliverSm)
        # Times of day differ by how long the phone took.
        text = delivery.pdu.short_message.decode("ascii")
        acknowledged.append(text[text.index(" stat:") :])
    return answered


@settings(max_examples=3 * settings().max_examples // 5, deadline=None)
@given(OUTCOMES, STOPS, st.booleans(), st.booleans())
def test_a_restart_changes_nothing_that_a_rule_decided(
    then: dict[str, Any], stops: list[float], is_on: bool, pages: bool
) -> None:
    """Decided once: no rule is asked again, and none need be there."""
    assert run(then, stops, is_on, pages) == run(then, [], is_on, False)
