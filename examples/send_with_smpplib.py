"""Send one text with smpplib (`pip install smpplib`) and wait for its receipt.

carrierbox serve            # in another terminal
python examples/send_with_smpplib.py +33612345678 'Hello 🙂'
carrierbox phone +33612345678
"""

import argparse
from typing import Any

from smpplib import consts, exceptions, gsm
from smpplib.client import Client


def main() -> None:
    """Bind, submit, print the message ids and each receipt, or why it was refused, unbind."""
    parser = argparse.ArgumentParser(description="Send one text and wait for its receipt.")
    parser.add_argument("to", help="the phone's number, such as +33612345678")
    parser.add_argument("text")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2775)
    parser.add_argument("--system-id", default="demo")
    parser.add_argument("--password", default="demo")
    arguments = parser.parse_args()

    client = Client(arguments.host, arguments.port, allow_unknown_opt_params=True)
    awaited: set[str] = set()
    texts: list[str] = []

    def on_accepted(pdu: Any) -> None:
        awaited.add(pdu.message_id.decode())
        print(f"accepted as {pdu.message_id.decode()}")

    def on_message(pdu: Any) -> None:
        texts.append(pdu.short_message.decode(errors="replace"))
        print(texts[-1])

    client.set_message_sent_handler(on_accepted)
    client.set_message_received_handler(on_message)
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
    # A receipt may come before the answer that tells its id, and other messages in between.
    try:
        while len(awaited) < len(parts) or not all(
            any(f"id:{message_id} " in text for text in texts) for message_id in awaited
        ):
            client.read_once()
    except exceptions.PDUError as refusal:
        print(f"refused: {refusal.args[0]}")
    client.unbind()
    client.disconnect()


if __name__ == "__main__":
    main()
