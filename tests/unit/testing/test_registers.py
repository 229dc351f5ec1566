"""`carrier.registers`: what a test looks at and changes."""

import pytest

from carrierbox.errors import CarrierboxError
from carrierbox.testing.carrier import Carrier

PHONE = "+33612345678"


def test_consents_and_senders_are_set_and_seen() -> None:
    """They outlive a restart as with any carrier."""
    with Carrier() as carrier:
        registers = carrier.registers
        assert registers.sender("36123", "FR") is None
        made = registers.register("36123", "FR", brand="ACME", registration="approved")
        assert made is not None
        assert (made.brand, made.registration) == ("ACME", "approved")
        changed = registers.set_registration("36123", "FR", registration="refused")
        assert changed is not None
        assert (changed.brand, changed.registration) == ("ACME", "refused")
        assert registers.record("36123", PHONE).state == "opted_in"
        carrier.restart()
        assert registers.consent("36123", PHONE).source == "api"
        assert registers.sender("36123", "FR") == changed


def test_what_cannot_be_is_a_value_error() -> None:
    """With the field."""
    with Carrier() as carrier:
        for fields in ({"colour": "red"}, {"registration": "maybe"}):
            with pytest.raises(ValueError, match=r"colour|registration"):
                carrier.registers.register("36123", **fields)
        with pytest.raises(ValueError, match="recipient"):
            carrier.registers.consent("36123", "me")
        with pytest.raises(ValueError, match="state"):
            carrier.registers.record("36123", PHONE, "maybe")


def test_what_the_carrier_refuses_is_told() -> None:
    """A register that is full, for instance."""
    with Carrier() as carrier:
        carrier._look(lambda engine: setattr(engine.box.registers.consents, "pairs_max", 0))
        with pytest.raises(CarrierboxError, match="full"):
            carrier.registers.record("36123", PHONE)
