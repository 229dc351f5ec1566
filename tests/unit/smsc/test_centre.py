"""The message centre: binds, submits, phones' messages, users, failed commits."""

import pytest
from tests.unit.smsc.examples import FRENCH, a_submit

from carrierbox.identifiers import LinkId
from carrierbox.smpp.pdus import (
    AlertNotification,
    BindReceiver,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    DeliverSm,
    QuerySm,
    QuerySmResp,
    SubmitSmResp,
)
from carrierbox.smpp.tlv import TAG_SET_DPF, Tlv
from carrierbox.smpp.values import (
    ESME_RALYBND,
    ESME_RINVBNDSTS,
    ESME_RINVDSTADR,
    ESME_RINVPASWD,
    ESME_RINVSYSID,
    ESME_ROK,
    ESME_RSYSERR,
)
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.ports import Completion
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore
from carrierbox.trace import REFUSED, SUBMITTED


def test_a_submit_is_answered_with_an_id_and_shown_on_the_phone() -> None:
    """SMPP 3.4 §4.4: the main job."""
    carrier = DirectCarrier()
    response = carrier.submit(carrier.bind(), a_submit())
    assert isinstance(response, SubmitSmResp)
    assert response.command_status == ESME_ROK
    assert response.message_id == "0000000001"
    assert carrier.shown(FRENCH) == ["Hi"]


def test_the_receipt_follows_the_response_and_carries_its_id() -> None:
    """T19: a receipt never precedes its submit_sm_resp."""
    carrier = DirectCarrier()
    carrier.submit(carrier.bind(), a_submit())
    kinds = [type(one.pdu) for one in carrier.sent]
    assert kinds == [BindTransceiverResp, SubmitSmResp, DeliverSm]
    receipt = carrier.sent[-1].pdu
    assert isinstance(receipt, DeliverSm)
    assert receipt.short_message.startswith(b"id:0000000001 sub:001 dlvrd:001 ")
    assert b"stat:DELIVRD err:000 text:Hi" in receipt.short_message


def test_a_refused_submit_leaves_nothing_behind() -> None:
    """T31: no receipt for a submit that was refused, and no id is spent."""
    carrier = DirectCarrier()
    link = carrier.bind()
    response = carrier.submit(link, a_submit(to="999999999"))
    assert response is not None
    assert response.command_status == ESME_RINVDSTADR
    assert carrier.deliveries() == []
    accepted = carrier.submit(link, a_submit())
    assert isinstance(accepted, SubmitSmResp)
    assert accepted.message_id == "0000000001"


@pytest.mark.parametrize(
    ("bind", "status"),
    [
        (BindTransceiver(system_id="nobody", password="demo"), ESME_RINVSYSID),
        (BindTransceiver(system_id="demo", password="wrong"), ESME_RINVPASWD),
    ],
)
def test_a_bind_with_wrong_credentials_is_refused_and_its_link_ended(
    bind: BindTransceiver, status: int
) -> None:
    """T11: the status tells what was wrong; the response is of the bind's own kind."""
    carrier = DirectCarrier()
    link = carrier.bind(bind=bind)
    assert isinstance(carrier.sent[0].pdu, BindTransceiverResp)
    assert carrier.sent[0].pdu.command_status == status
    assert carrier.disconnected == [link]


