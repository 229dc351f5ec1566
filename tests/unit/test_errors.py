"""Errors say what is wrong, where, and what to do."""

import pytest

from carrierbox import errors
from carrierbox.errors import (
    CarrierboxError,
    CodecError,
    ConfigurationError,
    FramingError,
    LocalProtocolError,
    PduError,
    ProtocolError,
    RemoteProtocolError,
    StoreError,
    StoreInUseError,
)


def test_every_error_of_the_package_can_be_caught_as_one() -> None:
    """A caller needs one except clause for all that carrierbox raises on purpose."""
    classes = [c for c in vars(errors).values() if isinstance(c, type)]
    assert len(classes) >= 10
    assert [c for c in classes if not issubclass(c, CarrierboxError)] == []


@pytest.mark.parametrize(
    ("error", "parent"),
    [
        (StoreInUseError, StoreError),
        (PduError, RemoteProtocolError),
        (FramingError, RemoteProtocolError),
        (RemoteProtocolError, ProtocolError),
        (LocalProtocolError, ProtocolError),
    ],
)
def test_an_error_is_caught_as_its_kind(error: type, parent: type) -> None:
    """The tree in the module's docstring."""
    assert issubclass(error, parent)


def test_a_bug_of_ours_is_not_caught_as_the_peers_fault() -> None:
    """LocalProtocolError and RemoteProtocolError are told apart."""
    assert not issubclass(LocalProtocolError, RemoteProtocolError)


def test_a_configuration_error_names_the_field_and_the_problem() -> None:
    """Every field is validated with its path named."""
    error = ConfigurationError("accounts[2].password", "at most 8 octets")
    assert str(error) == "accounts[2].password: at most 8 octets"
    assert (error.path, error.problem) == ("accounts[2].password", "at most 8 octets")


def test_a_configuration_error_without_a_field_says_only_the_problem() -> None:
    """A file that is no YAML at all has no path to name."""
    assert str(ConfigurationError("", "not a mapping")) == "not a mapping"


def test_a_store_in_use_names_who_holds_it_and_the_remedy() -> None:
    """A store in use is refused with the pid that holds it."""
    error = StoreInUseError("carrier.db", 4711)
    assert str(error) == (
        "the store carrier.db is in use by process 4711: "
        "stop it, or choose another file with --store"
    )
    assert (error.location, error.holder_pid) == ("carrier.db", 4711)


def test_a_store_in_use_by_an_unknown_process_does_not_invent_a_pid() -> None:
    """The pid is 0 when it could not be read."""
    assert "in use by another process:" in str(StoreInUseError("carrier.db", 0))


def test_a_codec_error_names_the_position_where_it_is_known() -> None:
    """Position 0 is a position; -1 is none."""
    assert str(CodecError("no such character", 0)) == "no such character (at position 0)"
    assert str(CodecError("odd number of octets")) == "odd number of octets"


def test_a_pdu_error_carries_what_its_answer_needs() -> None:
    """SMPP 3.4 §5.1.3: the status goes back under the same sequence_number."""
    error = PduError("destination_addr too long", 0x0B, 0x04, 77)
    assert str(error) == "destination_addr too long"
    assert (error.command_status, error.command_id, error.sequence_number) == (0x0B, 0x04, 77)


def test_a_framing_error_answers_with_sequence_zero_where_no_header_could_be_read() -> None:
    """SMPP 3.4 §4.3.1: the generic_nack of an unreadable header carries no number of the peer."""
    assert FramingError("command_length 4 is below 16").sequence_number == 0
    assert FramingError("command_length 70000 is above 65536", 9).sequence_number == 9
