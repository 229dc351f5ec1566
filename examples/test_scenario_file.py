"""A scenario in a file, run from a test suite with the application that it waits for.

    pip install 'carrierbox[test]'
    pytest examples/test_scenario_file.py

The story stands in order_shipped.yaml. `carrierbox scenario run examples/order_shipped.yaml` plays
the same with an application that you start yourself.
"""

from pathlib import Path

import pytest
from smpplib.client import Client
from smpplib.exceptions import ConnectionError as Disconnected

from carrierbox.testing.scenarios import run_scenario

STORY = Path(__file__).with_name("order_shipped.yaml")


def shop(host: str, port: int) -> None:
    """The application under test: tells a customer, then listens until the carrier is gone."""
    client = Client(host, port, allow_unknown_opt_params=True)
    client.set_message_sent_handler(lambda pdu: None)
    client.connect()
    client.bind_transceiver(system_id="shop", password="secret")
    client.send_message(
        source_addr_ton=5,
        source_addr="SHOP",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33612345678",
        short_message=b"Your order has shipped",
        registered_delivery=1,
    )
    try:
        client.listen()
    except Disconnected:
        client.disconnect()


@pytest.mark.parametrize("away", ["10m", "5h", "2d"])
def test_a_customer_who_is_away_is_told_once(away: str) -> None:
    report = run_scenario(STORY, application=shop, away=away)
    assert report.passed, "\n".join([*report.lines(), *report.diagram()])
