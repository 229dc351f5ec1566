"""The texts on a phone. `test_handset.py` and `test_outbox.py` have them in use."""

import pytest

from carrierbox.identifiers import Address
from carrierbox.simulator.phone_texts import shown_address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (Address(1, 1, "33612345678"), "+33612345678"),
        (Address(0, 1, "38100"), "38100"),
        (Address(5, 0, "ACME"), "ACME"),
        (Address(1, 1, "ACME"), "ACME"),
        (Address(0, 0, ""), ""),
    ],
)
def test_an_address_is_shown_as_phones_show_it(address: Address, shown: str) -> None:
    """With a plus sign where it is international."""
    assert shown_address(address) == shown
