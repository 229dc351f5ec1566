"""One network against a simple model of it: power that flaps, duplicates, parts in any order.

The model knows nothing of sets, generations, heaps or anchors: plain lists and dictionaries.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from carrierbox.clock import NetworkTime
from carrierbox.codecs.segmentation import split_text
from carrierbox.identifiers import Address
from carrierbox.relay import (
    ABSENT_SUBSCRIBER,
    IMSI_DETACHED,
    RelayElement,
    RpAck,
    RpAlertSc,
    RpError,
    RpMtData,
)
from carrierbox.simulator.network import CarrierNetwork

PHONES = ("33612345678", "447700900123")
SENDERS = (Address(5, 0, "ACME"), Address(1, 1, "33687654321"))
MESSAGES_MAX = 2
TEXTS_MAX = 3
SPACING_S = 10_000.0
"""References come round again only after more than the hour that parts may lie apart."""

Told = tuple[str, str | int, int, int]


def told(element: RelayElement) -> Told:
    if isinstance(element, RpAck):
        return ("ack", element.reference, 0, 0)
    if isinstance(element, RpError):
        return ("error", element.reference, element.cause, element.diagnostic)
    assert isinstance(element, RpAlertSc)
    return ("alert", element.msisdn, 0, 0)


class ModelPhone:
    def __init__(self) -> None:
        self.on = True
        self.awaited = False
        self.error_due = 0.0
        self.seen: set[int] = set()
        self.duplicates = 0


class Message:
    def __init__(self, number: int, msisdn: str, parts: list[RpMtData], text: str) -> None:
        self.number = number
        self.msisdn = msisdn
        self.parts = parts
        self.text = text


class NetworkModel(RuleBasedStateMachine):
    messages = Bundle("messages")
    latency_s = 0.0
    hot_max = 100

    def __init__(self) -> None:
        super().__init__()
        self.network = self.new_network()
        self.now = 1_750_000_000.0
        self.phones = {msisdn: ModelPhone() for msisdn in PHONES}
        self.written: list[Message] = []
        self.taken: list[tuple[RpMtData, float]] = []
        self.shown: list[Message] = []
        self.expected: list[tuple[float, int, Told]] = []
        self.insertions = 0

    def new_network(self) -> CarrierNetwork:
        return CarrierNetwork(
            self.latency_s,
            messages_max=MESSAGES_MAX,
            texts_max=TEXTS_MAX,
            hot_max=self.hot_max,
        )

    def expect(self, due: float, element: Told) -> None:
        self.insertions += 1
        self.expected.append((due, self.insertions, element))

    @rule(
        target=messages,
        msisdn=st.sampled_from(PHONES),
        sender=st.sampled_from(SENDERS),
        piece=st.sampled_from(("a", "é€" * 45, "😀" * 70)),
        concatenation_reference=st.integers(0, 1),
        data=st.data(),
    )
    def send(
        self,
        msisdn: str,
        sender: Address,
        piece: str,
        concatenation_reference: int,
        data: st.DataObject,
    ) -> Message:
        """A new text; all its parts go out, or one of them."""
        message = self.write(msisdn, sender, piece, concatenation_reference)
        self.forward(message, data)
        return message

    @rule(message=messages, data=st.data())
    def send_again(self, message: Message, data: st.DataObject) -> None:
        """All parts of a text sent before, or one of them."""
        self.forward(message, data)

    def write(
        self, msisdn: str, sender: Address, piece: str, concatenation_reference: int
    ) -> Message:
        number = len(self.written) + 1
        text = piece + str(number)
        data_coding, segments = split_text(text, concatenation_reference)
        taken_in = NetworkTime(1_740_000_000.0 + number * SPACING_S)
        parts = [
            RpMtData(
                number << 8 | index,
                msisdn,
                sender,
                0,
                data_coding,
                segment.user_data_header,
                segment.user_data,
                taken_in,
                False,
            )
            for index, segment in enumerate(segments)
        ]
        message = Message(number, msisdn, parts, text)
        self.written.append(message)
        return message

    def forward(self, message: Message, data: st.DataObject) -> None:
        count = len(message.parts)
        order = data.draw(st.permutations(range(count)), label="order")
        if count > 1 and data.draw(st.booleans(), label="one part only"):
            order = order[:1]
        for index in order:
            self.forward_part(message, message.parts[index])

    def forward_part(self, message: Message, part: RpMtData) -> None:
        self.network.forward(part, NetworkTime(self.now))
        phone = self.phones[message.msisdn]
        due = self.now + self.latency_s
        if phone.on:
            self.expect(due, ("ack", part.reference, 0, 0))
            phone.awaited = False
            self.take(message, part)
        else:
            self.expect(due, ("error", part.reference, ABSENT_SUBSCRIBER, IMSI_DETACHED))
            phone.awaited = True
            phone.error_due = due

    def take(self, message: Message, part: RpMtData) -> None:
        phone = self.phones[message.msisdn]
        if part.reference in phone.seen:
            phone.duplicates += 1
            return
        phone.seen.add(part.reference)
        self.taken.append((part, self.now))
        if all(other.reference in phone.seen for other in message.parts):
            self.shown.append(message)

    @rule(msisdn=st.sampled_from(PHONES), on=st.booleans())
    def switch(self, msisdn: str, on: bool) -> None:
        self.network.set_power(msisdn, on, NetworkTime(self.now))
        phone = self.phones[msisdn]
        if on and phone.awaited:
            phone.awaited = False
            self.expect(max(self.now, phone.error_due), ("alert", msisdn, 0, 0))
        phone.on = on

    @rule(seconds=st.sampled_from((0.0, 1.0, 2.0, 86_400.0)))
    def pass_time(self, seconds: float) -> None:
        """Time goes on and the answers that are due are collected."""
        self.now += seconds
        due = sorted(entry for entry in self.expected if entry[0] <= self.now)
        self.expected = [entry for entry in self.expected if entry[0] > self.now]
        answers = self.network.on_time(NetworkTime(self.now))
        assert [told(element) for element in answers] == [element for _, _, element in due]

    @rule()
    def restart(self) -> None:
        """Answers on their way are lost; what was shown, set and awaited is told anew."""
        self.network = self.new_network()
        self.expected = []
        for part, at in self.taken:
            self.network.restore(part, NetworkTime(at))
        for msisdn, phone in self.phones.items():
            phone.duplicates = 0
            phone.error_due = 0.0
            if phone.awaited:
                self.network.expect_alert(msisdn)
            self.network.declare_phone(msisdn, phone.on)

    @invariant()
    def deadline_is_that_of_the_first_answer(self) -> None:
        first = min(self.expected)[0] if self.expected else None
        assert self.network.next_deadline() == first

    @invariant()
    def every_phone_shows_its_newest_texts(self) -> None:
        newest = self.shown[-TEXTS_MAX:]
        for msisdn, model in self.phones.items():
            phone = self.network.phone(msisdn)
            if phone is None:
                assert not model.seen
                continue
            expected = [message for message in newest if message.msisdn == msisdn][-MESSAGES_MAX:]
            assert [text.text for text in phone.inbox] == [message.text for message in expected]
            assert [text.reference >> 8 for text in phone.inbox] == [
                message.number for message in expected
            ]
            assert phone.power == model.on
            assert phone.duplicates == model.duplicates
            subscriber = self.network.hlr.find(msisdn)
            assert subscriber is not None
            assert subscriber.message_waiting == model.awaited

    @invariant()
    def parts_held_are_those_of_incomplete_messages(self) -> None:
        for msisdn, model in self.phones.items():
            phone = self.network.phone(msisdn)
            held = len(model.seen) - sum(
                len(message.parts) for message in self.shown if message.msisdn == msisdn
            )
            assert (0 if phone is None else phone.parts_held) == held


class SlowNetworkModel(NetworkModel):
    latency_s = 1.5


class ColdNetworkModel(NetworkModel):
    """All but one phone are put away as records."""

    hot_max = 1


NetworkModel.TestCase.settings = settings(stateful_step_count=30)
ColdNetworkModel.TestCase.settings = settings(stateful_step_count=30)
SlowNetworkModel.TestCase.settings = settings(stateful_step_count=30)

TestNetwork = NetworkModel.TestCase
TestSlowNetwork = SlowNetworkModel.TestCase
TestColdNetwork = ColdNetworkModel.TestCase
