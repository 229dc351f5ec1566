"""submit_multi, data_sm, and submit_sm that waits or is canned, urgent, notified."""

import pytest
from tests.unit.smsc.operations_client import (
    BRITISH,
    DELIVERY_FAILURE_REASON,
    DPF_RESULT,
    FRENCH,
    NETWORK_ERROR_CODE,
    PAYLOAD,
    QOS_TIME_TO_LIVE,
    SET_DPF,
    a_carrier,
    a_submit,
    receipts,
)

from carrierbox.smpp.pdus import (
    CancelSm,
    DataSm,
    DataSmResp,
    DeliverSm,
    DistributionListDestination,
    Pdu,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import Tlv, tlv_octets
from carrierbox.smpp.values import (
    DELIVERED,
    ENROUTE,
    ESME_RCNTSUBDL,
    ESME_RDELIVERYFAILURE,
    ESME_RINVDFTMSGID,
    ESME_RINVDLNAME,
    ESME_RINVDSTADR,
    ESME_RINVMSGID,
    ESME_RINVMSGLEN,
    ESME_RINVNUMDESTS,
    ESME_RINVSUBREP,
    ESME_RMISSINGOPTPARAM,
    ESME_ROK,
    ESME_ROPTPARNOTALLWD,
    ESME_RSUBMITFAIL,
    ESME_RSYSERR,
    RESPONSE_BIT,
)
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.settings import CentreSettings
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore, SlowStore

# submit_multi.


def test_submit_multi_reaches_every_destination_under_one_id() -> None:
    """SMPP 3.4 §4.5, T44: one id, and one receipt for each destination."""
    carrier = a_carrier()
    link = carrier.bind()
    destinations = [SmeDestination(1, 1, FRENCH), SmeDestination(1, 1, BRITISH)]
    multi = SubmitMulti(
        source_addr="ACME",
        source_addr_ton=5,
        dest_address=[*destinations, SmeDestination(1, 1, FRENCH)],
        registered_delivery=1,
        short_message=b"Hi",
    )
    answer = carrier.ask(link, multi)
    assert isinstance(answer, SubmitMultiResp)
    assert (answer.message_id, answer.unsuccess_sme) == ("0000000001", [])
    assert [carrier.shown(each) for each in (FRENCH, BRITISH)] == [["Hi"], ["Hi"]]
    assert [text[:13] for text in receipts(carrier)] == ["id:0000000001"] * 2
    froms = {one.pdu.source_addr for one in carrier.deliveries()}  # type: ignore[attr-defined]
    assert froms == {FRENCH, BRITISH}


def test_submit_multi_tells_which_destinations_failed_and_why() -> None:
    """T44: a list of the failed ones, with the status of each."""
    carrier = a_carrier()
    multi = SubmitMulti(
        source_addr="ACME",
        dest_address=[
            SmeDestination(1, 1, FRENCH),
            SmeDestination(1, 1, "999"),
            DistributionListDestination("nobody"),
        ],
        short_message=b"Hi",
    )
    answer = carrier.ask(carrier.bind(), multi)
    assert isinstance(answer, SubmitMultiResp)
    assert answer.command_status == ESME_ROK
    failed = {one.destination_addr: one.error_status_code for one in answer.unsuccess_sme}
    assert failed == {"999": ESME_RINVDSTADR, "nobody": ESME_RINVDLNAME}


def test_a_distribution_list_stands_for_its_numbers() -> None:
    """SMPP 3.4 §4.5.1.2: dl_name; a number that is also given by itself is served once."""
    carrier = a_carrier()
    multi = SubmitMulti(
        dest_address=[DistributionListDestination("friends"), SmeDestination(1, 1, BRITISH)],
        short_message=b"Hi",
    )
    assert carrier.ask(carrier.bind(), multi).command_status == ESME_ROK
    assert [carrier.shown(each) for each in (FRENCH, BRITISH)] == [["Hi"], ["Hi"]]


@pytest.mark.parametrize(
    ("destinations", "status"),
    [
        ([], ESME_RINVNUMDESTS),
        ([SmeDestination(1, 1, f"3361234{n:04d}") for n in range(255)], ESME_RINVNUMDESTS),
        ([SmeDestination(1, 1, "999")], ESME_RSUBMITFAIL),
    ],
    ids=["none", "255", "all fail"],
)
def test_a_submit_multi_that_reaches_nobody_is_refused(
    destinations: list[SmeDestination], status: int
) -> None:
    """SMPP 3.4 §5.2.24: 1 to 254 destinations."""
    carrier = a_carrier()
    answer = carrier.ask(carrier.bind(), SubmitMulti(dest_address=[*destinations]))
    assert answer.command_status == status


def test_a_submit_multi_may_have_254_destinations() -> None:
    """SMPP 3.4 §5.2.24, T44: that many and no fewer."""
    carrier = a_carrier()
    numbers = [f"3361234{n:04d}" for n in range(254)]
    multi = SubmitMulti(dest_address=[SmeDestination(1, 1, number) for number in numbers])
    answer = carrier.ask(carrier.bind(), multi)
    assert isinstance(answer, SubmitMultiResp)
    assert (answer.command_status, answer.unsuccess_sme) == (ESME_ROK, [])
    assert len(carrier.shown(numbers[-1])) == 1


def test_destinations_of_a_submit_multi_survive_a_restart_under_their_id() -> None:
    """Design §2, unit of state: (message_id, destination)."""
    store = FakeStore()
    before = a_carrier(store)
    before.set_power(FRENCH, False)
    before.set_power(BRITISH, False)
    multi = SubmitMulti(
        source_addr="ACME",
        dest_address=[SmeDestination(1, 1, FRENCH), SmeDestination(1, 1, BRITISH)],
        registered_delivery=1,
    )
    before.ask(before.bind(), multi)
    after = a_carrier(store)
    link = after.bind()
    after.set_power(FRENCH, True)
    state = after.ask(link, QuerySm(message_id="0000000001", source_addr="ACME"))
    assert isinstance(state, QuerySmResp)
    assert state.message_state == ENROUTE
    after.set_power(BRITISH, True)
    state = after.ask(link, QuerySm(message_id="1", source_addr="ACME"))
    assert isinstance(state, QuerySmResp)
    assert state.message_state == DELIVERED
    assert [text[:13] for text in receipts(after)] == ["id:0000000001"] * 2


# data_sm.


def a_data_sm(*tlvs: Tlv, to: str = FRENCH, esm_class: int = 0) -> DataSm:
    return DataSm(
        source_addr="ACME",
        source_addr_ton=5,
        destination_addr=to,
        esm_class=esm_class,
        tlvs=[Tlv(PAYLOAD, b"Hi"), *tlvs],
    )


def test_data_sm_carries_its_text_in_message_payload() -> None:
    """SMPP 3.4 §4.7.1."""
    carrier = a_carrier()
    answer = carrier.ask(carrier.bind(), a_data_sm())
    assert isinstance(answer, DataSmResp)
    assert answer.message_id == "0000000001"
    assert carrier.shown(FRENCH) == ["Hi"]


def test_data_sm_without_a_payload_is_refused() -> None:
    """SMPP 3.4 §5.1.3: ESME_RMISSINGOPTPARAM."""
    carrier = a_carrier()
    answer = carrier.ask(carrier.bind(), DataSm(destination_addr=FRENCH))
    assert answer.command_status == ESME_RMISSINGOPTPARAM


def test_qos_time_to_live_is_how_long_a_data_sm_is_tried() -> None:
    """SMPP 3.4 §5.3.2.9: seconds."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_data_sm(Tlv(QOS_TIME_TO_LIVE, (90).to_bytes(4, "big"))))
    carrier.advance(89)
    assert carrier.box.centre.attempts.waiting_for(FRENCH) == 1
    carrier.advance(1)
    assert carrier.box.centre.attempts.waiting_for(FRENCH) == 0


@pytest.mark.parametrize("power", [True, False])
def test_transaction_mode_answers_with_the_outcome(power: bool) -> None:
    """SMPP 3.4 §2.10.3: one attempt, and the response tells how it went."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, power)
    answer = carrier.ask(link, a_data_sm(Tlv(SET_DPF, b"\1"), esm_class=2))
    if power:
        assert answer.command_status == ESME_ROK
        return
    assert answer.command_status == ESME_RDELIVERYFAILURE
    assert tlv_octets(answer.tlvs, DELIVERY_FAILURE_REASON) == b"\0"
    assert tlv_octets(answer.tlvs, NETWORK_ERROR_CODE) == b"\3\0\6"
    assert tlv_octets(answer.tlvs, DPF_RESULT) == b"\1"
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == []


def test_a_transaction_submit_sm_waits_for_its_outcome_too() -> None:
    """SMPP 5.0 §4.2.11: transaction mode for submit_sm."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    assert carrier.ask(link, a_submit(esm_class=2)).command_status == ESME_RDELIVERYFAILURE
    carrier.set_power(FRENCH, True)
    answer = carrier.ask(link, a_submit(esm_class=2))
    assert isinstance(answer, SubmitSmResp)
    assert answer.message_id == "0000000002"


@pytest.mark.parametrize("command", ["submit_sm", "data_sm"])
def test_an_outcome_that_was_not_written_is_not_told(command: str) -> None:
    """SMPP 3.4 §2.10.3: no failure is told of a message that may be delivered yet, nor twice."""
    store = FakeStore()
    carrier = a_carrier(store)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    store.fail(after=1, times=2)
    request = a_submit(esm_class=2) if command == "submit_sm" else a_data_sm(esm_class=2)
    number = carrier.request(link, request)
    carrier.run()
    assert not [one for one in carrier.sent if one.pdu.sequence_number == number]
    carrier.advance(0.5)
    assert carrier.set_power(FRENCH, True) == "the store could not write it; nothing was changed"
    assert carrier.set_power(FRENCH, True) == ""
    carrier.advance(10.0)
    (answer,) = [one.pdu for one in carrier.sent if one.pdu.sequence_number == number]
    assert answer.command_status == ESME_ROK
    assert len(carrier.shown(FRENCH)) == 1


def test_a_transaction_whose_acceptance_was_not_written_is_told_so() -> None:
    """No request is met with silence, and there is no message then."""
    for later in (False, True):
        store = FakeStore()
        carrier = DirectCarrier(SlowStore(store, 1, 0) if later else store)
        link = carrier.bind()
        store.fail()
        answer = carrier.ask(link, a_submit(esm_class=2))
        assert answer.command_status == ESME_RSYSERR
        carrier.advance(10.0)
        assert carrier.shown(FRENCH) == []
        assert len(carrier.sent) == 2


def test_an_outcome_from_account_to_account_waits_for_its_commit_too() -> None:
    """SMPP 3.4 §2.10.3: the receiver's answer is the outcome, once it is written."""
    store = FakeStore()
    accounts = [
        AccountSettings("demo", "demo"),
        AccountSettings("other", "demo", address_range="38100"),
    ]
    carrier = DirectCarrier(store, accounts=accounts)
    link = carrier.bind()
    carrier.bind("other")
    number = carrier.request(link, a_submit(to="38100", esm_class=2))
    carrier.run()
    store.fail()
    carrier.respond(carrier.deliveries()[-1])
    assert not [one for one in carrier.sent if one.pdu.sequence_number == number]
    carrier.pass_link_time(5.0)
    carrier.respond(carrier.deliveries()[-1])
    (answer,) = [one.pdu for one in carrier.sent if one.pdu.sequence_number == number]
    assert answer.command_status == ESME_ROK


# Canned messages, priority, notifications, data_sm towards the ESME.


def test_a_canned_message_is_sent_by_its_number() -> None:
    """SMPP 3.4 §5.2.20: sm_default_msg_id."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.ask(link, a_submit(b"", sm_default_msg_id=7))
    assert carrier.shown(FRENCH) == ["Votre code €"]
    unknown = carrier.ask(link, a_submit(b"", sm_default_msg_id=8))
    assert unknown.command_status == ESME_RINVDFTMSGID


def test_a_higher_priority_goes_before_what_waits() -> None:
    """SMPP 3.4 §5.2.14: levels 0 to 3, order within a level."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    for text, priority in ((b"a", 0), (b"b", 0), (b"c", 2), (b"d", 1), (b"e", 2)):
        carrier.ask(link, a_submit(text, priority_flag=priority))
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == ["c", "e", "d", "a", "b"]


def test_an_intermediate_notification_tells_that_a_message_waits() -> None:
    """SMPP 3.4 §5.2.12, §5.2.17: esm_class 0x20, ENROUTE, and the receipt still comes."""
    carrier = a_carrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.ask(link, a_submit(registered_delivery=0x11))
    (note,) = carrier.deliveries()
    assert isinstance(note.pdu, DeliverSm)
    assert note.pdu.esm_class == 0x20
    assert b"dlvrd:000" in note.pdu.short_message
    assert b"stat:ENROUTE err:006" in note.pdu.short_message
    carrier.respond(note)
    carrier.set_power(FRENCH, True)
    receipt = carrier.deliveries()[1].pdu
    assert isinstance(receipt, DeliverSm)
    assert receipt.esm_class == 0x04
    assert len(carrier.deliveries()) == 2


def test_an_account_may_be_sent_data_sm_instead() -> None:
    """SMPP 3.4 §4.7: data_sm from the SMSC, the receipt in message_payload."""
    accounts = [AccountSettings("demo", "demo", data_sm=True)]
    carrier = DirectCarrier(accounts=accounts)
    carrier.ask(carrier.bind(), a_submit(registered_delivery=1))
    (receipt,) = [one for one in carrier.sent if isinstance(one.pdu, DataSm)]
    assert isinstance(receipt.pdu, DataSm)
    payload = tlv_octets(receipt.pdu.tlvs, PAYLOAD)
    assert payload is not None
    assert b"stat:DELIVRD" in payload
    assert receipt.pdu.esm_class == 0x04
    carrier.respond(receipt)
    carrier.pass_link_time(3600)
    assert sum(isinstance(one.pdu, DataSm) for one in carrier.sent) == 1


def test_a_text_that_is_too_long_for_any_phone_is_refused() -> None:
    """T40: message_payload beyond 255 parts."""
    carrier = a_carrier()
    submit = a_submit(b"", tlvs=[Tlv(PAYLOAD, b"x" * 40_000)])
    assert carrier.ask(carrier.bind(), submit).command_status == ESME_RINVMSGLEN


def test_a_submit_multi_that_fails_says_of_each_destination_why() -> None:
    """T44, SMPP 3.4 §4.5.2: the response has its body, octets in and octets out."""
    carrier = DirectCarrier(settings=CentreSettings(lists={"friends": [FRENCH]}))
    nobody = SmeDestination(1, 1, "999")
    multi = SubmitMulti(dest_address=[nobody, DistributionListDestination("foes")])
    answer = carrier.ask(carrier.bind(), multi)
    read = decode_pdu(encode_pdu(answer))
    for resp in (answer, read):
        assert isinstance(resp, SubmitMultiResp)
        assert (resp.command_status, resp.message_id) == (ESME_RSUBMITFAIL, "")
        told = {one.destination_addr: one.error_status_code for one in resp.unsuccess_sme}
        assert told == {"999": ESME_RINVDSTADR, "foes": ESME_RINVDLNAME}


def test_as_many_refused_destinations_are_told_as_a_response_holds() -> None:
    """SMPP 3.4 §5.2.26: no_unsuccess is one octet, and a list may have 10,000 numbers."""
    numbers = [f"999{number}" for number in range(10, 400)]
    carrier = DirectCarrier(settings=CentreSettings(lists={"nobody": numbers}))
    for others in ([], [SmeDestination(1, 1, FRENCH)]):
        multi = SubmitMulti(dest_address=[DistributionListDestination("nobody"), *others])
        answer = carrier.ask(carrier.bind(), multi)
        assert isinstance(answer, SubmitMultiResp)
        assert answer.command_status == (ESME_ROK if others else ESME_RSUBMITFAIL)
        assert len(answer.unsuccess_sme) == 255
        assert decode_pdu(encode_pdu(answer)).command_status == answer.command_status


def test_an_account_may_submit_to_the_lists_that_are_its_own() -> None:
    """SMPP 3.4 §5.1.3, ESME_RCNTSUBDL: of another list, that it may not; the numbers go."""
    accounts = [AccountSettings("demo", "demo", distribution_lists=["friends"])]
    lists = {"friends": [FRENCH], "staff": [BRITISH]}
    carrier = DirectCarrier(accounts=accounts, settings=CentreSettings(lists=lists))
    multi = SubmitMulti(
        dest_address=[DistributionListDestination(name) for name in ("friends", "staff", "foes")],
        short_message=b"Hi",
    )
    answer = carrier.ask(carrier.bind(), multi)
    assert isinstance(answer, SubmitMultiResp)
    told = [(one.destination_addr, one.error_status_code) for one in answer.unsuccess_sme]
    assert told == [("staff", ESME_RCNTSUBDL), ("foes", ESME_RINVDLNAME)]
    assert [carrier.shown(each) for each in (FRENCH, BRITISH)] == [["Hi"], []]


@pytest.mark.parametrize(
    ("pdu", "status"),
    [
        (QuerySm("1", tlvs=[Tlv(0x0424, b"")]), ESME_ROPTPARNOTALLWD),
        (CancelSm(message_id="1", tlvs=[Tlv(0x0204, b"\0\1")]), ESME_ROPTPARNOTALLWD),
        (ReplaceSm("1", tlvs=[Tlv(0x0424, b"Hi")]), ESME_ROPTPARNOTALLWD),
        (QuerySm("1", tlvs=[Tlv(0x1403, b"")]), ESME_RINVMSGID),
    ],
)
def test_every_request_of_a_strict_account_is_checked_for_tlvs(pdu: Pdu, status: int) -> None:
    """SMPP 3.4 §4.8 to §4.10 have no optional parameters; T43 for all others."""
    for strict, expected in ((True, status), (False, ESME_RINVMSGID)):
        carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", strict_tlvs=strict)])
        answer = carrier.ask(carrier.bind(), pdu)
        assert answer.command_id == pdu.command_id | RESPONSE_BIT
        assert answer.command_status == expected


@pytest.mark.parametrize("esm_class", [1, 2])
def test_nothing_that_is_not_stored_can_be_replaced(esm_class: int) -> None:
    """SMPP 3.4 §5.1.3, ESME_RINVSUBREP: whether or not there is something to replace."""
    carrier = DirectCarrier()
    link = carrier.bind()
    carrier.set_power(FRENCH, False)

    def again(mode: int) -> int:
        submit = SubmitSm(
            source_addr="ACME",
            destination_addr=FRENCH,
            replace_if_present_flag=1,
            esm_class=mode,
        )
        return carrier.ask(link, submit).command_status

    assert again(esm_class) == ESME_RINVSUBREP
    assert again(0) == ESME_ROK
    assert again(esm_class) == ESME_RINVSUBREP
    assert again(3) == ESME_ROK
