"""A million subscribers: what they take with one text each, and a tenth off with one waiting.

`python bench/subscribers.py --phones 1000000` runs a whole box with an SQLite store in a folder
that is removed, and prints resident memory as it grows. Sizes are of this machine; with fewer
phones, look at what one more phone takes.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from waiting import START, TURN, Client, numbers, rss_mib, template

from carrierbox.clock import LinkTime
from carrierbox.smpp.wire import decode_pdu


def send_to(client: Client, phones: list[str]) -> None:
    """One text to each."""
    head, tail = template("")
    for first in range(0, len(phones), TURN):
        for msisdn in phones[first : first + TURN]:
            client.request(decode_pdu(head + msisdn.encode() + tail))
        client.run()


def main() -> None:
    """Fill, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phones", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        client = Client(Path(folder) / "carrier.db", START)
        client.box.recover(LinkTime(0.0))
        client.bind()
        report["rss_mib_at_start"] = round(rss_mib(), 1)
        phones = numbers(options.phones)
        numbers_mib = rss_mib() - report["rss_mib_at_start"]
        cpu = time.process_time()
        send_to(client, phones)
        report["cpu_us_per_text"] = round((time.process_time() - cpu) / len(phones) * 1e6, 2)
        report["rss_mib_after_one_text_each"] = round(rss_mib() - numbers_mib, 1)
        off = Random(options.seed).sample(phones, len(phones) // 10)
        told: list[str] = []
        for first in range(0, len(off), TURN):
            client.begin()
            for msisdn in off[first : first + TURN]:
                client.box.centre.set_phone_power(msisdn, False, told.append)
            client.run()
        send_to(client, off)
        told.clear()
        report["rss_mib_with_a_tenth_waiting"] = round(rss_mib() - numbers_mib, 1)
        report["waiting"] = client.box.centre.attempts.waiting_count()
        report["subscribers"] = len(client.box.network.hlr)
        client.box.store.close()
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
