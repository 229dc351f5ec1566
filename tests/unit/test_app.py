"""The composition root."""

from carrierbox.app import PhoneSettings, make_box, make_configured_box
from carrierbox.box import Box
from carrierbox.clock import LinkTime, NetworkClock, NetworkTime
from carrierbox.config import configuration_of
from carrierbox.identifiers import LinkId, international
from carrierbox.relay import Submission, Verdict
from carrierbox.simulator.policy.screening import Policies
from carrierbox.smpp.events import BindReceived, RequestReceived
from carrierbox.smpp.pdus import BindTransceiver, Pdu, SubmitSm, SubmitSmResp
from carrierbox.smpp.values import ESME_ROK
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.testing.direct import START, number_plan
from carrierbox.testing.stores import FakeStore


class NoLinks:
    """Links that keep the responses."""

    def __init__(self) -> None:
        self.responses: list[Pdu] = []

    def send(self, link_id: LinkId, pdu: Pdu, context: object) -> bool:
        self.responses.append(pdu)
        return True

    def repeat(self, link_id: LinkId, pdu: Pdu) -> None:
        """Send a response again."""
        self.send(link_id, pdu, None)

    def disconnect(self, link_id: LinkId) -> None:
        raise AssertionError("nothing here ends a link")

    def call(self, box: Box, system_id: str) -> None:
        raise AssertionError("nobody here is called")

    def log(self, event: str, fields: dict[str, object]) -> None:
        raise AssertionError("nothing here is worth a line")


def test_a_box_is_wired_from_its_settings() -> None:
    """Design §1: settings in, wired boxes out: phones, accounts, clock and store as given."""
    store = FakeStore()
    box = make_box(
        "here",
        store,
        number_plan(),
        [AccountSettings("me", "secret")],
        [PhoneSettings("33612345678", power=False, messages_max=3)],
        NetworkClock(start=START, running=False),
        Policies(),
    )
    links = NoLinks()
    box.recover(LinkTime(0.0))
    phone = box.network.contact("33612345678")
    assert (phone.power, phone.messages_max) == (False, 3)
    box.begin(LinkTime(0.0))
    bind = BindTransceiver(system_id="me", password="secret")
    box.centre.on_event(LinkId(1), BindReceived(bind))
    submit = SubmitSm(destination_addr="33612345678", short_message=b"Hi")
    box.centre.on_event(LinkId(1), RequestReceived(submit))
    box.finish(links)
    assert isinstance(links.responses[-1], SubmitSmResp)
    assert links.responses[-1].command_status == ESME_ROK
    assert store.submitted == 1
    assert box.clock.now() == START


def test_the_open_rules_pass_through_the_real_interface() -> None:
    """Design §2: open rules go through the same engine as any other."""
    submission = Submission(
        "me", international("447700900123"), "33612345678", "FR", "SFR", 0, b"", b"Hi"
    )
    verdict = Policies().screen(submission, NetworkTime(START))
    assert isinstance(verdict, Verdict)
    assert (verdict.command_status, verdict.rule, verdict.source) == (ESME_ROK, "open", None)


def test_a_box_is_what_its_configuration_says() -> None:
    """Everything of a section reaches its room: here phones, rules, faults and towers."""
    configuration = configuration_of(
        {
            "store": {"url": ":memory:"},
            "phones": [{"msisdn": "+33612345678", "power": "off"}],
            "rules": [{"name": "no", "then": {"command_status": 8}}],
            "faults": [{"name": "lost", "then": {"no_response": True}}],
            "towers": [{"id": "t", "position": "48.8,2.3"}],
        }
    )
    section = configuration.all_boxes()["default"]
    clock = NetworkClock(start=START, running=False)
    box = make_configured_box("here", section, FakeStore(), number_plan(), clock)
    assert not box.network.contact("33612345678").power
    assert [rule.name for rule in box.rules.in_order] == ["no"]
    assert [fault.name for fault in box.faults.in_order] == ["lost"]
    assert box.network.whereabouts.towers.cell("t").id == "t"
    assert box.clock is clock
