"""Fuzz target: octets of a peer against a whole carrier's session, runtime and centre."""

from driver import run

from carrierbox.app import make_box
from carrierbox.clock import LinkTime, NetworkClock
from carrierbox.numbering import load_number_plan
from carrierbox.runtime import Runtime
from carrierbox.smpp.pdus import (
    BindTransceiver,
    CancelSm,
    DataSm,
    DeliverSmResp,
    EnquireLink,
    QuerySm,
    ReplaceSm,
    SmeDestination,
    SubmitMulti,
    SubmitSm,
    Unbind,
)
from carrierbox.smpp.session import SessionSettings
from carrierbox.smpp.tlv import Tlv
from carrierbox.smpp.wire import encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.stores.memory import MemoryStore

NUMBER_PLAN = load_number_plan()
BIND = encode_pdu(
    BindTransceiver(system_id="demo", password="demo", interface_version=0x34, sequence_number=1)
)
ANSWER_OCTETS_MAX = 1 << 20


class Wire:
    """A wire that counts what is written."""

    def __init__(self) -> None:
        self.octets = 0

    def write(self, octets: bytes) -> None:
        self.octets += len(octets)

    def close(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def reset(self) -> None:
        pass

    def read_little(self) -> None:
        pass


def nothing() -> None:
    """Nobody waits for a turn here: turns are called."""


def raise_bug(event: str, fields: dict[str, object]) -> None:
    """What the runtime logs of a link is a bug that it contained."""
    raise AssertionError(f"{event}: {fields}")


def target(octets: bytes) -> None:
    """A bound and an unbound peer send them: no bug, bounded answers, the link ends cleanly."""
    # The same octets as one frame of a true length too: else most are lost to a wrong one.
    framed = len(octets).to_bytes(4, "big") + octets[4:]
    for sent in (octets, BIND + octets, BIND + framed, BIND + framed + octets):
        box = make_box(
            "fuzz",
            MemoryStore(),
            NUMBER_PLAN,
            [AccountSettings("demo", "demo")],
            [],
            NetworkClock(start=1.8e9, running=False),
        )
        runtime = Runtime([box], SessionSettings(), nothing, raise_bug, lambda: LinkTime(1.0))
        wire = Wire()
        link_id = runtime.opened(wire, "fuzz")
        runtime.received(link_id, sent)
        for _ in range(20):
            runtime.turn()
        assert wire.octets < ANSWER_OCTETS_MAX
        runtime.closed(link_id)
        runtime.turn()
        runtime.turn()
        assert not runtime.links


SUBMIT = SubmitSm(
    source_addr="ACME",
    source_addr_ton=5,
    destination_addr="33612345678",
    dest_addr_ton=1,
    dest_addr_npi=1,
    registered_delivery=0x11,
    short_message=b"Hello",
    sequence_number=2,
)
SEEDS = [
    encode_pdu(pdu)
    for pdu in (
        SUBMIT,
        SubmitSm(
            destination_addr="33612345678",
            esm_class=0x40,
            short_message=b"\5\0\3\1\2\1part",
            schedule_delivery_time="000001000000000R",
            tlvs=[Tlv(0x0204, b"\0\1"), Tlv(0x1401, b"x")],
        ),
        DataSm(destination_addr="33612345678", esm_class=2, tlvs=[Tlv(0x0424, b"Hi")]),
        SubmitMulti(dest_address=[SmeDestination(1, 1, "33612345678")], short_message=b"x"),
        QuerySm(message_id="0000000001", source_addr="ACME"),
        CancelSm(source_addr="ACME", destination_addr="33612345678"),
        ReplaceSm(message_id="1", source_addr="ACME", short_message=b"y"),
        DeliverSmResp(sequence_number=1),
        EnquireLink(sequence_number=3),
        Unbind(sequence_number=4),
    )
]
SEEDS.append(b"".join(SEEDS))


if __name__ == "__main__":
    run(target, SEEDS)
