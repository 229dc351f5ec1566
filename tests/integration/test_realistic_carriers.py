"""Realistic carriers as an application meets them: refusals, receipts, another sender, hours."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import smpplib.client
import smpplib.exceptions

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
    client: smpplib.client.Client, sender: str, msisdn: str, text: str = "Your parcel is here."
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
        registered_delivery=1,
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


def test_a_network_tells_delivered_of_what_it_took() -> None:
    """Its receipt tells nothing of the phone, which was off until the text expired."""
    with application("realistic", senders=[APPROVED]) as (carrier, client):
        carrier.phone("+12025560142").off()
        assert status_of(client, LONG_CODE, "12025560142") == 0
        carrier.advance("8d")
        assert "stat:DELIVRD" in receipt_of(client)
        assert carrier.messages()[0].message_state == "EXPIRED"


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
