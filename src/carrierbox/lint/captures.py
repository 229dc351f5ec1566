"""One capture from its octets to a listener, and what is to be said of the capture itself."""

from typing import BinaryIO

from carrierbox.lint.conversations import Conversations
from carrierbox.lint.flows import Flows
from carrierbox.lint.listener import Listener
from carrierbox.lint.packets import PacketReader
from carrierbox.lint.pcap import CaptureReader


class CaptureSummary:
    """What was read of one file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.format = ""
        self.packets = 0
        self.octets = 0
        self.sessions = 0
        self.problems: list[str] = []


def read_capture(stream: BinaryIO, name: str, listener: Listener) -> CaptureSummary:
    """Read a capture to its end. Raises CaptureError if it is none; OSError as the stream does."""
    summary = CaptureSummary(name)
    reader = CaptureReader(stream)
    packets = PacketReader()
    conversations = Conversations(listener)
    flows = Flows(conversations)
    for packet in reader.packets():
        segment = packets.segment(packet)
        if segment is not None:
            flows.segment(segment)
    flows.finish()
    summary.format = "pcapng" if reader.is_pcapng else "pcap"
    summary.packets = reader.packets_read
    summary.octets = reader.octets_read
    summary.sessions = conversations.sessions
    summary.problems = reader.problems[:100]
    for reason, count in packets.passed_over.items():
        summary.problems.append(f"packets of no use: {count}, {reason}")
    if flows.missing_octets:
        summary.problems.append(
            f"octets of TCP streams that were not captured: {flows.missing_octets}"
        )
    return summary
