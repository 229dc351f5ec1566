"""Requests over no connection: each is answered once, and so many may wait."""

from carrierbox.app import make_box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.identifiers import LinkId
from carrierbox.inside_links import REQUESTS_MAX, InsideLinks
from carrierbox.runtime import Runtime
from carrierbox.smpp.pdus import Pdu, SubmitSm, SubmitSmResp
from carrierbox.smpp.session import SessionSettings
from carrierbox.smpp.values import ESME_ROK, ESME_RSYSERR
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore


def test_a_request_is_answered_once() -> None:
    """Its link is gone then, and never is one of a connection, which count up from 1."""
    links = InsideLinks()
    heard: list[Pdu] = []
    first, second = links.open(heard.append), links.open(heard.append)
    assert 0 > first > second
    answer = SubmitSmResp("7")
    assert links.answer(second, answer)
    assert heard == [answer]
    assert len(links) == 1
    assert not links.answer(second, answer)
    assert not links.answer(LinkId(1), answer)
    assert heard == [answer]


def test_a_request_that_could_not_be_put_is_forgotten() -> None:
    """Twice does no harm."""
    links = InsideLinks()
    link_id = links.open(lambda pdu: None)
    links.drop(link_id)
    links.drop(link_id)
    assert len(links) == 0
    assert not links.answer(link_id, SubmitSmResp("7"))


def test_so_many_may_wait() -> None:
    """Whoever asks first whether there is room never has more."""
    links = InsideLinks()
    for _ in range(REQUESTS_MAX - 1):
        links.open(lambda pdu: None)
    assert links.has_room(1)
    assert not links.has_room(2)
    link_id = links.open(lambda pdu: None)
    assert not links.has_room(1)
    links.answer(link_id, SubmitSmResp("7"))
    assert links.has_room(1)


def test_the_runtime_answers_them_after_the_commit() -> None:
    """ESME_ROK, or ESME_RSYSERR if that failed; a second answer goes nowhere."""
    store = FakeStore()
    clock = NetworkClock(start=START, running=False)
    box = make_box("main", store, number_plan(), [AccountSettings("demo", "demo")], [], clock)
    now = LinkTime(100.0)
    runtime = Runtime(
        [box], SessionSettings(), lambda: None, lambda event, fields: None, lambda: now
    )
    account = box.centre.accounts.account("demo")
    assert account is not None
    heard: list[Pdu] = []

    def put() -> None:
        submit = SubmitSm(destination_addr="33612345678", dest_addr_ton=1, dest_addr_npi=1)
        box.centre.submit(runtime.inside.open(heard.append), account, submit, "over HTTP")

    runtime.request(box, put)
    assert heard == []
    runtime.turn()
    store.fail()
    runtime.request(box, put)
    runtime.turn()
    assert [each.command_status for each in heard] == [ESME_ROK, ESME_RSYSERR]
    assert not runtime.send(LinkId(-1), heard[0], None)
    assert len(heard) == 2
