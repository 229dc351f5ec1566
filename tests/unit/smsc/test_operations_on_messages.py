"""query_sm, cancel_sm, replace_sm, and submit_sm that replaces."""

import pytest
from tests.unit.smsc.operations_client import (
    BRITISH,
    FRENCH,
    PAYLOAD,
    SETTINGS,
    a_carrier,
    a_submit,
    receipts,
)

from carrierbox import matching
from carrierbox.codecs.default_coding import DEFAULT_LATIN1
from carrierbox.matching import Condition, Contains, IsOneOf, Match, Rule, RuleBook
from carrierbox.relay import Verdict
from carrierbox.smpp.pdus import (
    BindTransceiver,
    CancelSm,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import Tlv
from carrierbox.smpp.values import (
    DELETED,
    DELIVERED,
    ENROUTE,
    ESME_RCANCELFAIL,
    ESME_RINVDFTMSGID,
    ESME_RINVMSGID,
    ESME_RINVMSGLEN,
    ESME_RINVPRTFLG,
    ESME_RINVREGDLVFLG,
    ESME_RINVREPFLAG,
    ESME_RINVSCHED,
    ESME_ROK,
    ESME_RQUERYFAIL,
    ESME_RREPLACEFAIL,
    ESME_RSUBMITFAIL,
    ESME_RSYSERR,
)
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.text_coding import TextCoding
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore, SlowStore

# query_sm.


def test_query_tells_the_state_while_a_message_waits_and_after() -> None:
    """SMPP 3.4 §4.8, T46: final_date is empty en route."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit())
    query = QuerySm(message_id="0000000001", source_addr="ACME", source_addr_ton=5)
    waiting = carrier.ask(link, query)
    assert isinstance(waiting, QuerySmResp)
    assert (waiting.message_state, waiting.final_date, waiting.error_code) == (ENROUTE, "", 6)
    carrier.set_power(FRENCH, True)
    done = carrier.ask(link, QuerySm(message_id="0000000001", source_addr="ACME"))
    assert isinstance(done, QuerySmResp)
    assert (done.message_id, done.message_state) == ("0000000001", DELIVERED)
    assert done.final_date == "270115080000000+"


@pytest.mark.parametrize(
    ("query", "system_id", "status"),
    [
        (QuerySm(message_id="0000000099", source_addr="ACME"), "demo", ESME_RINVMSGID),
        (QuerySm(message_id="junk", source_addr="ACME"), "demo", ESME_RINVMSGID),
        (QuerySm(message_id="", source_addr="ACME"), "demo", ESME_RINVMSGID),
        (QuerySm(message_id="0000000001", source_addr="WRONG"), "demo", ESME_RQUERYFAIL),
        (QuerySm(message_id="0000000001", source_addr="ACME"), "other", ESME_RQUERYFAIL),
    ],
)
def test_only_the_owner_may_ask_about_a_message(
    query: QuerySm, system_id: str, status: int
) -> None:
    """T46: wrong owner and unknown id have statuses of their own."""
    carrier = a_carrier()
    carrier.ask(carrier.bind(), a_submit())
    asking = carrier.bind(bind=BindTransceiver(system_id=system_id, password="demo"))
    assert carrier.ask(asking, query).command_status == status


def test_a_final_state_is_not_told_before_it_is_written() -> None:
    """SMPP 3.4 §4.8: the commit that would make it final fails, and the message goes on."""
    store = FakeStore()
    carrier = DirectCarrier(SlowStore(store, 1, 0))
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit())
    store.fail()
    carrier.request(link, CancelSm(message_id="1", source_addr="ACME"))
    number = carrier.request(link, QuerySm("1", source_addr="ACME"))
    carrier.run()
    (answer,) = [one.pdu for one in carrier.sent if one.pdu.sequence_number == number]
    assert isinstance(answer, QuerySmResp)
    assert (answer.command_status, answer.message_state) == (ESME_RSYSERR, 0)
    again = carrier.ask(link, QuerySm("1", source_addr="ACME"))
    assert isinstance(again, QuerySmResp)
    assert (again.message_state, again.final_date) == (ENROUTE, "")


# cancel_sm.


def test_a_waiting_message_is_cancelled_with_its_receipt() -> None:
    """SMPP 3.4 §4.9: DELETED; a cancelled message counts as failed for receipts (§5.2.17)."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(registered_delivery=2))
    cancel = CancelSm(message_id="0000000001", source_addr="ACME", destination_addr=FRENCH)
    assert carrier.ask(link, cancel).command_status == ESME_ROK
    assert "stat:DELETED" in receipts(carrier)[0]
    carrier.set_power(FRENCH, True)
    carrier.advance(100)
    assert carrier.shown(FRENCH) == []
    again = CancelSm(message_id="0000000001", source_addr="ACME")
    assert carrier.ask(link, again).command_status == ESME_RCANCELFAIL


def test_every_waiting_message_between_two_addresses_is_cancelled_at_once() -> None:
    """SMPP 3.4 §4.9.1: an empty message_id; service_type narrows it, scheduled ones count."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(b"1"))
    carrier.ask(link, a_submit(b"2", service_type="CMT"))
    carrier.ask(link, a_submit(b"3", source_addr="OTHER"))
    carrier.ask(link, a_submit(b"4", schedule_delivery_time="000001000000000R"))
    by_type = CancelSm(service_type="CMT", source_addr="ACME", destination_addr=FRENCH)
    assert carrier.ask(link, by_type).command_status == ESME_ROK
    assert [message.state for message in carrier.box.centre.registry.oldest_first()] == [
        ENROUTE,
        DELETED,
        ENROUTE,
        ENROUTE,
    ]
    both = CancelSm(source_addr="ACME", destination_addr="+" + FRENCH)
    assert carrier.ask(link, both).command_status == ESME_ROK
    carrier.set_power(FRENCH, True)
    carrier.advance(90_000)
    assert carrier.shown(FRENCH) == ["3"]
    nothing = CancelSm(source_addr="ACME", destination_addr=FRENCH)
    assert carrier.ask(link, nothing).command_status == ESME_RCANCELFAIL


@pytest.mark.parametrize(
    ("cancel", "status"),
    [
        (CancelSm(message_id="77", source_addr="ACME"), ESME_RINVMSGID),
        (CancelSm(message_id="1", source_addr="WRONG"), ESME_RCANCELFAIL),
        (CancelSm(source_addr="ACME", destination_addr="nonsense"), ESME_RCANCELFAIL),
    ],
)
def test_what_cannot_be_cancelled_is_said(cancel: CancelSm, status: int) -> None:
    """T46."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit())
    assert carrier.ask(link, cancel).command_status == status


def test_a_cancellation_that_was_not_written_did_not_happen() -> None:
    """Design §2: a failed commit takes it back and says so."""
    store = FakeStore()
    carrier = a_carrier(store)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit())
    carrier.ask(link, a_submit(b"Later", schedule_delivery_time="000000020000000R"))
    for number in ("1", "2"):
        store.fail()
        cancel = CancelSm(message_id=number, source_addr="ACME")
        assert carrier.ask(link, cancel).command_status == ESME_RSYSERR
    carrier.set_power(FRENCH, True)
    carrier.advance(10)
    assert carrier.shown(FRENCH) == ["Hi"]
    carrier.advance(7200)
    assert carrier.shown(FRENCH) == ["Hi", "Later"]


