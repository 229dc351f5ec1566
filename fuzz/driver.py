"""Runs a fuzz target: by atheris where it is installed, else by a small random driver.

    python fuzz/fuzz_tpdu.py                    ten minutes of atheris, or of random octets
    python fuzz/fuzz_tpdu.py --seconds 20       so long
    python fuzz/fuzz_tpdu.py --random --seed 7  without atheris, the same octets every time
    python fuzz/fuzz_tpdu.py 040b91…            one input, in hexadecimal digits

A target takes octets and returns nothing. What its decoder may raise it catches; anything else that
comes out of it is a finding: the driver prints the octets and fails.
"""

import argparse
import importlib
import random
import sys
import time
from collections.abc import Callable
from typing import Any

Target = Callable[[bytes], None]

SECONDS = 600.0
OCTETS_MAX = 300
SEEDS_KEPT = 2000
INTERESTING = bytes([0x00, 0x01, 0x03, 0x1B, 0x1F, 0x7F, 0x80, 0x81, 0xFE, 0xFF])


def run(target: Target, seeds: list[bytes]) -> None:
    """Run `target` as the command line asks; the process ends here."""
    parser = argparse.ArgumentParser(description=target.__module__)
    parser.add_argument("octets", nargs="?", help="one input in hexadecimal digits")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", action="store_true", help="without atheris")
    asked = parser.parse_args()
    if asked.octets is not None:
        target(bytes.fromhex(asked.octets))
        sys.exit(0)
    atheris = None if asked.random else atheris_or_none()
    if atheris is not None:
        run_atheris(atheris, target, asked.seconds)
    runs = run_random(target, seeds, asked.seconds, asked.seed)
    print(f"{runs} inputs, nothing found (seed {asked.seed})")
    sys.exit(0)


def run_random(target: Target, seeds: list[bytes], seconds: float, seed: int) -> int:
    """Give `target` octets drawn from `seed` and made from `seeds`; how many inputs that were."""
    source = random.Random(seed)
    end = time.monotonic() + seconds
    runs = 0
    known = list(seeds) or [b""]
    while time.monotonic() < end:
        for _ in range(200):
            octets = mutated(source, known)
            runs += 1
            try:
                target(octets)
            except BaseException:
                print(f"found by {octets.hex() or 'no octets at all'}", file=sys.stderr)
                raise
            if source.random() < 0.01:
                if len(known) < SEEDS_KEPT:
                    known.append(octets)
                else:
                    known[source.randrange(len(seeds), SEEDS_KEPT)] = octets
    return runs


def mutated(source: random.Random, known: list[bytes]) -> bytes:
    """One of `known` with a few changes, or octets drawn anew."""
    if source.random() < 0.1:
        return source.randbytes(source.randrange(64))
    octets = bytearray(source.choice(known))
    for _ in range(source.randrange(1, 5)):
        place = source.randrange(len(octets) + 1)
        change = source.randrange(6)
        if change == 0:
            octets[place:place] = source.randbytes(source.randrange(1, 8))
        elif change == 1:
            del octets[place : place + source.randrange(1, 8)]
        elif change == 2:
            del octets[place:]
        elif change == 3:
            other = source.choice(known)
            octets[place:] = other[source.randrange(len(other) + 1) :]
        elif place < len(octets):
            octets[place] = (
                source.choice(INTERESTING)
                if change == 4
                else octets[place] ^ 1 << source.randrange(8)
            )
    return bytes(octets[:OCTETS_MAX])


def atheris_or_none() -> Any:
    """The atheris module if it is installed."""
    try:
        return importlib.import_module("atheris")
    except ImportError:
        print("atheris is not installed (pip install atheris): random octets instead")
        return None


def run_atheris(atheris: Any, target: Target, seconds: float) -> None:
    """Let atheris look for octets; it ends the process."""
    atheris.instrument_all()
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={int(seconds)}", f"-max_len={OCTETS_MAX}"], target
    )
    atheris.Fuzz()
