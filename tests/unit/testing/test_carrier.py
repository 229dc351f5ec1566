"""The carrier for test suites: its life, its clock, its phones, what it says when it cannot."""

import gc
import logging
import signal
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from carrierbox.app import PhoneSettings
from carrierbox.errors import CarrierboxError, StoreInUseError
from carrierbox.smpp.pdus import BindTransmitter, Pdu, SubmitSm
from carrierbox.smpp.values import ESME_ROK, ESME_RSYSERR, ESME_RTHROTTLED
from carrierbox.smpp.wire import encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.carrier import Carrier, CarrierFailedError

NUMBER = "+33612345678"
FRIEND = "+447700900123"
NOON = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


def threads() -> list[str]:
    """The names of the threads of carriers."""
    return [each.name for each in threading.enumerate() if each.name.startswith(("carr", "store"))]


def test_a_carrier_lives_inside_its_with_block(tmp_path: Path) -> None:
    """It listens, and afterwards neither port nor thread is left."""
    with Carrier(store=tmp_path / "carrier.db") as carrier:
        host, port = carrier.host, carrier.port
        socket.create_connection((host, port)).close()
        assert threads()
    assert threads() == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port))
    carrier.close()


def test_a_carrier_ends_when_the_test_fails() -> None:
    """What the test raised comes through, the thread stops."""
    with pytest.raises(ZeroDivisionError), Carrier() as carrier:
        socket.create_connection((carrier.host, carrier.port)).close()
        _ = 1 // 0
    assert threads() == []


def test_a_carrier_that_cannot_start_leaves_nothing(tmp_path: Path) -> None:
    """The exception of the store crosses over."""
    path = tmp_path / "carrier.db"
    with Carrier(store=path), pytest.raises(StoreInUseError):
        Carrier(store=path).start()
    assert threads() == []
    with Carrier(store=path) as carrier:
        assert carrier.messages() == []


def test_a_carrier_may_capture_what_its_links_carry(tmp_path: Path) -> None:
    """One file over a restart; all is in it when a call returns."""
    path = tmp_path / "run.pcapng"
    ping = bytes.fromhex("00000010000000150000000000000007")
    with Carrier(capture=path) as carrier:
        for number in (1, 2):
            with socket.create_connection((carrier.host, carrier.port)) as link:
                link.sendall(ping)
                assert len(link.recv(100)) == 16
            carrier.events()
            assert path.read_bytes().count(ping) == number
            carrier.restart()
    assert path.read_bytes().count(bytes.fromhex("00000010800000150000000000000007")) == 2


def test_a_capture_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    """And leaves no thread."""
    with pytest.raises(CarrierboxError, match="cannot write"):
        Carrier(capture=tmp_path / "absent" / "run.pcapng").start()
    assert threads() == []


def test_a_carrier_that_does_not_run_says_so() -> None:
    """Before, after, and when it is started twice."""
    carrier = Carrier()
    with pytest.raises(RuntimeError, match="with Carrier"):
        carrier.advance(1)
    with carrier, pytest.raises(RuntimeError, match="already"):
        carrier.start()
    with pytest.raises(RuntimeError, match="with Carrier"):
        _ = carrier.port


@pytest.mark.usefixtures("nothing_frozen")
def test_the_process_of_the_user_is_left_alone() -> None:
    """Neither garbage collection nor signals nor logging are touched."""

    def state() -> tuple[object, ...]:
        handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        return gc.isenabled(), gc.get_freeze_count(), handlers, list(logging.root.handlers)

    before = state()
    with Carrier() as carrier:
        carrier.phone(NUMBER).send(FRIEND, "Hi")
        carrier.restart()
        assert state() == before
    assert state() == before


def test_the_clock_moves_only_when_it_is_told_to() -> None:
    """Seconds or a duration; never back."""
    with Carrier(start=NOON) as carrier:
        carrier.phone(NUMBER).send(FRIEND, "Hi")
        assert carrier.now == NOON
        carrier.advance(1.5)
        carrier.advance("1h30m")
        assert carrier.now == NOON + timedelta(seconds=5401.5)
        for wrong in (-1, float("nan"), float("inf"), "3 sheep"):
            with pytest.raises(ValueError):
                carrier.advance(wrong)


def test_deadlines_on_the_way_run_at_their_own_time() -> None:
    """A text of three days' validity, one jump of a week: it expired after three days."""
    with Carrier(start=NOON, phones=[PhoneSettings("447700900123", power=False)]) as carrier:
        carrier.phone(NUMBER).send(FRIEND, "Hi")
        carrier.advance("7d")
        (message,) = carrier.messages()
        assert message.message_state == "EXPIRED"
        assert message.final_at is not None
        assert message.final_at < "2027-01-20"
        at = [event.at for event in carrier.events()]
        assert at == sorted(at)
        assert len(carrier.events("failed")) > 3