def test_an_account_binds_no_more_links_than_it_may() -> None:
    """Accounts have a limit of binds; a link that ends makes room."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", binds_max=1)])
    first = carrier.bind()
    carrier.bind()
    assert carrier.sent[-1].pdu.command_status == ESME_RALYBND
    carrier.hang_up(first)
    carrier.bind()
    assert carrier.sent[-1].pdu.command_status == ESME_ROK


def test_any_credentials_bind_where_the_account_is_a_star() -> None:
    """Issue: `'*'` stands for any credentials; each name is an account of its own."""
    carrier = DirectCarrier(accounts=[AccountSettings("*", "*")])
    one = carrier.bind(bind=BindTransceiver(system_id="one", password="x"))
    two = carrier.bind(bind=BindTransceiver(system_id="two", password="y"))
    carrier.submit(two, a_submit())
    assert [delivered.link_id for delivered in carrier.deliveries()] == [two]
    assert one not in carrier.disconnected


def test_a_receipt_goes_to_any_receiver_of_the_account() -> None:
    """T29: not only the link that submitted; a transmitter gets none."""
    carrier = DirectCarrier()
    transmitter = carrier.bind(bind=BindTransmitter(system_id="demo", password="demo"))
    receiver = carrier.bind(bind=BindReceiver(system_id="demo", password="demo"))
    carrier.submit(transmitter, a_submit())
    assert [delivered.link_id for delivered in carrier.deliveries()] == [receiver]


def test_a_receipt_is_held_until_a_receiver_is_bound() -> None:
    """T29: a transmitter-only account gets its receipts when it binds a receiver."""
    carrier = DirectCarrier()
    transmitter = carrier.bind(bind=BindTransmitter(system_id="demo", password="demo"))
    carrier.submit(transmitter, a_submit())
    assert carrier.deliveries() == []
    receiver = carrier.bind(bind=BindReceiver(system_id="demo", password="demo"))
    assert [delivered.link_id for delivered in carrier.deliveries()] == [receiver]


def test_a_submit_over_no_bound_link_goes_the_same_way() -> None:
    """It is answered to whom it says, uses up no bind, and the account's receivers get the receipt.

    The trace says how it came, and says so of nothing else.
    """
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", binds_max=1)])
    receiver = carrier.bind(bind=BindReceiver(system_id="demo", password="demo"))
    centre = carrier.box.centre
    account = centre.accounts.account("demo")
    assert account is not None
    asker = LinkId(-7)
    assert centre.submit(asker, account, a_submit(), "over HTTP") == ("", "")
    assert all(each.link_id != asker for each in carrier.sent)
    carrier.run()
    (response,) = [each.pdu for each in carrier.sent if each.link_id == asker]
    assert isinstance(response, SubmitSmResp)
    assert (response.command_status, response.message_id) == (ESME_ROK, "0000000001")
    (receipt,) = carrier.deliveries()
    assert receipt.link_id == receiver
    assert isinstance(receipt.pdu, DeliverSm)
    assert b"id:0000000001" in receipt.pdu.short_message
    assert carrier.shown(FRENCH) == ["Hi"]
    submitted = [
        event.describe()
        for event in carrier.box.trace.since(0)[1]
        if event.kind in (SUBMITTED, REFUSED)
    ]
    assert centre.submit(asker, account, a_submit(to="abc"), "over HTTP") == ("", "")
    carrier.run()
    last = carrier.box.trace.since(carrier.box.trace.newest - 1)[1][0]
    assert (submitted, last.describe()) == (["over HTTP"], "over HTTP: ESME_RINVDSTADR")


def test_a_request_on_a_link_that_is_not_bound_is_refused() -> None:
    """T11: whatever a session lets through, the centre knows who is bound."""
    carrier = DirectCarrier(accounts=[AccountSettings("demo", "demo", binds_max=1)])
    carrier.bind()
    refused = carrier.bind()
    carrier.request(refused, QuerySm(message_id="1"))
    carrier.run()
    assert isinstance(carrier.sent[-1].pdu, QuerySmResp)
    assert carrier.sent[-1].pdu.command_status == ESME_RINVBNDSTS


def test_a_failed_commit_is_answered_with_a_system_error_and_leaves_nothing() -> None:
    """Design §2: never silence, never a false OK; the id is not given out again."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    store.fail()
    response = carrier.submit(link, a_submit(b"lost"))
    assert response is not None
    assert response.command_status == ESME_RSYSERR
    accepted = carrier.submit(link, a_submit(b"kept"))
    assert isinstance(accepted, SubmitSmResp)
    assert accepted.message_id == "0000000002"
    carrier.advance(3600)
    assert carrier.shown(FRENCH) == ["kept"]
    assert len(carrier.deliveries()) == 1


