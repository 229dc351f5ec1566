"""Brokers that ask who comes: passwords, TLS, and the access control list in docker/."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from carrierbox.clock import NetworkClock
from carrierbox.links.certificates import make_certificate

if TYPE_CHECKING:
    from tests.integration.conftest import Server, SmppClient
    from tests.integration.radio.conftest import Mosquitto, Program

    Connect = Callable[..., SmppClient]
    Serve = Callable[..., Server]
    Handset = Callable[..., Program]
    MakeMosquitto = Callable[..., Mosquitto]

LIMIT_S: Final = 20.0
PHONE: Final = "+33612345678"
OTHER: Final = "+33698765432"
DIGITS: Final = PHONE[1:]
ACL: Final = Path(__file__).parents[3] / "docker" / "mosquitto.acl"
CLIENTS: Final = ("mosquitto_sub", "mosquitto_pub", "mosquitto_passwd")

pytestmark = pytest.mark.skipif(
    any(shutil.which(each) is None for each in CLIENTS),
    reason="the clients are not installed: apt-get install mosquitto mosquitto-clients",
)

# What is a listener's own stands below it: above, it would open the usual port as well.
CLOSED: Final = """
user root
listener {{port}} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/mosquitto.acl
use_username_as_clientid true
"""


@pytest.fixture
def closed(tmp_path: Path) -> str:
    """Settings of a broker for the carrier and two phones, the password of each its name."""
    passwords = tmp_path / "passwords"
    passwords.touch()
    for name in ("carrier", DIGITS, OTHER[1:]):
        subprocess.run(
            ["mosquitto_passwd", "-b", str(passwords), name, f"secret-{name}"],
            check=True,
            timeout=LIMIT_S,
        )
    shutil.copy(ACL, tmp_path / "mosquitto.acl")
    return CLOSED.format(folder=tmp_path)


def login(broker: Mosquitto, name: str) -> str:
    """The URL with name and password."""
    return f"mqtt://{name}:secret-{name}@127.0.0.1:{broker.port}"


def test_a_phone_that_knows_its_password_is_kept_to_its_own_topics(
    make_mosquitto: MakeMosquitto,
    closed: str,
    serve: Serve,
    handset: Handset,
    connect: Connect,
    run_program: Callable[..., Program],
    until_online: Callable[[Server, int], None],
) -> None:
    """It reads nothing of another one, and what it says in the name of another is not heard."""
    broker = make_mosquitto(closed)
    server = serve("--radio", login(broker, "carrier"))
    everything = login(broker, OTHER[1:]) + "/#"
    spy = run_program("mosquitto_sub", "-L", everything, "-v", "-q", "1")
    spy.lines.wait_for("centre/presence online")
    phone = handset(login(broker, DIGITS), PHONE)
    until_online(server, 1)
    for kind, payload in (
        ("presence", "offline"),
        ("mt/ack", '{"id": "256"}'),
        ("mo", '{"id": "a", "to": "+33698765432", "text": "not me"}'),
    ):
        where = f"{login(broker, OTHER[1:])}/carrierbox/v1/default/phone/{DIGITS}/{kind}"
        subprocess.run(
            ["mosquitto_pub", "-L", where, "-q", "1", "-m", payload], check=False, timeout=LIMIT_S
        )
    client = connect(server, "trx")
    client.submit(PHONE, b"for one")
    assert phone.event("text")["text"] == "for one"
    assert {each["stat"] for each in client.receipts(1).values()} == {"DELIVRD"}
    assert server.http("GET", "radio")["radios"][0]["phones_online"] == 1
    sent = server.http("GET", f"messages?to=%2B{OTHER[1:]}")
    assert sent["messages"] == []
    own = f"{login(broker, OTHER[1:])}/carrierbox/v1/default/phone/{OTHER[1:]}/presence"
    subprocess.run(["mosquitto_pub", "-L", own, "-q", "1", "-r", "-m", "online"], check=True)
    spy.lines.wait_for(f"phone/{OTHER[1:]}/presence online")
    assert [line for line in spy.lines.seen if DIGITS in line] == []


def test_a_wrong_password_is_told_and_tried_again(
    make_mosquitto: MakeMosquitto, closed: str, serve: Serve
) -> None:
    """Without telling it to the log; the carrier serves SMPP all the same."""
    broker = make_mosquitto(closed)
    server = serve("--radio", f"mqtt://carrier:guess@127.0.0.1:{broker.port}")
    assert server.http("GET", "radio")["radios"][0]["connected"] is False
    assert server.terminate() == 0
    (line,) = [each for each in server.errors if "radio_lost" in each]
    assert "authori" in line.lower()
    assert "guess" not in "".join(server.errors)


def test_carrier_and_phone_speak_tls_with_a_broker_whose_certificate_they_know(
    make_mosquitto: MakeMosquitto,
    closed: str,
    tmp_path: Path,
    serve: Serve,
    handset: Handset,
    connect: Connect,
    run_program: Callable[..., Program],
) -> None:
    """By a file of settings; a broker with another certificate is not spoken to."""
    certificate, key = tmp_path / "broker.pem", tmp_path / "broker.key"
    pem = make_certificate(["localhost"], NetworkClock().now())
    begin = pem.index(b"-----BEGIN CERTIFICATE")
    key.write_bytes(pem[:begin])
    certificate.write_bytes(pem[begin:])
    broker = make_mosquitto(f"{closed}certfile {certificate}\nkeyfile {key}\n")
    settings = tmp_path / "carrier.yaml"
    settings.write_text(
        f"""
listeners: [{{smpp: "127.0.0.1:0"}}]
http: {{listen: "127.0.0.1:0"}}
store: {{url: ":memory:"}}
radio:
  url: mqtts://localhost:{broker.port}
  user_name: carrier
  password: secret-carrier
  ca: {certificate}
  phones: ["{PHONE}"]
"""
    )
    server = serve("--config", str(settings))
    client = connect(server, "trx")
    client.submit(PHONE, b"waits")
    url = f"mqtts://{DIGITS}:secret-{DIGITS}@localhost:{broker.port}"
    phone = handset(url, PHONE, options=("--ca", str(certificate)))
    assert phone.event("text")["text"] == "waits"
    assert {each["stat"] for each in client.receipts(1).values()} == {"DELIVRD"}
    command = [sys.executable, "-m", "carrierbox", "handset", "--json"]
    told = run_program(*command, "--mqtt", url, "--msisdn", PHONE).event("disconnected")
    assert "certificate" in told["problem"].lower()
