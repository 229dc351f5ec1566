"""200,000 messages through a running carrier: processor time per message and memory.

A load generator in C submits texts of 20 characters with a window of 100, first without receipts,
then with one each, to `carrierbox serve` with its journal in SQLite. A server in C that only echoes
constant answers is measured in the same run, as the measure of this machine. Everything stays on
loopback and ends by itself.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
BINARIES = HERE / "bin"
SECONDS_MAX = 300


def build(name: str) -> Path:
    """Compile one of the C programs if it is not there yet."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        sys.exit("bench: a C compiler is needed for the load generator: install gcc")
    target = BINARIES / name
    source = HERE / f"{name}.c"
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        BINARIES.mkdir(exist_ok=True)
        subprocess.run([compiler, "-O2", "-o", str(target), str(source)], check=True)
    return target


@contextmanager
def carrier(store: str, arguments: list[str]) -> Iterator[tuple[int, int]]:
    """A carrier in a process of its own: its SMPP port and its pid."""
    command = [sys.executable, "-m", "carrierbox", "serve", "--smpp", "127.0.0.1:0"]
    command += ["--http", "off", "--store", store, "--account", "demo:demo", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        if not ready.startswith("ready "):
            sys.exit(f"bench: the carrier did not start: {ready!r}")
        fields = dict(field.split("=", 1) for field in ready.split()[1:])
        yield int(fields["smpp"].rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def reference(receipts: bool) -> Iterator[tuple[int, int]]:
    """The server in C, on a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(build("limit")), str(port), *(["receipts"] if receipts else [])]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def load(port: int, pid: int, count: int, receipts: bool) -> dict[str, float]:
    """Run the generator once."""
    command = [str(build("smppload")), "127.0.0.1", str(port), "demo", "demo"]
    command += ["--count", str(count), "--window", "100", "--payload-bytes", "20"]
    command += ["--server-pid", str(pid), "--max-seconds", str(SECONDS_MAX)]
    command += ["--registered-delivery", "1"] if receipts else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: the load failed: {done.stdout}{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def resident_mb(pid: int) -> float:
    """Resident memory of a process, now."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def measure(count: int, store: str, arguments: list[str]) -> list[dict[str, object]]:
    """Every row of the table."""
    rows: list[dict[str, object]] = []
    for receipts in (False, True):
        what = "a receipt each" if receipts else "no receipts"
        with reference(receipts) as (port, pid):
            limit = load(port, pid, 10 * count, receipts)
        rows.append(row(f"reference in C, {what}", limit, 0.0))
        with carrier(store, arguments) as (port, pid):
            load(port, pid, count // 20, receipts)
            ours = load(port, pid, count, receipts)
            rows.append(row(f"carrierbox, {what}", ours, resident_mb(pid)))
    return rows


def row(name: str, result: dict[str, float], memory_mb: float) -> dict[str, object]:
    """One line of the table."""
    return {
        "what": name,
        "cpu_us_per_message": result["cpu_us_per_msg"],
        "messages_per_s": result["submits_per_s"],
        "p99_ms": result["p99_ms"],
        "resident_mb": round(memory_mb),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--store", default="", help="a file, or :memory:; default a new file")
    parser.add_argument("--durability", default="process", choices=["process", "power"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    version = subprocess.run(
        [sys.executable, "-m", "carrierbox", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    with tempfile.TemporaryDirectory(prefix="carrierbox-smoke-") as folder:
        store = options.store or str(Path(folder) / "smoke.db")
        rows = measure(options.count, store, ["--durability", options.durability])
    if options.json:
        print(json.dumps({"version": version.stdout.strip(), "rows": rows}))
        return
    print(f"{version.stdout.strip()}: {options.count} messages, 20 characters, window 100")
    print(f"{'':34}{'CPU µs/message':>16}{'messages/s':>12}{'p99 ms':>9}{'resident MB':>13}")
    for one in rows:
        memory = one["resident_mb"] or ""
        print(
            f"{one['what']:34}{one['cpu_us_per_message']:>16.2f}"
            f"{one['messages_per_s']:>12.0f}{one['p99_ms']:>9.2f}{memory:>13}"
        )


if __name__ == "__main__":
    main()
