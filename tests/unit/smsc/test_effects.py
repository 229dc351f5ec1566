"""The closed set of things a turn leads to."""

import pytest
from tests.unit.smsc.examples import AT, a_message

from carrierbox.identifiers import LinkId
from carrierbox.relay import RpMtData
from carrierbox.smpp.pdus import AlertNotification, DeliverSm, SubmitSmResp
from carrierbox.smsc import effects
from carrierbox.smsc.ports import LoadEnded, LoadSummary, PageOut

LINK = LinkId(3)
MESSAGE = a_message(msisdn="336")
DELIVERY = effects.Delivery(effects.DELIVERY_RECEIPT, MESSAGE)
PART = RpMtData(7 << 8, "336", MESSAGE.source, 0, 0, b"", b"hi", AT, False)

EVERY_EFFECT: list[effects.Effect] = [
    effects.Answer(LINK, SubmitSmResp("7", 1), True),
    effects.AnswerAgain(LINK, SubmitSmResp("7", 1)),
    effects.Forward(MESSAGE, PART),
    effects.Deliver(LINK, DELIVERY, DeliverSm()),
    effects.Disconnect(LINK),
    effects.Accepted(MESSAGE),
    effects.Attempted(MESSAGE),
    effects.Concluded(MESSAGE, DELIVERY),
    effects.Replaced(MESSAGE),
    effects.Notify(LINK, AlertNotification()),
    effects.Acknowledged(DELIVERY),
    effects.PhonePower("336", True, None),
    effects.Setting("phone/336", b"{}", b""),
    effects.Registered("registration/ACME", b""),
    effects.SmeAcknowledged(MESSAGE, 1),
    effects.Call("demo"),
    effects.LogLine("called", {"system_id": "demo"}),
    effects.Reply(lambda problem: None),
    effects.Load(LoadSummary(), effects.LOAD_DUE),
    effects.Ask(LoadEnded(1), lambda answer: None),
    effects.PagedOut(PageOut()),
]


def test_every_effect_there_is_stands_in_the_list_above() -> None:
    """The set is closed: whoever adds one sees it here, and decides how it is undone."""
    assert sorted(one.__name__ for one in effects.Effect.__subclasses__()) == sorted(
        type(one).__name__ for one in EVERY_EFFECT
    )


@pytest.mark.parametrize("effect", EVERY_EFFECT, ids=lambda one: type(one).__name__)
def test_an_effect_is_one_kind_only(effect: effects.Effect) -> None:
    """The runtime tells them apart by their class."""
    kinds = [kind for kind in effects.Effect.__subclasses__() if isinstance(effect, kind)]
    assert kinds == [type(effect)]


def test_a_delivery_begins_untried_and_is_itself_only() -> None:
    """Two deliveries of one message are two: taking back one leaves the other."""
    other = effects.Delivery(effects.DELIVERY_RECEIPT, MESSAGE)
    assert other.tries == 0
    assert other != DELIVERY
    assert len({effects.DELIVERY_RECEIPT, effects.DELIVERY_MESSAGE}) == 2


def test_a_reply_tells_whoever_asked() -> None:
    """The caller hears how it ended, and only then."""
    told: list[str] = []
    reply = effects.Reply(told.append)
    assert told == []
    reply.tell("full")
    assert told == ["full"]
