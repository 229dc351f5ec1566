"""Listening in without anybody on the message path waiting."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

from carrierbox.capture_file import CaptureFile
from carrierbox.identifiers import LinkId
from carrierbox.link_events import LinkEvent
from carrierbox.link_log import LinkLog
from carrierbox.live_lint import LiveLint
from carrierbox.observing import SLICE_OCTETS, Observation
from carrierbox.runtime import Wire
from carrierbox.smpp.pdus import BindTransceiver
from carrierbox.smpp.wire import encode_pdu

LINK = LinkId(7)
NO_WIRE = cast(Wire, None)
BIND = encode_pdu(
    BindTransceiver(system_id="demo", password="x", interface_version=0, sequence_number=1)
)


class FullDisk:
    """A capture that cannot be written."""

    def __init__(self) -> None:
        self.tries = 0

    def write(self, events: list[LinkEvent]) -> None:
        self.tries += 1
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        raise AssertionError("it was given up")


def some_traffic(links: LinkLog) -> None:
    links.opened(LINK, "127.0.0.1:5", NO_WIRE)
    links.received(LINK, BIND)
    links.sent(LINK, b"abc")
    links.closed(LINK, True)


def test_both_listeners_get_everything(tmp_path: Path) -> None:
    """The file what was left at the end, too."""
    links, lint = LinkLog(), LiveLint()
    path = tmp_path / "new.pcapng"
    observation = Observation(links, CaptureFile(path), lint, lambda event, fields: None)

    async def run() -> None:
        some_traffic(links)
        await observation.catch_up()
        await observation.catch_up()

    asyncio.run(run())
    assert [each.rule for each in lint.report().accounts[0].findings] == ["interface-version"]
    links.received(LinkId(8), b"x")
    links.opened(LinkId(9), "127.0.0.1:6", NO_WIRE)
    observation.close()
    octets = path.read_bytes()
    assert BIND in octets
    assert (6).to_bytes(2, "big") + b"\x0a\xd7" in octets


def test_it_goes_on_until_it_is_stopped_and_then_nothing_is_left() -> None:
    """What was kept before `stop` is looked at before it returns."""
    links, lint = LinkLog(), LiveLint()
    observation = Observation(links, None, lint, lambda event, fields: None)

    async def run() -> None:
        task = asyncio.create_task(observation.run())
        await asyncio.sleep(0)
        some_traffic(links)
        await observation.stop()
        assert lint.report().accounts[0].sessions == 1
        await task

    asyncio.run(run())


def test_others_go_on_while_much_is_linted() -> None:
    """Between slices the loop is free."""
    links = LinkLog()
    observation = Observation(links, None, LiveLint(), lambda event, fields: None)
    links.opened(LINK, "127.0.0.1:5", NO_WIRE)
    for _ in range(4):
        links.received(LINK, b"\0" * SLICE_OCTETS)
    rounds = 0

    async def run() -> None:
        nonlocal rounds
        task = asyncio.create_task(observation.catch_up())
        while not task.done():
            rounds += 1
            await asyncio.sleep(0)

    asyncio.run(run())
    assert rounds >= 4


def test_a_full_disk_ends_the_capture_and_nothing_else() -> None:
    """It is logged once."""
    links, disk = LinkLog(), FullDisk()
    logged: list[str] = []
    observation = Observation(
        links, cast(CaptureFile, disk), None, lambda event, fields: logged.append(event)
    )

    async def run() -> None:
        for _ in range(2):
            some_traffic(links)
            await observation.catch_up()

    asyncio.run(run())
    observation.close()
    assert (disk.tries, logged) == (1, ["capture_failed"])
