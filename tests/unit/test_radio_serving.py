"""The radios of a serving process, with a broker of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import pytest

from carrierbox.app import make_box
from carrierbox.clock import NetworkClock
from carrierbox.errors import ConfigurationError
from carrierbox.numbering import load_number_plan
from carrierbox.runtime import Runtime
from carrierbox.simulator.radio.settings import RadioSettings, radio_settings
from carrierbox.smpp.settings import SessionSettings
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.stores.memory import MemoryStore

serving = pytest.importorskip(
    "carrierbox.radio_serving", reason="aiomqtt is not installed: pip install 'carrierbox[mqtt]'"
)
pytest.importorskip("amqtt", reason="amqtt is not installed: pip install 'carrierbox[mqtt]'")

pytestmark = pytest.mark.asyncio
LIMIT_S: Final = 20.0


def runtime_of(*names: str) -> Runtime:
    """Boxes without links."""
    plan = load_number_plan()
    accounts = [AccountSettings("demo", "demo")]
    boxes = [
        make_box(name, MemoryStore(), plan, accounts, [], NetworkClock(running=False))
        for name in names
    ]
    return Runtime(boxes, SessionSettings(), lambda: None, lambda event, fields: None)


@pytest.mark.slow
async def test_boxes_share_the_broker_of_the_carrier_and_know_their_phones_at_once() -> None:
    """When `start` returns, everything that the broker kept has come."""
    runtime = runtime_of("default", "other", "plain")
    logged: list[str] = []
    radios = serving.Radios(runtime, lambda: None, lambda event, fields: logged.append(event))
    remote = radio_settings("mqtt+embedded")
    remote.phones = ("33612345678",)
    async with asyncio.timeout(LIMIT_S):
        await radios.start({"default": remote, "other": radio_settings("mqtt+embedded")})
        first, second = radios.report()
        assert (first.box, second.box, first.broker) == ("default", "other", second.broker)
        assert first.embedded
        assert first.connected
        assert radios.ready_fields() == [f"mqtt={first.broker}", f"mqtt:other={first.broker}"]
        default, other, plain = runtime.boxes
        assert default.network.radio is not None
        assert default.network.radio.carries("33612345678")
        assert other.network.radio is not None
        assert not other.network.radio.carries("33612345678")
        assert plain.network.radio is None
        assert len(runtime.radios) == 2
        await radios.stop()
    assert logged == ["radio_connected"] * 2
    assert not radios.report()[0].connected


async def test_a_certificate_that_cannot_be_read_names_its_field() -> None:
    """Before anything connects."""
    runtime = runtime_of("default")
    radios = serving.Radios(runtime, lambda: None, lambda event, fields: None)
    settings = RadioSettings("127.0.0.1", 1, is_tls=True)
    settings.certificate = settings.key = Path("/none.pem")
    with pytest.raises(ConfigurationError) as caught:
        await radios.start({"default": settings})
    assert caught.value.path == "radio.certificate"