def test_a_final_state_that_was_not_written_is_reached_again_and_shown_once() -> None:
    """Design §2: at least once towards phones, which drop the duplicate."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    store.fail(after=1)
    carrier.submit(link, a_submit())
    assert carrier.deliveries() == []
    carrier.advance(10)
    carrier.pass_link_time(2)
    assert carrier.shown(FRENCH) == ["Hi"]
    assert carrier.phone(FRENCH).duplicates == 1
    assert len(carrier.deliveries()) == 1


def test_an_acknowledgement_that_was_not_written_means_the_receipt_comes_again() -> None:
    """Design §2: only the commit of its acknowledgement ends a receipt."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    carrier.submit(carrier.bind(), a_submit())
    store.fail()
    carrier.respond(carrier.deliveries()[0])
    assert len(carrier.deliveries()) == 1
    carrier.pass_link_time(2)
    first, second = (one.pdu for one in carrier.deliveries())
    assert isinstance(first, DeliverSm)
    assert isinstance(second, DeliverSm)
    assert first.short_message == second.short_message


def test_a_user_is_told_when_a_switch_could_not_be_written() -> None:
    """Design §2: what a user set survives, or was not set."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    store.fail()
    assert "nothing was changed" in carrier.set_power(FRENCH, False)
    assert carrier.phone(FRENCH).power
    assert carrier.set_power(FRENCH, False) == ""
    assert not carrier.phone(FRENCH).power


def test_ends_that_were_not_written_lose_no_message_however_short_history_is() -> None:
    """Design §2: history is what is committed; a failed commit takes all its ends back."""
    store = FakeStore()
    carrier = DirectCarrier(store=store, keep_messages=2)
    link = carrier.bind()
    phones = [f"3361234567{number}" for number in range(5)]
    store.fail(after=1)
    for msisdn in phones:
        carrier.request(link, a_submit(to=msisdn))
    carrier.run()
    assert carrier.deliveries() == []
    carrier.advance(10)
    carrier.pass_link_time(2)
    assert len(carrier.deliveries()) == 5
    assert [carrier.shown(msisdn) for msisdn in phones] == [["Hi"]] * 5


class HeldStore(FakeStore):
    """Keeps back what it has done for as long as it `holds`."""

    holds = False

    def completions(self) -> list[Completion]:
        return [] if self.holds else super().completions()


def test_what_rows_led_to_is_taken_back_with_what_it_stands_on() -> None:
    """Rows and a failed commit come at once: the replaced message was never accepted."""
    store = HeldStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    carrier.submit(link, a_submit(b"elsewhere"))
    carrier.advance(1)
    carrier.box.centre.paging.begin()
    carrier.run()
    assert len(carrier.box.centre.registry) == 0
    store.holds = True
    store.fail()
    replacing = carrier.request(
        link, a_submit(b"new", source_addr="OTHER", replace_if_present_flag=1)
    )
    carrier.run(2)
    first = carrier.request(link, a_submit(b"old", source_addr="OTHER"))
    carrier.run(2)
    store.holds = False
    carrier.run()
    statuses = {
        one.pdu.sequence_number: one.pdu.command_status
        for one in carrier.sent
        if isinstance(one.pdu, SubmitSmResp)
    }
    assert statuses[first] == ESME_RSYSERR
    carrier.advance(10)
    carrier.set_power(FRENCH, True)
    assert carrier.shown(FRENCH) == (
        ["elsewhere"] if statuses[replacing] == ESME_RSYSERR else ["elsewhere", "new"]
    )


def test_a_phone_that_is_back_is_told_whatever_else_could_not_be_written() -> None:
    """SMPP 3.4 §4.12: an alert_notification promises nothing that a commit makes true."""
    store = FakeStore()
    carrier = DirectCarrier(store=store)
    link = carrier.bind()
    carrier.set_power(FRENCH, False)
    asking = a_submit(esm_class=2, tlvs=[Tlv(TAG_SET_DPF, b"\1")])
    carrier.submit(link, asking)
    carrier.submit(link, a_submit(b"waits"))
    store.fail(after=1)
    carrier.set_power(FRENCH, True)
    carrier.advance(5)
    alerts = [one.pdu for one in carrier.sent if isinstance(one.pdu, AlertNotification)]
    assert len(alerts) == 1
