"""The limits of a session."""

from carrierbox.smpp.settings import SessionSettings


def test_a_message_payload_of_any_length_fits_by_default() -> None:
    """T03: 65,535 octets of message_payload, and inactivity is off."""
    settings = SessionSettings()
    assert settings.pdu_max_octets >= 16 + 348 + 4 + 65_535
    assert settings.inactivity_timeout_s == 0
