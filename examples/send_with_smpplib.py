"""Send one text with smpplib (`pip install smpplib`) and wait for its receipt.

carrierbox serve            # in another terminal
python examples/send_with_smpplib.py +33612345678 'Hello 🙂'
carrierbox phone +33612345678
"""

import argparse
from typing import Any

from smpplib import consts, gsm
from smpplib.client import Client


def main() -> None:
    """Bind, submit, print the message ids and then each receipt, unbind."""
    parser = argparse.ArgumentParser(description="Send one text and wait for its receipt.")
    parser.add_argument("to", help="the phone's number, such as +33612345678")
    parser.add_argument("text")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2775)
    parser.add_argument("--system-id", default="demo")
    parser.add_argument("--password", default="demo")
    arguments = parser.parse_args()

    client = Client(arguments.host, arguments.port, allow_unknown_opt_params=True)
    receipts: list[str] = []

    def on_accepted(pdu: Any) -> None:
        print(f"accepted as {pdu.message_id.decode()}")

    def on_receipt(pdu: Any) -> None:
        receipts.append(pdu.short_message.decode())
        print(receipts[-1])

    client.set_message_sent_handler(on_accepted)
    client.set_message_received_handler(on_receipt)
    client.connect()
    client.bind_transceiver(system_id=arguments.system_id, password=arguments.password)
    # smpplib chooses the alphabet and cuts a long text into parts, each a message with a receipt.
    parts, data_coding, esm_class = gsm.make_parts(arguments.text)
    for part in parts:
        client.send_message(
            source_addr_ton=consts.SMPP_TON_ALNUM,
            source_addr="ACME",
            dest_addr_ton=consts.SMPP_TON_INTL,
            dest_addr_npi=consts.SMPP_NPI_ISDN,
            destination_addr=arguments.to.removeprefix("+"),
            short_message=part,
            data_coding=data_coding,
            esm_class=esm_class,
            registered_delivery=1,
        )
    while len(receipts) < len(parts):
        client.read_once()
    client.unbind()
    client.disconnect()


if __name__ == "__main__":
    main()