# replace_sm.


PHONES = (FRENCH, BRITISH, "12125550123")


def a_multi(text: bytes = b"old", **fields: object) -> SubmitMulti:
    multi = SubmitMulti(
        source_addr_ton=5,
        source_addr="ACME",
        dest_address=[SmeDestination(1, 1, one) for one in PHONES],
        short_message=text,
    )
    for name, value in fields.items():
        setattr(multi, name, value)
    return multi


@pytest.mark.parametrize("keep_messages", [0, 100])
def test_a_replacement_of_a_submit_multi_is_for_every_destination_that_waits(
    keep_messages: int,
) -> None:
    """SMPP 3.4 §4.10: whatever became of the others, and whether they are remembered or not."""
    carrier = DirectCarrier(keep_messages=keep_messages)
    link = carrier.bind()
    for msisdn in PHONES[1:]:
        carrier.set_power(msisdn, False)
    carrier.ask(link, a_multi())
    for _ in range(3):
        carrier.ask(link, a_submit(b"Bye"))
    replace = ReplaceSm(message_id="1", source_addr="ACME", short_message=b"new")
    assert carrier.ask(link, replace).command_status == ESME_ROK
    for msisdn in PHONES[1:]:
        carrier.set_power(msisdn, True)
        assert carrier.shown(msisdn) == ["new"]
    assert carrier.shown(FRENCH)[0] == "old"
    again = ReplaceSm(message_id="1", source_addr="ACME", short_message=b"newer")
    assert carrier.ask(link, again).command_status in (ESME_RREPLACEFAIL, ESME_RINVMSGID)


