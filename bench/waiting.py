"""Millions of messages that wait for phones that are off: memory, restart, cost of the next.

`python bench/waiting.py --messages 10000000 --phones 1000000` fills a store, asks about messages in
it, dies without a word, starts again from what the disk holds, lets a hundredth of the phones come
back, and lets a part expire while new messages come in. One process per phase, everything in a
folder that is removed. Times are of this machine; the ratios are what to compare. It fails if an
answer is wrong, a text is missing or out of order, or more than 600 MiB are resident.

With `--phones 10` all wait for ten; a hundredth of the messages arrives then, at one of them, and
is compared with new messages to one: there is never more than one on its way to a phone.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from carrierbox.app import make_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock, NetworkTime
from carrierbox.garbage import Garbage
from carrierbox.identifiers import LinkId
from carrierbox.smpp.events import BindReceived, RequestReceived
from carrierbox.smpp.pdus import BindTransceiver, CancelSm, Pdu, QuerySm, SubmitSm
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.stores.sqlite import SqliteStore
from carrierbox.smsc.stores.sqlite_threads import SWITCH_S
from carrierbox.testing.direct import number_plan

START = 1_800_000_000.0
TURN = 100
TURN_S = 0.002
LINK = LinkId(1)
ASKED = 200
BACK_AT_ONCE = 100
"""So many phones come back in one turn, as when their towers do."""
RSS_MIB_MAX = 600


class Client:
    """The links of a box: one client that is bound and remembers the last answer."""

    def __init__(self, path: Path, at: float) -> None:
        self.store = SqliteStore(path)
        self.clock = NetworkClock(start=at, running=False)
        self.box: Box = make_box(
            "default", self.store, number_plan(), [AccountSettings("demo", "demo")], [], self.clock
        )
        self.garbage = Garbage()
        """As in a process that serves: the collector is off, and threads need not wait for long."""
        sys.setswitchinterval(SWITCH_S)
        self.last: Pdu | None = None
        self.answers = 0
        self.owed: list[tuple[Pdu, object]] = []
        self.links_now = 1000.0
        self.turn_s = TURN_S
        self.sequence = 0
        self.longest_wait = 0.0
        """How long answers waited at most for the log of the store to begin anew, in seconds."""

    def send(self, link_id: LinkId, pdu: Pdu, context: object) -> bool:
        """See `Links.send`."""
        if context is not None:
            self.owed.append((pdu, context))
        else:
            self.last = pdu
            self.answers += 1
        return True

    def disconnect(self, link_id: LinkId) -> None:
        """See `Links.disconnect`."""

    def begin(self) -> None:
        """Set the clocks of a turn. A hundred messages take some: about as long as they may."""
        self.clock.advance_to(NetworkTime(self.clock.now() + self.turn_s))
        self.box.begin(LinkTime(self.links_now))
        self.garbage.tidy()

    def turn(self) -> float:
        """One turn; how many seconds it took."""
        began = time.perf_counter()
        self.begin()
        self.box.finish(self)
        return time.perf_counter() - began

    def next_turn(self) -> float:
        """The same, once the store has done something: the clock would run away meanwhile.

        A commit may wait until the log has begun anew.
        """
        waits = time.perf_counter()
        self.store.wait()
        self.longest_wait = max(self.longest_wait, time.perf_counter() - waits)
        return self.turn()

    def run(self) -> float:
        """Turns until there is nothing to do; the longest took so many seconds."""
        longest = self.turn()
        while not self.box.is_settled:
            longest = max(longest, self.next_turn())
        return longest

    def serve(self) -> float:
        """The same until all is answered: the store may go on reading what is not asked for."""
        longest = self.turn()
        while self.answers < self.sequence:
            longest = max(longest, self.next_turn())
        while self.box.is_busy:
            longest = max(longest, self.turn())
        return longest

    def bind(self) -> None:
        """Bind as a transceiver; on return that is answered."""
        self.begin()
        bind = BindTransceiver(system_id="demo", password="demo", interface_version=0x34)
        self.box.centre.on_event(LINK, BindReceived(bind))
        while not self.answers:
            self.next_turn()
        self.answers = 0

    def ask(self, pdu: Pdu) -> float:
        """Ask, and run until that is answered, which took so many seconds."""
        began = time.perf_counter()
        answers = self.answers
        self.begin()
        self.request(pdu)
        self.box.finish(self)
        while self.answers == answers:
            self.next_turn()
        return time.perf_counter() - began

    def request(self, pdu: Pdu) -> None:
        """Ask within this turn."""
        self.sequence += 1
        pdu.sequence_number = self.sequence
        self.box.centre.on_event(LINK, RequestReceived(pdu))


def template(validity: str) -> tuple[bytes, bytes]:
    """A submit_sm as octets, cut where its destination stands."""
    submit = SubmitSm(
        source_addr_ton=5,
        source_addr="ACME",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="33600000000",
        validity_period=validity,
        short_message=b"A text of twenty ch.",
    )
    head, _, tail = encode_pdu(submit).partition(b"33600000000")
    return head, tail


def read_mib() -> float:
    """What this process read from the disk, which costs time and processor time, until now."""
    counters = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counters["read_bytes"]) / 2**20


def rss_mib() -> float:
    """Resident memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def numbers(phones: int) -> list[str]:
    """The phones: French mobile numbers."""
    return [str(33_600_000_000 + index) for index in range(phones)]