@pytest.mark.parametrize("kept", ["memory", "process", "power"])
def test_a_restart_finds_everything_again(tmp_path: Path, kept: str) -> None:
    """As if killed: phones, what they show, what waits; the same port, the clock goes on."""
    settings = {} if kept == "memory" else {"store": str(tmp_path / "c.db"), "durability": kept}
    with Carrier(start=NOON, phones=[NUMBER], **settings) as carrier:  # type: ignore[arg-type]
        phone, friend = carrier.phone(NUMBER), carrier.phone(FRIEND)
        phone.send(FRIEND, "one")
        friend.off()
        phone.send(FRIEND, "two")
        carrier.advance("1h")
        port, friend_was = carrier.port, friend.texts
        client = socket.create_connection((carrier.host, port))
        carrier.restart()
        with client:
            assert client.recv(1) == b""
        assert carrier.port == port
        socket.create_connection((carrier.host, port)).close()
        assert friend.texts == friend_was == ["one"]
        assert not friend.is_on
        assert phone.is_on
        assert carrier.now == NOON + timedelta(hours=1)
        friend.on()
        assert friend.texts == ["one", "two"]
        assert [message.message_state for message in carrier.messages()] == ["DELIVERED"] * 2


def test_a_later_carrier_goes_on_with_a_file(tmp_path: Path) -> None:
    """`store` is a journal like every other."""
    path = tmp_path / "carrier.db"
    with Carrier(store=path) as carrier:
        carrier.phone(NUMBER).send(FRIEND, "Hi")
    with Carrier(store=path) as carrier:
        assert carrier.phone(FRIEND).texts == ["Hi"]


def test_phones_show_what_they_got_with_sender_and_time() -> None:
    """A long text is one, with its number of parts."""
    text = "Ten letters" * 30
    with Carrier(start=NOON) as carrier:
        carrier.phone(NUMBER).send(FRIEND, text)
        (shown,) = carrier.phone(FRIEND).screen
        assert (shown.sender, shown.text, shown.parts) == (NUMBER, text, 3)
        assert shown.received_at == "2027-01-15T12:00:00.000Z"
        assert repr(carrier.phone("0033 6 12 34 56 78")) == f"Phone('{NUMBER}')"


def test_messages_are_found_by_what_they_are() -> None:
    """All, oldest first; by receiver, sender, account and state; one by its id."""
    with Carrier(phones=[PhoneSettings("447700900123", power=False)]) as carrier:
        carrier.phone(NUMBER).send(FRIEND, "one")
        carrier.phone(NUMBER).send("+33698765432", "two")
        first, second = carrier.messages()
        assert (first.text, second.text) == ("one", "two")
        assert carrier.messages(to=FRIEND, source=NUMBER) == [first]
        assert carrier.messages(state="DELIVERED") == [second]
        assert carrier.messages(system_id="nobody") == []
        kinds = [event.kind for event in carrier.message(second.message_id).events]
        assert kinds[0] == "mobile_originated"
        assert "arrived" in kinds
        with pytest.raises(ValueError, match="ENROUTE"):
            carrier.messages(state="LOST")
        with pytest.raises(LookupError, match="never accepted"):
            carrier.message("12345")


def test_events_are_of_the_kinds_there_are() -> None:
    """A misspelt kind would wait for ever, or find nothing for ever."""
    with Carrier() as carrier:
        carrier.phone(NUMBER).off()
        assert [(event.kind, event.msisdn) for event in carrier.events()] == [("phone", NUMBER)]
        assert carrier.wait_for("phone") == carrier.events("phone")
        with pytest.raises(ValueError, match="receipt_sent"):
            carrier.events("reciept")
        with pytest.raises(ValueError):
            carrier.wait_for("reciept")
        with pytest.raises(TimeoutError, match="1 events 'phone'"):
            carrier.wait_for("phone", count=2, limit_s=0.01)


def test_waiting_ends_with_the_event() -> None:
    """From another thread, by whatever happens there."""
    with Carrier() as carrier:
        switching = threading.Thread(target=carrier.phone(NUMBER).off)
        switching.start()
        assert len(carrier.wait_for("phone")) == 1
        switching.join()


@pytest.mark.parametrize("number", ["", "ACME", "+1", "1" * 16])
def test_what_is_no_number_is_told(number: str) -> None:
    """With an example of one."""
    with Carrier() as carrier, pytest.raises(ValueError, match=r"\+33612345678"):
        carrier.phone(number)
    with pytest.raises(ValueError):
        Carrier(phones=[number])


def test_what_cannot_be_sent_is_told() -> None:
    """No number, nobody there, switched off."""
    with Carrier(accounts=[AccountSettings("demo", "demo", address_range="38100")]) as carrier:
        phone = carrier.phone(NUMBER)
        with pytest.raises(ValueError, match="short code"):
            phone.send("ACME", "Hi")
        with pytest.raises(CarrierboxError, match="address_range"):
            phone.send("36000", "Hi")
        phone.off()
        with pytest.raises(CarrierboxError, match="switch it on first"):
            phone.send(FRIEND, "Hi")