def test_a_replacement_that_one_destination_must_not_get_is_for_none() -> None:
    """SMPP 3.4 §4.10.2: replace_sm_resp has one status for all of a submit_multi."""
    conditions: list[Condition] = [
        IsOneOf(matching.DESTINATION, frozenset({BRITISH})),
        Contains(matching.TEXT, "secret"),
    ]
    rule = Rule("no secrets", Match(conditions), Verdict(ESME_RSUBMITFAIL, "no secrets"), None)
    rules = RuleBook([rule])
    carrier = DirectCarrier(rules=rules)
    link = carrier.bind()
    for msisdn in PHONES:
        carrier.set_power(msisdn, False)
    carrier.ask(link, a_multi())
    replace = ReplaceSm(message_id="1", source_addr="ACME", short_message=b"secret")
    assert carrier.ask(link, replace).command_status == ESME_RSUBMITFAIL
    for msisdn in PHONES:
        carrier.set_power(msisdn, True)
        assert carrier.shown(msisdn) == ["old"]


def test_a_waiting_message_gets_another_text() -> None:
    """SMPP 3.4 §4.10: addresses and data_coding stay, the id too."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(registered_delivery=0))
    carrier.advance(600)
    replace = ReplaceSm(
        message_id="0000000001",
        source_addr="ACME",
        registered_delivery=1,
        short_message=b"New text",
    )
    assert carrier.ask(link, replace).command_status == ESME_ROK
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["New text"]
    assert "id:0000000001" in receipts(carrier)[0]
    # Appendix B: the submit date is that of the replacement.
    assert "submit date:2701150810" in receipts(carrier)[0]


def test_a_replacement_may_change_the_times() -> None:
    """SMPP 3.4 §4.10.1: empty times keep the old ones."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(b"a"))
    replace = ReplaceSm(
        message_id="1",
        source_addr="ACME",
        validity_period="000000010000000R",
        short_message=b"b",
    )
    assert carrier.ask(link, replace).command_status == ESME_ROK
    carrier.advance(3600)
    assert carrier.box.centre.attempts.waiting_for(FRENCH) == 0
    carrier.set_power(FRENCH, True)
    carrier.ask(link, a_submit(b"c", schedule_delivery_time="000000100000000R"))
    sooner = ReplaceSm(
        message_id="2",
        source_addr="ACME",
        schedule_delivery_time="000000010000000R",
        short_message=b"d",
    )
    assert carrier.ask(link, sooner).command_status == ESME_ROK
    carrier.advance(3600)
    assert carrier.shown(FRENCH) == ["d"]
    carrier.advance(40_000)
    assert carrier.shown(FRENCH) == ["d"]


def test_a_replacement_without_times_keeps_the_schedule() -> None:
    """SMPP 3.4 §4.10.1: an empty schedule_delivery_time is no wish to send at once."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.ask(link, a_submit(b"old", schedule_delivery_time="000000010000000R"))
    replace = ReplaceSm(message_id="1", source_addr="ACME", short_message=b"new")
    assert carrier.ask(link, replace).command_status == ESME_ROK
    carrier.advance(3599)
    assert carrier.shown(FRENCH) == []
    carrier.advance(1)
    assert carrier.shown(FRENCH) == ["new"]


@pytest.mark.parametrize(
    ("replace", "status"),
    [
        (ReplaceSm(message_id="77", source_addr="ACME"), ESME_RINVMSGID),
        (ReplaceSm(message_id="1", source_addr="WRONG"), ESME_RREPLACEFAIL),
        (ReplaceSm(message_id="2", source_addr="ACME"), ESME_RREPLACEFAIL),
        (ReplaceSm(message_id="1", source_addr="ACME", sm_default_msg_id=9), ESME_RINVDFTMSGID),
        (
            ReplaceSm(message_id="1", source_addr="ACME", registered_delivery=0xE3),
            ESME_RINVREGDLVFLG,
        ),
        (
            ReplaceSm(message_id="1", source_addr="ACME", short_message=b"x" * 255),
            ESME_RINVMSGLEN,
        ),
        (
            ReplaceSm(message_id="1", source_addr="ACME", schedule_delivery_time="junk"),
            ESME_RINVSCHED,
        ),
    ],
)
def test_what_cannot_be_replaced_is_said(replace: ReplaceSm, status: int) -> None:
    """T46: unknown, not yours, already final, no such canned message, no such time."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit())
    carrier.ask(link, a_submit(to=BRITISH))
    assert carrier.ask(link, replace).command_status == status


def test_a_replacement_survives_a_restart_and_a_failed_one_does_not() -> None:
    """Design §2: cancelled and replaced are in the journal."""
    store = FakeStore()
    before = a_carrier(store)
    link = before.bind()
    before.set_power(FRENCH, False)
    before.ask(link, a_submit(b"old"))
    replace = ReplaceSm(message_id="1", source_addr="ACME", short_message=b"new")
    assert before.ask(link, replace).command_status == ESME_ROK
    store.fail()
    lost = ReplaceSm(message_id="1", source_addr="ACME", short_message=b"lost")
    assert before.ask(link, lost).command_status == ESME_RSYSERR
    after = a_carrier(store)
    after.set_power(FRENCH, True)
    assert after.shown(FRENCH) == ["new"]