def submits(client: Client, count: int, to: list[str], random: Random, validity: str) -> dict:
    """Submit texts to random phones; what it cost."""
    head, tail = template(validity)
    cpu = time.process_time()
    began = time.perf_counter()
    read = read_mib()
    longest = client.longest_wait = 0.0
    for first in range(0, count, TURN):
        client.begin()
        for _ in range(min(TURN, count - first)):
            pdu = decode_pdu(head + random.choice(to).encode() + tail)
            client.request(pdu)
        longest = max(longest, client.serve())
    return {
        "cpu_us_per_message": round((time.process_time() - cpu) / count * 1e6, 2),
        "us_per_message": round((time.perf_counter() - began) / count * 1e6, 2),
        "longest_turn_ms": round(longest * 1e3, 1),
        "longest_wait_ms": round(client.longest_wait * 1e3, 1),
        "read_mib": round(read_mib() - read),
        "rss_mib": round(rss_mib()),
    }


def fill(path: Path, options: argparse.Namespace) -> dict:
    """Phase one: phones off, messages in, questions; then the process dies."""
    random = Random(options.seed)
    client = Client(path, START)
    client.box.recover(LinkTime(0.0))
    client.bind()
    told: list[str] = []
    phones = numbers(options.phones)
    for first in range(0, len(phones), 1000):
        client.begin()
        for msisdn in phones[first : first + 1000]:
            client.box.centre.set_phone_power(msisdn, False, told.append)
        client.run()
    online = [str(33_700_000_000 + index) for index in range(100)]
    report = {"rss_mib_phones_off": round(rss_mib())}
    # What is compared later is a process that has been busy: so is this one.
    submits(client, options.sample, online, random, "")
    report["empty_store"] = submits(client, options.sample, online, random, "")
    piece = max(options.sample, options.messages // 10)
    pieces = []
    for first in range(0, options.messages, piece):
        count = min(piece, options.messages - first)
        pieces.append(submits(client, count, phones, random, ""))
        print(json.dumps({"waiting": first + count, **pieces[-1]}), file=sys.stderr, flush=True)
    report["fill"] = pieces
    # What of the fill is still to be written and folded belongs to it, and retries to their phones.
    submits(client, options.sample, online, random, "")
    client.turn_s = 0.0
    client.run()
    report["full_store"] = submits(client, options.sample, online, random, "")
    client.turn_s = TURN_S
    report["asked"] = ask(client, options, random)
    report["file_mib"] = round(path.stat().st_size / 2**20)
    return report


def ask(client: Client, options: argparse.Namespace, random: Random) -> dict:
    """query_sm and cancel_sm of any message that waits."""
    newest = client.box.centre.registry.newest_id - 2 * options.sample
    oldest = newest - options.messages + 1
    found: dict[str, list[float]] = {"query_sm": [], "cancel_sm": []}
    wrong = 0
    for each in random.sample(range(oldest, newest + 1), ASKED):
        message_id = f"{each:010d}"
        for name, pdu in (
            ("query_sm", QuerySm(message_id=message_id, source_addr="ACME")),
            ("cancel_sm", CancelSm(message_id=message_id, source_addr="ACME")),
        ):
            found[name].append(client.ask(pdu))
            wrong += client.last is None or client.last.command_status != 0
    return {
        "wrong": wrong,
        **{f"{name}_ms_max": round(max(times) * 1e3, 2) for name, times in found.items()},
        **{
            f"{name}_ms_median": round(sorted(times)[ASKED // 2] * 1e3, 3)
            for name, times in found.items()
        },
    }


def restart(path: Path, options: argparse.Namespace) -> dict:
    """Phase two: start from what a dead process left."""
    began = time.perf_counter()
    read = read_mib()
    client = Client(path, START + 30)
    recovered = client.box.recover(LinkTime(0.0))
    client.bind()
    report: dict = {
        "seconds_to_bind": round(time.perf_counter() - began, 2),
        "read_mib": round(read_mib() - read),
        "waiting": recovered.waiting,
        "rss_mib": round(rss_mib()),
    }
    # What is measured is some phones, not the retries of all the others that fall due meanwhile.
    client.turn_s = 0.0
    client.run()
    online = [str(33_700_000_000 + index) for index in range(100)]
    # A run is due soon after a restart, whatever happens: it belongs to none of what follows.
    submits(client, 5 * options.sample, online, Random(0), "")
    chosen = numbers(options.phones)[: max(1, options.phones // 100)]
    to = online[: len(chosen)]
    report["normal"] = normal = submits(client, options.sample, to, Random(options.seed), "")
    report["came_back"] = back = come_back(client, options, chosen)
    if len(chosen) > 1:
        # Their rows are written as they leave history: what comes next pays for that.
        report["afterwards"] = submits(client, 5 * options.sample, online, Random(0), "")
    for name in ("cpu_us_per_message", "us_per_message"):
        back[f"{name}_times_normal"] = round(back[name] / normal[name], 2)
    return report


def come_back(client: Client, options: argparse.Namespace, chosen: list[str]) -> dict:
    """A hundredth of the phones come back, or one for which more waits than a hundredth of all."""
    attempts = client.box.centre.attempts
    arrives = sum(attempts.waiting_for(msisdn) for msisdn in chosen)
    left = attempts.waiting_count() - min(arrives, options.messages // 100)
    cpu = time.process_time()
    began = time.perf_counter()
    read = read_mib()
    told: list[str] = []
    longest = 0.0
    for first in range(0, len(chosen), BACK_AT_ONCE):
        client.begin()
        for msisdn in chosen[first : first + BACK_AT_ONCE]:
            client.box.centre.set_phone_power(msisdn, True, told.append)
        longest = max(longest, client.turn())
        while not client.box.is_settled and (len(chosen) > 1 or attempts.waiting_count() > left):
            # As a server does: it waits for the store when there is nothing else to do.
            is_busy = client.box.is_busy
            longest = max(longest, client.turn() if is_busy else client.next_turn())
    cpu = time.process_time() - cpu
    took = time.perf_counter() - began
    shown = [shown_by(client, msisdn) for msisdn in chosen]
    arrived = sum(count for count, _ in shown)
    return {
        "phones": len(chosen),
        "messages": arrived,
        "missing": arrives - arrived if len(chosen) > 1 else 0,
        "in_order": all(references == sorted(references) for _, references in shown),
        "cpu_us_per_message": round(cpu / max(arrived, 1) * 1e6, 2),
        "us_per_message": round(took / max(arrived, 1) * 1e6, 2),
        "longest_turn_ms": round(longest * 1e3, 1),
        "read_mib": round(read_mib() - read),
        "rss_mib": round(rss_mib()),
    }


def shown_by(client: Client, msisdn: str) -> tuple[int, list[int]]:
    """How many texts a phone has shown, and the references of those it still has."""
    phone = client.box.network.phone(msisdn)
    return (0, []) if phone is None else (phone.shown, [text.reference for text in phone.inbox])


def expire(path: Path, options: argparse.Namespace) -> dict:
    """Phase three, in a store of its own: many expire in one minute while others come in."""
    random = Random(options.seed)
    client = Client(path, START)
    client.box.recover(LinkTime(0.0))
    client.bind()
    phones = numbers(options.phones)
    told: list[str] = []
    client.begin()
    for msisdn in phones[:1000]:
        client.box.centre.set_phone_power(msisdn, False, told.append)
    client.run()
    count = options.messages // 10
    # Also a few leave memory: what expires is in the table.
    paging = client.box.centre.paging
    paging.messages_max = min(paging.messages_max, count // 4)
    submits(client, count, phones[:1000], random, "000000010000000R")
    online = [str(33_700_000_000 + index) for index in range(100)]
    client.clock.advance_to(NetworkTime(START + 3601))
    times: list[float] = []
    head, tail = template("")
    cpu = time.process_time()
    left = client.box.centre.attempts.paged.waiting.total
    rounds = 0
    while client.box.centre.attempts.paged.waiting.total > 0 and rounds < 1_000_000:
        rounds += 1
        began = time.perf_counter()
        answers = client.answers
        client.begin()
        client.request(decode_pdu(head + random.choice(online).encode() + tail))
        client.box.finish(client)
        while client.answers == answers:
            client.next_turn()
        times.append(time.perf_counter() - began)
    times.sort()
    return {
        "expired": left,
        "cpu_us_per_message": round((time.process_time() - cpu) / max(left, 1) * 1e6, 2),
        "submits_meanwhile": len(times),
        "submit_ms_p99": round(times[int(len(times) * 0.99)] * 1e3, 2) if times else None,
        "submit_ms_max": round(times[-1] * 1e3, 2) if times else None,
        "rss_mib": round(rss_mib()),
    }


def what_is_wrong(name: str, report: dict, options: argparse.Namespace) -> str:
    """What must not be, whatever the machine; empty if nothing is wrong."""
    if name == "fill":
        resident = report["full_store"]["rss_mib"]
        is_right = report["asked"]["wrong"] == 0
    elif name == "restart":
        back = report["came_back"]
        resident = back["rss_mib"]
        is_right = report["waiting"] == options.messages - ASKED
        is_right = is_right and back["in_order"] and back["messages"] > 0 and not back["missing"]
    else:
        resident = report["rss_mib"]
        is_right = report["expired"] > 0
    if not is_right:
        return f"the phase {name} went wrong"
    if resident > options.rss_mib_max:
        return f"the phase {name} took {resident} MiB"
    return ""


def main() -> None:
    """Run each phase in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--phones", type=int, default=10_000)
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--rss-mib-max", type=int, default=RSS_MIB_MAX)
    parser.add_argument("--phase", choices=["fill", "restart", "expire"])
    options = parser.parse_args()
    if options.phase:
        phase = {"fill": fill, "restart": restart, "expire": expire}[options.phase]
        print(json.dumps(phase(options.folder / f"{options.phase != 'expire'}.db", options)))
        sys.stdout.flush()
        os._exit(0)  # No close: what the next phase finds is what a killed process leaves.
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for phase_name in ("fill", "restart", "expire"):
            command = [sys.executable, __file__, "--phase", phase_name, "--folder", folder]
            for name in ("messages", "phones", "sample", "seed"):
                command += [f"--{name}", str(getattr(options, name))]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode:
                sys.exit(f"bench: the phase {phase_name} failed")
            report = json.loads(done.stdout)
            print(json.dumps({phase_name: report}, indent=1), flush=True)
            wrong = what_is_wrong(phase_name, report, options)
            if wrong:
                sys.exit(f"bench: {wrong}")


if __name__ == "__main__":
    main()
