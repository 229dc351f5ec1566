"""The form in which phones get what clients submit."""

import pytest

from carrierbox.codecs.default_coding import DEFAULT_CODING_NAMES
from carrierbox.codecs.phone_form import form_for_phones

LATIN1 = DEFAULT_CODING_NAMES.index("latin1")


@pytest.mark.parametrize(
    ("data_coding", "octets", "default_coding", "tp_dcs", "user_data"),
    [
        (0, b"Hi", 0, 0, b"Hi"),
        (8, b"\0H", 0, 8, b"\0H"),
        (4, b"\x01\x02", 0, 4, b"\x01\x02"),
        (3, b"H\xe9", 0, 0, b"H\x05"),
        (0, b"H\xe9", LATIN1, 0, b"H\x05"),
        (3, b"H\xea", 0, 8, b"\0H\0\xea"),
    ],
)
def test_what_phones_know_passes_and_the_rest_is_coded_anew(
    data_coding: int, octets: bytes, default_coding: int, tp_dcs: int, user_data: bytes
) -> None:
    """T32: data_coding 0 is what account and carrier agreed on."""
    form = form_for_phones(data_coding, b"", octets, default_coding, ())
    assert (form.data_coding, form.header, form.user_data) == (tp_dcs, b"", user_data)


def test_a_national_table_is_used_where_it_is_allowed_or_was_settled() -> None:
    """TS 23.038 §6.2.1.2.4: Portuguese has both letters in its tables."""
    octets = "Âê".encode("latin-1") * 40
    allowed = form_for_phones(3, b"", octets, 0, (3,))
    assert allowed.data_coding == 0
    assert allowed.header
    settled = form_for_phones(3, b"", octets, 0, (), locking_shift=3, single_shift=3)
    assert settled.data_coding == 0
    assert form_for_phones(3, b"", octets, 0, ()).data_coding == 8


def test_a_part_that_does_not_fit_loses_its_accents() -> None:
    """Its client cut it, so it cannot become two."""
    header = bytes.fromhex("0500030a0201")
    octets = "ê".encode("latin-1") * 100
    form = form_for_phones(3, header, octets, 0, (), header_octets=6)
    assert (form.data_coding, form.header, form.user_data) == (0, header, b"e" * 100)
