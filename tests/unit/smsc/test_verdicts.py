"""What rules make of a message, through the centre: what clients hear of it."""

import pytest
from tests.unit.smsc.verdicts_client import FRENCH, LATE_REJECTION, OTHER, Client

from carrierbox.smpp import values
from carrierbox.smpp.pdus import (
    CancelSm,
    DataSm,
    DeliverSm,
    DestAddress,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import TAG_MESSAGE_PAYLOAD, TAG_NETWORK_ERROR_CODE, Tlv, tlv_octets
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.messages import RECEIPT_DONE, RECEIPT_HELD, RECEIPT_NONE, RECEIPT_SENT

# Nothing arrives, and something else is told.


def test_a_receipt_may_say_delivered_of_what_no_phone_got() -> None:
    """The false receipt: the truth is in the trace and with the message."""
    client = Client({"deliver": False, "report": {"state": "DELIVERED"}})
    assert client.submit().command_status == values.ESME_ROK
    assert client.carrier.shown(FRENCH) == []
    assert "stat:DELIVRD err:000" in client.receipts()[0]
    assert "dlvrd:001" in client.receipts()[0]
    assert client.query().message_state == values.DELIVERED
    assert client.message.state == values.UNDELIVERABLE
    assert client.events("concluded") == ["UNDELIVERABLE"]
    assert client.events("receipt_sent") == ["DELIVERED"]
    assert client.events("attempt") == []


def test_what_no_phone_gets_is_told_as_delivered_by_default() -> None:
    """As if the network had answered."""
    client = Client({"deliver": False})
    client.submit()
    assert "stat:DELIVRD" in client.receipts()[0]


def test_a_silent_drop_is_heard_of_by_nobody() -> None:
    """Accepted, and then nothing: no text, no receipt, ever."""
    client = Client({"deliver": False, "report": "none"})
    client.submit()
    client.carrier.advance(10 * 86_400)
    assert (client.carrier.shown(FRENCH), client.receipts()) == ([], [])
    assert client.message.receipt == RECEIPT_NONE


def test_a_receipt_may_never_come_though_the_text_did() -> None:
    """And no notification of an attempt that failed."""
    client = Client({"report": "none", "cause": "SYSTEM_FAILURE", "attempts": 1})
    client.submit(registered_delivery=0x11)
    client.carrier.advance(600.0)
    assert (client.carrier.shown(FRENCH), client.receipts()) == (["Hi"], [])


def test_what_is_dropped_keeps_its_place_and_holds_nothing_up() -> None:
    """The queue of a phone goes on behind it."""
    client = Client({"name": "drop", "when": {"text": "lost"}, "then": {"deliver": False}})
    client.carrier.set_power(FRENCH, False)
    for text in (b"one", b"lost", b"two"):
        client.submit(text)
    assert client.receipts() == []
    client.carrier.set_power(FRENCH, True)
    client.carrier.advance(86_400)
    assert client.carrier.shown(FRENCH) == ["one", "two"]
    assert len(client.receipts()) == 3


def test_attempts_may_fail_before_a_message_is_dropped() -> None:
    """`cause` with `attempts` comes first."""
    client = Client({"deliver": False, "cause": "SYSTEM_FAILURE", "attempts": 2})
    client.submit()
    assert client.receipts() == []
    client.carrier.advance(3600.0)
    assert client.events("failed") == ["SYSTEM_FAILURE", "SYSTEM_FAILURE"]
    assert "stat:DELIVRD" in client.receipts()[0]
    assert client.carrier.shown(FRENCH) == []


# Something else is told, and later.


def test_another_state_is_told_with_its_error_after_a_while() -> None:
    """REJECTD 013 five seconds later; query_sm says the same as the receipt."""
    client = Client(LATE_REJECTION)
    client.submit()
    assert client.carrier.shown(FRENCH) == ["Hi"]
    assert client.receipts() == []
    assert client.query().message_state == values.ENROUTE
    client.carrier.advance(4.9)
    assert client.receipts() == []
    client.carrier.advance(0.1)
    assert "stat:REJECTD err:013" in client.receipts()[0]
    told = client.query()
    assert (told.message_state, told.error_code) == (values.REJECTED, 13)
    assert told.final_date != ""
    assert client.message.state == values.DELIVERED


def test_the_error_that_is_told_is_in_the_tlv_too() -> None:
    """network_error_code (SMPP 3.4 §5.3.2.31): GSM, two octets."""
    client = Client(LATE_REJECTION)
    client.submit()
    client.carrier.advance(5.0)
    pdu = client.carrier.deliveries()[0].pdu
    assert isinstance(pdu, DeliverSm)
    assert tlv_octets(pdu.tlvs, TAG_NETWORK_ERROR_CODE) == b"\x03\x00\x0d"


@pytest.mark.parametrize(
    ("asked", "state", "comes"),
    [(2, "REJECTED", True), (2, "DELIVERED", False), (0, "REJECTED", False), (1, "EXPIRED", True)],
)
def test_who_wants_failures_only_gets_what_is_told(asked: int, state: str, comes: bool) -> None:
    """registered_delivery 2 (SMPP 3.4 §5.2.17) is about what the carrier tells."""
    client = Client({"report": {"state": state}})
    client.submit(registered_delivery=asked)
    assert bool(client.receipts()) is comes


def test_an_end_that_is_not_told_yet_is_beyond_cancelling() -> None:
    """ENROUTE to its sender, and still its phone shows it."""
    client = Client(LATE_REJECTION)
    client.submit()
    cancel = CancelSm(
        message_id=str(client.message.client_id), source_addr_ton=5, source_addr="ACME"
    )
    assert client.carrier.ask(client.link, cancel).command_status == values.ESME_RCANCELFAIL


def test_what_ends_otherwise_is_told_as_the_rule_says_too() -> None:
    """An expired text that its carrier calls delivered."""
    client = Client({"report": {"state": "DELIVERED"}})
    client.carrier.set_power(FRENCH, False)
    client.submit(validity_period="000000000100000R")
    client.carrier.advance(61.0)
    assert client.message.state == values.EXPIRED
    assert "stat:DELIVRD err:000" in client.receipts()[0]


# Transaction mode.


def test_transaction_mode_answers_what_is_told_when_it_is_told() -> None:
    """SMPP 3.4 §2.10.3: the outcome, as the carrier tells it."""
    client = Client(LATE_REJECTION)
    number = client.carrier.request(
        client.link,
        SubmitSm(
            source_addr_ton=5,
            source_addr="ACME",
            destination_addr=FRENCH,
            esm_class=values.ESM_CLASS_FORWARD,
            short_message=b"Hi",
        ),
    )
    client.carrier.run()
    client.carrier.advance(4.0)
    assert client.responses() == []
    client.carrier.advance(1.0)
    assert client.responses() == [values.ESME_RDELIVERYFAILURE]
    assert client.carrier.sent[-1].pdu.sequence_number == number


def test_transaction_mode_says_that_what_was_dropped_arrived() -> None:
    """And twice, if the rule wants two answers."""
    client = Client({"deliver": False, "answers": 2})
    client.submit(esm_class=values.ESM_CLASS_FORWARD)
    assert client.responses() == [values.ESME_ROK, values.ESME_ROK]


def test_a_failed_commit_of_a_late_outcome_is_told_again() -> None:
    """Who awaits it is told once, after the store works again."""
    client = Client(LATE_REJECTION)
    client.carrier.request(
        client.link,
        SubmitSm(destination_addr=FRENCH, esm_class=values.ESM_CLASS_FORWARD, short_message=b"Hi"),
    )
    client.carrier.run()
    client.carrier.advance(4.0)
    client.store.fail(times=3)
    client.carrier.set_power(OTHER, False)
    client.carrier.advance(1.0)
    client.carrier.advance(30.0)
    assert client.responses() == [values.ESME_RDELIVERYFAILURE]


def test_an_end_whose_commit_failed_is_not_told() -> None:
    """Its message goes on, and what was to be told late counts from the end that is written."""
    client = Client(LATE_REJECTION)
    client.carrier.set_power(FRENCH, False)
    client.submit()
    client.store.fail(after=1)
    client.carrier.set_power(FRENCH, True)
    client.carrier.advance(0.5)
    assert client.message.state == values.ENROUTE
    client.carrier.advance(5.0)
    assert client.receipts() == []
    client.carrier.advance(60.0)
    assert ["stat:REJECTD err:013" in each for each in client.receipts()] == [True]
    assert client.carrier.shown(FRENCH) == ["Hi"]


def test_what_was_to_be_told_of_an_end_that_was_not_written_is_not() -> None:
    """The phone is off when its message is tried again: ENROUTE, and nobody hears anything."""
    client = Client(LATE_REJECTION)
    client.carrier.set_power(FRENCH, False)
    client.submit()
    client.store.fail(after=1)
    client.carrier.set_power(FRENCH, True)
    client.carrier.set_power(FRENCH, False)
    client.carrier.advance(20.0)
    assert client.message.state == values.ENROUTE
    assert client.receipts() == []


def test_a_copy_whose_commit_failed_is_taken_back() -> None:
    """The receipt before it comes again; it may be acknowledged twice, and none is lost."""
    client = Client({"report": {"copies": 2}})
    client.submit()
    client.store.fail()
    client.carrier.respond(client.carrier.deliveries()[-1])
    assert client.message.told is not None
    assert client.message.told.copies_done == 0
    client.carrier.pass_link_time(2.0)
    client.carrier.respond(client.carrier.deliveries()[-1])
    assert client.message.told.copies_done == 1
    client.carrier.respond(client.carrier.deliveries()[-1])
    assert (len(client.receipts()), client.message.receipt) == (3, RECEIPT_DONE)


def test_a_refusal_by_a_failed_commit_comes_once() -> None:
    """Two answers promise something; ESME_RSYSERR takes back one promise."""
    client = Client({"answers": 2})
    client.store.fail()
    client.submit()
    assert client.responses() == [values.ESME_RSYSERR]


# Copies of a receipt, and of an answer.


def test_copies_of_a_receipt_follow_each_other() -> None:
    """Each is acknowledged before the next is sent; then the receipt is settled."""
    client = Client({"report": {"copies": 3}})
    client.submit()
    for copy in range(3):
        assert len(client.receipts()) == copy + 1
        assert client.message.receipt == RECEIPT_SENT
        client.carrier.respond(client.carrier.deliveries()[-1])
    assert len(set(client.receipts())) == 1
    client.carrier.advance(60.0)
    assert (len(client.receipts()), client.message.receipt) == (3, RECEIPT_DONE)


def test_who_refuses_a_copy_for_good_gets_no_other() -> None:
    """ESME_RX_P_APPN is the last word."""
    client = Client({"report": {"copies": 3}})
    client.submit()
    client.carrier.respond(client.carrier.deliveries()[-1], values.ESME_RX_P_APPN)
    assert (len(client.receipts()), client.message.receipt) == (1, RECEIPT_DONE)


def test_a_restart_sends_only_the_copies_that_are_left() -> None:
    """COPY stands in the journal."""
    client = Client({"report": {"copies": 3}})
    client.submit()
    client.carrier.respond(client.carrier.deliveries()[-1])
    client.restart()
    assert len(client.receipts()) == 1
    client.carrier.respond(client.carrier.deliveries()[-1])
    client.carrier.respond(client.carrier.deliveries()[-1])
    assert (len(client.receipts()), client.message.receipt) == (2, RECEIPT_DONE)


def test_two_answers_are_the_same() -> None:
    """The second answers no request."""
    client = Client({"answers": 2})
    client.submit()
    first, second = [one.pdu for one in client.carrier.sent if isinstance(one.pdu, SubmitSmResp)]
    assert (first.message_id, first.sequence_number) == (second.message_id, second.sequence_number)
    assert client.carrier.shown(FRENCH) == ["Hi"]


def test_a_refusal_may_come_twice_too() -> None:
    """And the next submission is answered once."""
    client = Client(
        {
            "name": "twice",
            "when": {"text": "no"},
            "then": {"command_status": "ESME_RTHROTTLED", "answers": 2},
        }
    )
    client.submit(b"no")
    client.submit(b"yes")
    assert client.responses() == [values.ESME_RTHROTTLED] * 2 + [values.ESME_ROK]


def test_every_operation_may_be_answered_twice() -> None:
    """data_sm and submit_multi as submit_sm."""
    client = Client({"answers": 2})
    payload = [Tlv(TAG_MESSAGE_PAYLOAD, b"Hi")]
    client.carrier.ask(client.link, DataSm(destination_addr=FRENCH, tlvs=payload))
    several: list[DestAddress] = [SmeDestination(1, 1, FRENCH), SmeDestination(1, 1, OTHER)]
    client.carrier.ask(client.link, SubmitMulti(dest_address=several, short_message=b"Hi"))
    assert len(client.responses(values.DATA_SM_RESP)) == 2
    assert len(client.responses(values.SUBMIT_MULTI_RESP)) == 2


def test_a_refused_replacement_does_not_answer_another_request_twice() -> None:
    """It is answered once, and so is what comes behind it."""
    refused = {"command_status": "ESME_RPROHIBITED", "answers": 2}
    client = Client({"name": "no other", "when": {"operation": "replace_sm"}, "then": refused})
    client.carrier.set_power(FRENCH, False)
    client.submit()
    replace = ReplaceSm(str(client.message.client_id), source_addr_ton=5, source_addr="ACME")
    assert client.carrier.ask(client.link, replace).command_status == values.ESME_RPROHIBITED
    client.submit()
    assert client.responses() == [values.ESME_ROK, values.ESME_ROK]


# Rules that go on.


def test_rules_that_go_on_are_noted() -> None:
    """All that decided are named, and a message has what they said together."""
    client = Client(
        {"hold": "1m", "go_on": True},
        {"text": {"append": "!"}, "source_addr": "567890", "go_on": True},
        {"text": {"append": "?"}, "report": {"copies": 2}},
        {"command_status": "ESME_RSYSERR"},
    )
    client.submit()
    assert client.message.rule == "rule 0, rule 1, rule 2"
    client.carrier.advance(60.0)
    (text,) = client.carrier.phone(FRENCH).inbox
    assert (text.text, text.sender) == ("Hi!?", "567890")


def test_a_later_refusal_wins() -> None:
    """And says which rules led there."""
    client = Client({"hold": "1m", "go_on": True}, {"command_status": "ESME_RPROHIBITED"})
    assert client.submit().command_status == values.ESME_RPROHIBITED
    assert client.events("refused") == ["ESME_RPROHIBITED by rule rule 0, rule 1"]
    assert client.events("verdict") == ["rule 0, rule 1"]


def test_rules_that_only_go_on_leave_it_to_the_carrier() -> None:
    """Nobody else says anything: the message is taken in as noted."""
    client = Client({"text": {"append": "!"}, "go_on": True})
    client.submit()
    assert client.carrier.shown(FRENCH) == ["Hi!"]
    assert client.message.rule == "rule 0"


# What is told of verdicts.


def test_the_trace_tells_each_verdict_and_its_reason() -> None:
    """Of refusals, too; not of messages that no rule meant."""
    why = "Nobody is sent anything on Mondays."
    client = Client(
        {"name": "monday", "when": {"text": "no"}, "then": {"command_status": 8}, "why": why},
        {"name": "late", "when": {"text": "late"}, "then": {"hold": "1m"}, "why": why},
    )
    for text in (b"no", b"late", b"as ever"):
        client.submit(text)
    assert client.events("verdict") == [f"monday: {why}", f"late: {why}"]
    assert client.events("refused") == ["ESME_RSYSERR by rule monday"]


def test_a_reason_alone_is_kept_with_its_message() -> None:
    """`accept` with a `why`."""
    client = Client({"name": "ok", "then": {"accept": True}, "why": "A friend."})
    client.submit()
    assert client.message.told is not None
    assert client.message.told.reason == "A friend."


def test_a_message_that_no_rule_meant_has_nothing_of_this() -> None:
    """And so has one that is only accepted by one."""
    client = Client({"name": "ok", "when": {"text": "x"}, "then": {"accept": True}})
    client.submit()
    assert (client.message.told, client.message.rule) == (None, "open")
    client.submit(b"x")
    assert (client.message.told, client.message.rule) == (None, "ok")


# From account to account, and to several.


def test_one_account_hears_what_a_rule_tells_of_its_text_to_another() -> None:
    """No network to be dropped by or to wait for: what is told and who it is from may change."""
    then = {
        "deliver": False,
        "hold": "1h",
        "source_addr": "567890",
        "text": {"append": "!"},
        "report": {"state": "EXPIRED", "after": "5s"},
    }
    shop = AccountSettings("shop", "demo", address_range="28282")
    client = Client(then, accounts=[AccountSettings("demo", "demo"), shop])
    client.carrier.bind("shop")
    client.submit(to="28282")
    (text,) = client.carrier.deliveries()
    assert isinstance(text.pdu, DeliverSm)
    assert (text.pdu.source_addr, text.pdu.short_message) == ("567890", b"Hi")
    client.carrier.respond(text)
    assert len(client.carrier.deliveries()) == 1
    client.carrier.advance(5.0)
    assert "stat:EXPIRED" in client.receipts()[1]


def test_each_destination_has_its_own_verdict() -> None:
    """submit_multi: what one phone is not shown another is."""
    client = Client({"name": "drop", "when": {"destination": FRENCH}, "then": {"deliver": False}})
    several: list[DestAddress] = [SmeDestination(1, 1, FRENCH), SmeDestination(1, 1, OTHER)]
    answer = client.carrier.ask(
        client.link,
        SubmitMulti(dest_address=several, short_message=b"Hi", registered_delivery=1),
    )
    assert isinstance(answer, SubmitMultiResp)
    assert (client.carrier.shown(FRENCH), client.carrier.shown(OTHER)) == ([], ["Hi"])
    assert ["stat:DELIVRD" in each for each in client.receipts()] == [True, True]


# Restarts.


def test_a_verdict_outlives_a_restart_without_its_rules() -> None:
    """What was decided is kept: nothing is judged again."""
    client = Client({"hold": "1h", "deliver": False, "report": {"state": "EXPIRED", "err": "7"}})
    client.submit()
    client.restart()
    client.carrier.advance(3601.0)
    assert client.carrier.shown(FRENCH) == []
    assert "stat:EXPIRED err:7 " in client.receipts()[0]


@pytest.mark.parametrize("after_s", [0.0, 3.0, 60.0])
def test_what_is_told_late_is_told_after_a_restart(after_s: float) -> None:
    """At its time, or at once if that has passed."""
    client = Client(LATE_REJECTION)
    client.submit()
    client.restart(after_s=after_s)
    assert len(client.receipts()) == (1 if after_s > 5 else 0)
    assert client.message.receipt == (RECEIPT_SENT if after_s > 5 else RECEIPT_HELD)
    client.carrier.advance(5.0)
    assert ["stat:REJECTD err:013" in each for each in client.receipts()] == [True]


def test_no_phone_shows_after_a_restart_what_none_got() -> None:
    """What was dropped is told as delivered, and is not."""
    client = Client({"deliver": False})
    client.submit()
    client.restart()
    assert client.carrier.shown(FRENCH) == []


def test_the_table_of_the_store_knows_how_many_copies_are_left() -> None:
    """A row has COPY, too: the journal before it is gone."""
    client = Client({"report": {"copies": 3}})
    client.submit()
    client.carrier.respond(client.carrier.deliveries()[-1])
    client.page()
    client.restart()
    client.carrier.respond(client.carrier.deliveries()[-1])
    client.carrier.respond(client.carrier.deliveries()[-1])
    assert (len(client.receipts()), client.message.receipt) == (2, RECEIPT_DONE)


@pytest.mark.parametrize("after_s", [0.0, 3.0, 60.0])
def test_what_is_told_late_is_told_from_the_table(after_s: float) -> None:
    """A row of what an account is owed does not make it owed before its time."""
    client = Client(LATE_REJECTION)
    client.submit()
    client.page()
    client.restart(after_s=after_s)
    assert len(client.receipts()) == (1 if after_s > 5 else 0)
    client.carrier.advance(5.0)
    assert ["stat:REJECTD err:013" in each for each in client.receipts()] == [True]


@pytest.mark.parametrize("is_bound", [True, False])
def test_a_receipt_that_is_told_late_is_not_late_before(is_bound: bool) -> None:
    """`receipts_keep` counts from when it is told."""
    account = AccountSettings("demo", "demo", receipts_keep_s=60.0)
    client = Client({"report": {"state": "REJECTED", "after": "2h"}}, accounts=[account])
    client.submit()
    client.page()
    client.restart(is_bound=is_bound)
    client.carrier.advance(7190.0)
    assert client.receipts() == []
    if not is_bound:
        client.link = client.carrier.bind()
    client.carrier.advance(10.0)
    assert ["stat:REJECTD" in each for each in client.receipts()] == [True]