def test_the_first_account_is_the_one_to_connect_with() -> None:
    """Names and passwords as they were given; a star takes any."""
    with Carrier(accounts={"acme": "secret", "other": "x"}) as carrier:
        assert (carrier.system_id, carrier.password) == ("acme", "secret")
    with Carrier(accounts={"*": "*"}) as carrier:
        assert (carrier.system_id, carrier.password) == ("demo", "demo")
    with pytest.raises(ValueError, match="nobody"):
        Carrier(accounts={})


def test_a_failure_inside_the_carrier_fails_the_test() -> None:
    """A bug of ours is not swallowed; what the test itself raised goes first."""
    carrier = Carrier().start()
    assert carrier._thread is not None
    carrier._thread.fail("link_failed: something")
    with pytest.raises(CarrierFailedError, match="link_failed"):
        carrier.close()
    with pytest.raises(ZeroDivisionError), Carrier() as carrier:
        assert carrier._thread is not None
        carrier._thread.fail("link_failed: something")
        _ = 1 // 0


def test_many_carriers_stand_beside_each_other() -> None:
    """Each has its own network: the same number is another phone."""
    with Carrier() as one, Carrier() as two:
        one.phone(NUMBER).send(FRIEND, "Hi")
        assert one.port != two.port
        assert one.phone(FRIEND).texts == ["Hi"]
        assert two.phone(FRIEND).texts == []


def test_settling_with_nothing_under_way_returns_at_once() -> None:
    """And while a text waits for its phone, too."""
    with Carrier() as carrier:
        carrier.settle(limit_s=1.0)
        carrier.phone(FRIEND).off()
        carrier.phone(NUMBER).send(FRIEND, "Hi")
        carrier.settle(limit_s=1.0)
        carrier.unbind_all()


def test_rules_of_a_test_decide_until_they_are_removed() -> None:
    """docs/rules.md: before those of the configuration; by name, by `with`, by hand."""
    configured = {"name": "all", "then": {"command_status": "ESME_RSYSERR"}}
    with Carrier(rules=[configured]) as carrier:
        sender = Sender(carrier)
        assert sender.submit() == ESME_RSYSERR
        with carrier.add_rule({"accept": True}, {"source_addr": "ACME"}) as rule:
            assert rule.name == "test rule 1"
            assert sender.submit() == ESME_ROK
            assert rule.matched == 1
        assert sender.submit() == ESME_RSYSERR
        later = carrier.add_rule({"accept": True}, name="later")
        with pytest.raises(ValueError, match="a rule named 'later'"):
            carrier.add_rule({"accept": True}, name="later")
        with pytest.raises(ValueError, match=r"when\.country: must be"):
            carrier.add_rule({"accept": True}, {"country": 33})
        assert sender.submit() == ESME_ROK
        later.remove()
        later.remove()
        assert sender.submit() == ESME_RSYSERR
        sender.close()
    with pytest.raises(ValueError, match="then: missing"):
        Carrier(rules=[{"name": "a"}])


def test_rules_of_a_test_outlive_a_restart() -> None:
    """The test gave them, not the carrier."""
    with Carrier() as carrier:
        rule = carrier.add_rule({"command_status": "ESME_RTHROTTLED"})
        carrier.restart()
        sender = Sender(carrier)
        assert sender.submit() == ESME_RTHROTTLED
        assert rule.matched == 1
        sender.close()


class Sender:
    """A client that blocks, of few words."""

    def __init__(self, carrier: Carrier) -> None:
        self.socket = socket.create_connection((carrier.host, carrier.port))
        self.sequence = 0
        self.ask(BindTransmitter(carrier.system_id, carrier.password))

    def submit(self) -> int:
        return self.ask(SubmitSm(source_addr="ACME", destination_addr=NUMBER[1:]))

    def ask(self, pdu: Pdu) -> int:
        """The status of the answer."""
        self.sequence += 1
        pdu.sequence_number = self.sequence
        self.socket.sendall(encode_pdu(pdu))
        head = self.receive(16)
        self.receive(int.from_bytes(head[:4], "big") - 16)
        return int.from_bytes(head[8:12], "big")

    def receive(self, length: int) -> bytes:
        octets = b""
        while len(octets) < length:
            octets += self.socket.recv(length - len(octets))
        return octets

    def close(self) -> None:
        self.socket.close()


def test_a_phone_may_use_national_alphabets() -> None:
    """TS 23.038 §6.2.1.2.4: where it saves parts; by name."""
    with Carrier() as carrier:
        carrier.phone(NUMBER).send(FRIEND, "ğ" * 100)
        carrier.phone(NUMBER).send(FRIEND, "ğ" * 100, languages=["turkish"])
        assert [(text.text, text.parts) for text in carrier.phone(FRIEND).screen] == [
            ("ğ" * 100, 2),
            ("ğ" * 100, 1),
        ]
