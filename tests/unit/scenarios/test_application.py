"""The application of a scenario in which we send."""

import pytest

from carrierbox.scenarios.application import Applications, Manner
from carrierbox.scenarios.loader import read_scenario
from carrierbox.scenarios.problems import NotHeldError
from carrierbox.scenarios.world import World
from carrierbox.smpp.pdus import BindTransceiverResp, DeliverSmResp, SubmitSm

TWO = """\
scenario: two
setup: {accounts: [{system_id: a, password: x}, {system_id: "*", password: "*"}]}
steps: [{settle: {}}]
"""


def applications() -> tuple[World, Applications]:
    """A carrier with two accounts, nobody bound."""
    world = World(read_scenario(TWO).setup, 0)
    return world, Applications(world)


def answers(world: World, kind: type) -> list[int]:
    """The command_status of every answer of a kind."""
    pdus = [entry.pdu for entry in world.traffic.entries]
    return [pdu.command_status for pdu in pdus if pdu is not None and isinstance(pdu, kind)]


def test_accounts_with_a_name_are_bound() -> None:
    """With real PDUs, and the password of the account."""
    world, all_of_them = applications()
    all_of_them.bind_all(None)
    assert list(all_of_them.links) == ["a"]
    assert all_of_them.link("a").is_bound
    assert answers(world, BindTransceiverResp) == [0]


def test_a_wrong_password_is_refused_and_the_link_is_over() -> None:
    """As the carrier does it."""
    world, all_of_them = applications()
    all_of_them.bind("a", password="wrong")
    assert answers(world, BindTransceiverResp) == [0x0E]
    with pytest.raises(NotHeldError, match="a is not bound"):
        all_of_them.link("a")


def test_a_link_has_a_name_of_its_own() -> None:
    """A receiver cannot send, a transmitter of the same account is found."""
    _, all_of_them = applications()
    all_of_them.bind("a", "receiver", "in")
    with pytest.raises(NotHeldError, match="not bound"):
        all_of_them.send("a", SubmitSm(destination_addr="33612345678"))
    all_of_them.bind("a", "transmitter", "out")
    all_of_them.send("a", SubmitSm(destination_addr="33612345678"))
    with pytest.raises(NotHeldError, match="connected already"):
        all_of_them.bind("a", "receiver", "in")


def test_deliveries_are_answered_as_was_said() -> None:
    """So many times, and then as ever."""
    world, all_of_them = applications()
    all_of_them.bind_all(None)
    all_of_them.link("a").manner = Manner(0x64, times=1)
    for _ in range(2):
        pdu = SubmitSm(destination_addr="33612345678", dest_addr_ton=1, registered_delivery=1)
        all_of_them.send("a", pdu)
    world.advance_to(world.now + 600.0)
    assert answers(world, DeliverSmResp) == [0x64, 0, 0]


def test_a_cut_link_comes_back_as_it_was() -> None:
    """With its name and its kind."""
    _, all_of_them = applications()
    all_of_them.bind("a", "transmitter", "out")
    assert all_of_them.cut_all() == ["out"]
    all_of_them.reconnect("out")
    assert all_of_them.link("out").bind_type == "transmitter"
    with pytest.raises(NotHeldError, match="was never bound"):
        all_of_them.reconnect("b")


def test_a_link_that_unbinds_is_over() -> None:
    """SMPP 3.4 §4.2."""
    world, all_of_them = applications()
    all_of_them.bind_all(None)
    all_of_them.link("a").unbind()
    world.settle()
    assert all_of_them.links["a"].is_over