def test_replace_if_present_takes_the_place_of_what_waits() -> None:
    """SMPP 3.4 §5.2.18: same source, destination and service_type; else a new message."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(b"old"))
    answer = carrier.ask(link, a_submit(b"new", replace_if_present_flag=1))
    assert isinstance(answer, SubmitSmResp)
    assert answer.message_id == "0000000001"
    other = carrier.ask(link, a_submit(b"else", source_addr="OTHER", replace_if_present_flag=1))
    assert isinstance(other, SubmitSmResp)
    assert other.message_id == "0000000002"
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["new", "else"]


@pytest.mark.parametrize(("waiting", "given"), [("CMT", ""), ("", "CMT"), ("CMT", "WAP")])
def test_replace_if_present_looks_for_the_very_service_type(waiting: str, given: str) -> None:
    """SMPP 3.4 §5.2.18: no service_type is one, too."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(b"old", service_type=waiting))
    carrier.ask(link, a_submit(b"new", service_type=given, replace_if_present_flag=1))
    carrier.ask(link, a_submit(b"newest", service_type=given, replace_if_present_flag=1))
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["old", "newest"]


def test_what_the_phone_may_show_already_can_be_neither_cancelled_nor_replaced() -> None:
    """Design §2: the phone had it, only the commit that says so failed."""
    store = FakeStore()
    carrier = a_carrier(store)
    link = carrier.bind()
    store.fail(after=1)
    carrier.ask(link, a_submit(b"shown"))
    cancel = CancelSm(message_id="1", source_addr="ACME")
    assert carrier.ask(link, cancel).command_status == ESME_RCANCELFAIL
    replace = ReplaceSm(message_id="1", source_addr="ACME", short_message=b"too late")
    assert carrier.ask(link, replace).command_status == ESME_RREPLACEFAIL
    carrier.advance(10)
    assert carrier.shown(FRENCH) == ["shown"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"priority_flag": 9}, ESME_RINVPRTFLG),
        ({"replace_if_present_flag": 7}, ESME_RINVREPFLAG),
        ({"short_message": b"x" * 255}, ESME_RINVMSGLEN),
        ({"sm_default_msg_id": 9}, ESME_RINVDFTMSGID),
        (
            {"short_message": b"", "data_coding": 8, "tlvs": [Tlv(PAYLOAD, b"\0x" * 19_000)]},
            ESME_RINVMSGLEN,
        ),
    ],
)
def test_a_replacing_submit_sm_is_checked_like_any_other(
    fields: dict[str, object], status: int
) -> None:
    """SMPP 3.4 §5.2.18: what takes a message's place must be a message itself."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(b"old"))
    submit = a_submit(b"new", replace_if_present_flag=1)
    for name, value in fields.items():
        setattr(submit, name, value)
    assert carrier.ask(link, submit).command_status == status
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["old"]


def test_a_canned_message_may_replace_what_waits() -> None:
    """SMPP 3.4 §5.2.18, §5.2.20 together."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(b"old"))
    submit = a_submit(b"", replace_if_present_flag=1, sm_default_msg_id=7)
    assert carrier.ask(link, submit).command_status == ESME_ROK
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["Votre code €"]


def test_a_text_that_replaces_another_is_read_as_the_account_writes() -> None:
    """SMPP 3.4 §4.10, T32: also after a restart, and after a commit that failed."""
    store = FakeStore()
    accounts = [AccountSettings("demo", "demo", data_coding_0=DEFAULT_LATIN1)]
    carrier = DirectCarrier(store=store, accounts=accounts, settings=SETTINGS)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(b"before"))
    replace = ReplaceSm("0000000001", source_addr="ACME", short_message="après @".encode("latin-1"))
    assert carrier.ask(link, replace).command_status == ESME_ROK
    message = carrier.box.centre.registry.find(1)
    assert message is not None
    message.coding = settled = TextCoding(DEFAULT_LATIN1, 3, 3)
    store.fail()
    assert carrier.ask(link, replace).command_status == ESME_RSYSERR
    assert message.coding is settled
    after = DirectCarrier(store=store)
    after.set_power(FRENCH, True)
    after.advance(3600.0)
    assert after.shown(FRENCH) == ["après @"]


def test_a_canned_text_reaches_the_phone_whatever_data_coding_0_means() -> None:
    """SMPP 3.4 §5.2.20, T32."""
    for default_coding in range(4):
        accounts = [AccountSettings("demo", "demo", data_coding_0=default_coding)]
        carrier = DirectCarrier(accounts=accounts, settings=SETTINGS)
        link = carrier.bind()
        carrier.ask(link, a_submit(b"ignored", sm_default_msg_id=7))
        assert carrier.shown(FRENCH) == ["Votre code €"]
