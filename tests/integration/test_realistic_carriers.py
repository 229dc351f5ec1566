"""Realistic carriers as an application meets them: refusals, receipts, another sender, hours."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import smpplib.client
import smpplib.exceptions

from carrierbox.errors import CarrierboxError
from carrierbox.testing.carrier import Carrier

NOON_IN_NEW_YORK = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
LONG_CODE = "12025550199"
APPROVED = {"sender": f"+{LONG_CODE}", "country": "US", "registration": "approved"}


@contextmanager
def application(
    carriers: str | Mapping[str, object],
    start: datetime = NOON_IN_NEW_YORK,
    senders: Iterable[Mapping[str, object]] = (),
) -> Iterator[tuple[Carrier, smpplib.client.Client]]:
    """A carrier, and a client that is bound to it."""
    with Carrier(carriers=carriers, start=start, senders=senders) as carrier:
        client = smpplib.client.Client(carrier.host, carrier.port, allow_unknown_opt_params=True)
        client.connect()
        client.bind_transceiver(system_id=carrier.system_id, password=carrier.password)
        try:
            yield carrier, client
        finally:
            client.unbind()
            client.disconnect()


def status_of(
    client: smpplib.client.Client,
    sender: str,
    msisdn: str,
    text: str = "Your parcel is here.",
    registered_delivery: int = 1,
) -> int:
    """With which status a text is answered."""
    client.set_message_sent_handler(lambda pdu, **more: None)
    client.send_message(
        source_addr_ton=1 if sender.isdigit() else 5,
        source_addr=sender,
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=msisdn,
        short_message=text.encode(),
        registered_delivery=registered_delivery,
    )
    try:
        client.read_once()
    except smpplib.exceptions.PDUError as refusal:
        return int(refusal.args[1])
    return 0


def receipt_of(client: smpplib.client.Client) -> str:
    """The next receipt."""
    found: list[bytes] = []
    client.set_message_received_handler(lambda pdu, **more: found.append(pdu.short_message))
    client.read_once()
    return found[0].decode()


def test_a_name_is_refused_in_the_united_states_and_nowhere_else() -> None:
    """`carriers={"US": "realistic"}`."""
    with application({"US": "realistic"}) as (carrier, client):
        assert status_of(client, "ACME", "12025550142") == 0x0A
        assert status_of(client, "ACME", "33612345678") == 0
        assert carrier.phone("+33612345678").texts == ["Your parcel is here."]


def test_an_unregistered_long_code_is_taken_and_blocked() -> None:
    """Accepted, then UNDELIV with the code of a vendor; once registered, it arrives."""
    with application("realistic") as (carrier, client):
        assert status_of(client, LONG_CODE, "12025550142") == 0
        receipt = receipt_of(client)
        assert "stat:UNDELIV err:30034" in receipt
        assert carrier.messages()[0].carrier == "AT&T"
    with application("realistic", senders=[APPROVED]) as (carrier, client):
        assert status_of(client, LONG_CODE, "12025550142") == 0
        assert "stat:DELIVRD err:000" in receipt_of(client)
        assert carrier.phone("+12025550142").texts == ["Your parcel is here."]


def test_carriers_write_errors_in_their_own_words() -> None:
    """The same failure, with another err field at each."""
    for carriers, err in (("open", "001"), ("realistic", "300")):
        with application(carriers, senders=[APPROVED]) as (carrier, client):
            carrier.add_rule({"cause": "UNKNOWN_SUBSCRIBER"})
            assert status_of(client, LONG_CODE, "12025550142") == 0
            assert f"stat:UNDELIV err:{err}" in receipt_of(client)
            message = carrier.messages()[0]
            assert (message.err, carrier.message(message.message_id).err) == (err, err)


def test_a_network_tells_delivered_once_it_has_taken_the_text() -> None:
    """Its receipt tells nothing of the phone, which is off, and stays the only one."""
    with application("realistic", senders=[APPROVED]) as (carrier, client):
        carrier.phone("+12025560142").off()
        assert status_of(client, LONG_CODE, "12025560142") == 0
        carrier.advance("1s")
        assert "stat:DELIVRD" in receipt_of(client)
        message = carrier.messages()[0]
        assert (message.message_state, message.receipt) == ("ENROUTE", "acknowledged")
        assert message.told is not None
        assert (message.told.message_state, message.told.err) == ("DELIVERED", "000")
        carrier.advance("8d")
        assert carrier.messages()[0].message_state == "EXPIRED"
        assert len(carrier.events("receipt_sent")) == 1


def answers_of(carrier: Carrier, client: smpplib.client.Client, to: str, phone: str) -> list[str]:
    """What an application gets after a phone texts a sender, and then, to end, one that is open."""
    found: list[bytes] = []
    client.set_message_received_handler(lambda pdu, **more: found.append(pdu.short_message))
    carrier.phone(phone).send(to, "Yes please")
    carrier.phone("+420601123456").send("90123", "End")
    while b"End" not in found:
        client.read_once()
    return [each.decode() for each in found[:-1]]


def test_nobody_gets_an_answer_to_a_sender_that_is_one_way() -> None:
    """By its kind in its country, as a stand-in, as registered; the events say why."""
    senders = [
        {"sender": "90002", "country": "FR", "two_way": False},
        {"sender": "570055", "country": "IN", "two_way": True},
    ]
    refused = {
        "+918123456789": ("567890", "short codes are one-way in IN"),
        "+5511979723456": ("28908", "28908 stands in for other senders by the rule br-"),
    }
    with application("realistic", senders=senders) as (carrier, client):
        for phone, (to, why) in refused.items():
            assert answers_of(carrier, client, to, phone) == []
            assert why in carrier.events("refused")[-1].detail
        with pytest.raises(CarrierboxError, match="90002 is registered as one-way"):
            answers_of(carrier, client, "90002", "+33612345678")
        assert "90002 is registered as one-way" in carrier.events("refused")[-1].detail
        assert answers_of(carrier, client, "570055", "+918123456789") == ["Yes please"]
        assert answers_of(carrier, client, "36123", "+33612345678") == ["Yes please"]
    with application("open", senders=senders) as (carrier, client):
        assert answers_of(carrier, client, "567890", "+918123456789") == ["Yes please"]
        assert carrier.events("refused") == []


def test_a_domestic_header_shows_behind_two_letters() -> None:
    """R6: of the operator and the circle; in the Emirates AD- is of the name itself."""
    senders = [
        {"sender": "ACMEIN", "country": "IN", "registration": "approved"},
        {"sender": "AD-ACME", "country": "AE", "registration": "approved"},
    ]
    with application("realistic", senders=senders) as (carrier, client):
        assert status_of(client, "ACMEIN", "918123456789") == 0
        (shown,) = carrier.phone("+918123456789").screen
        assert shown.sender in ("VM-ACMEIN", "AD-ACMEIN", "JD-ACMEIN", "BP-ACMEIN")
        assert status_of(client, "AD-ACME", "971501234567", "Sale today") == 0
        assert [each.sender for each in carrier.phone("+971501234567").screen] == ["AD-ACME"]


def test_a_number_of_a_higher_class_sends_faster() -> None:
    """R6, R8: the fourth text within a second passes in class E, the second of none does not."""
    other = {**APPROVED, "sender": "+12025550198", "tier": "E"}
    own = {**APPROVED, "sender": "+12025550197", "tier": "E", "per_s": 2}
    with application("realistic", senders=[APPROVED, other, own]) as (_, client):
        for sender, passing in ((LONG_CODE, 1), ("12025550198", 4), ("12025550197", 2)):
            statuses = [
                status_of(client, sender, f"1202556{number:04}", registered_delivery=0)
                for number in range(passing + 1)
            ]
            assert statuses == [*[0] * passing, 0x58]


def test_india_shows_another_sender() -> None:
    """On the international route; the application's own name is not on the phone."""
    with application("realistic") as (carrier, client):
        assert status_of(client, "ACME", "918123456789") == 0
        (shown,) = carrier.phone("+918123456789").screen
        assert shown.sender in ("567890", "587204", "561612", "570055")


def test_advertising_waits_for_the_morning_of_the_recipient() -> None:
    """22:00 in New York is night there and day in Los Angeles."""
    night = datetime(2026, 6, 11, 2, 0, tzinfo=UTC)
    with application("realistic", night, senders=[APPROVED]) as (carrier, client):
        for msisdn in ("12125550142", "13105550142"):
            assert status_of(client, LONG_CODE, msisdn, f"Big sale today {msisdn}") == 0
            carrier.advance("5s")
        assert carrier.phone("+12125550142").texts == []
        assert len(carrier.phone("+13105550142").texts) == 1
        carrier.advance("10h")
        assert len(carrier.phone("+12125550142").texts) == 1


def test_an_oi_number_never_gets_a_receipt() -> None:
    """A carrier that confirms nothing: delivered, and nobody is told."""
    with application("realistic") as (carrier, client):
        assert status_of(client, "ACME", "5511979723456") == 0
        assert len(carrier.phone("+5511979723456").texts) == 1
        assert carrier.messages()[0].receipt == "none"
