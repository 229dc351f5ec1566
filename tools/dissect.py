"""Lets tshark dissect what the carriers of a test run sent and received (`make dissect`).

A run of pytest with `--carrierbox-capture=DIR` leaves a capture for each carrier in DIR. No packet
of them may be malformed. Where tests send octets that are no SMPP on purpose, that goes for what
the carrier sends; how much of what it was sent is malformed is printed. Where a test lets the
carrier itself send what is wrong, as its faults do, only what clients send is looked at.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

# Files of tests whose clients send what is no SMPP, or half of it.
GARBAGE: Final = ("test_octets.py", "test_bad_company.py")
# Files of tests in which the carrier is told to send what is no SMPP.
FAULTY: Final = ("test_faults.py",)
MALFORMED: Final = 0x07000000
ERROR: Final = 0x00800000
FIELDS: Final = (
    "frame.number",
    "tcp.stream",
    "tcp.dstport",
    "smpp.command_id",
    "_ws.expert.group",
    "_ws.expert.severity",
    "_ws.expert.message",
)


class DissectError(Exception):
    """There is nothing to dissect, or the tools failed."""


class Tally:
    """What tshark found in some captures."""

    def __init__(self, captures: list[Path]) -> None:
        self.captures = captures
        self.packets = 0
        self.pdus = 0
        self.malformed_from_carriers: list[str] = []
        self.malformed_from_clients: list[str] = []

    def count(self, row: list[str], carriers: dict[str, str]) -> None:
        """Take one packet; `carriers` has the carrier's port of each stream."""
        number, stream, destination, commands, groups, severities, messages = row
        self.packets += 1
        self.pdus += len([one for one in commands.split(",") if one])
        if is_malformed(groups, severities):
            told = f"packet {number}: {messages}"
            if destination == carriers.get(stream):
                self.malformed_from_clients.append(told)
            else:
                self.malformed_from_carriers.append(told)


def is_malformed(groups: str, severities: str) -> bool:
    """Whether tshark says so of a packet, or reports an error in it."""
    return any(int(group) == MALFORMED for group in groups.split(",") if group) or any(
        int(severity) == ERROR for severity in severities.split(",") if severity
    )


def run(*command: str) -> str:
    """What a command prints. Raises DissectError if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise DissectError(f"{command[0]} is missing: apt-get install tshark") from None
    if done.returncode != 0:
        raise DissectError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def fields(capture: Path, options: list[str], names: tuple[str, ...]) -> list[list[str]]:
    """The fields of each packet."""
    wanted = [word for name in names for word in ("-e", name)]
    printed = run("tshark", "-n", "-r", str(capture), *options, "-T", "fields", *wanted)
    return [line.split("\t") for line in printed.splitlines()]


def dissect(captures: list[Path]) -> Tally:
    """Let tshark read captures, all at once."""
    tally = Tally(captures)
    if not captures:
        return tally
    with tempfile.TemporaryDirectory() as folder:
        merged = Path(folder) / "all.pcapng"
        run("mergecap", "-w", str(merged), *map(str, captures))
        begins = ["-Y", "tcp.flags.syn == 1 && tcp.flags.ack == 0"]
        opened = fields(merged, begins, ("tcp.stream", "tcp.dstport"))
        carriers = {row[0]: row[1] for row in opened}
        ports = sorted(set(carriers.values()), key=int)
        as_smpp = [word for port in ports for word in ("-d", f"tcp.port=={port},smpp")]
        for row in fields(merged, as_smpp, FIELDS):
            tally.count(row, carriers)
    return tally


def report(tally: Tally, clients_are_sound: bool = True, carrier_is_sound: bool = True) -> bool:
    """Print what was found; whether it is as it should be."""
    ours, theirs = tally.malformed_from_carriers, tally.malformed_from_clients
    print(
        f"{len(tally.captures)} captures, {tally.packets} packets, {tally.pdus} SMPP PDUs; "
        f"malformed: {len(ours)} from the carrier{'' if carrier_is_sound else ' (told to)'}, "
        f"{len(theirs)} from clients{'' if clients_are_sound else ', which send garbage here'}"
    )
    wrong = [*(ours if carrier_is_sound else []), *(theirs if clients_are_sound else [])]
    for problem in wrong[:20]:
        print(f"  {problem}")
    return not wrong


def main() -> int:
    """Print a line for each kind of tests; 1 if something is malformed that should not be."""
    parser = argparse.ArgumentParser(prog="dissect", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the captures are")
    arguments = parser.parse_args()
    captures = sorted(arguments.folder.glob("*.pcapng"))
    if not captures:
        print(f"no captures in {arguments.folder}: run the tests with --carrierbox-capture first")
        return 2
    sound = [path for path in captures if not path.name.startswith(GARBAGE + FAULTY)]
    garbage = [path for path in captures if path.name.startswith(GARBAGE)]
    faulty = [path for path in captures if path.name.startswith(FAULTY)]
    try:
        is_fine = [
            report(dissect(sound)),
            report(dissect(garbage), clients_are_sound=False),
            report(dissect(faulty), carrier_is_sound=False),
        ]
    except DissectError as error:
        print(error)
        return 2
    return 0 if all(is_fine) else 1


if __name__ == "__main__":
    sys.exit(main())
