"""The table of information elements."""

from carrierbox.codecs.information_element_tables import (
    CLASS_EMS_CONTENT,
    CLASS_RESERVED,
    information_element_kind,
)


def test_every_identifier_stands_at_its_place() -> None:
    """TS 23.040 §9.2.3.24: 256 rows, ends of the ranges included."""
    names = {
        0x00: "concatenated short messages, 8-bit reference",
        0x08: "concatenated short messages, 16-bit reference",
        0x1A: "extended object data request command",
        0x1B: "reserved for EMS",
        0x25: "national language locking shift",
        0x26: "reserved for future use",
        0x70: "(U)SIM toolkit security header",
        0x80: "SME to SME specific use",
        0xA0: "reserved for future use",
        0xC0: "SC specific use",
        0xDF: "SC specific use",
        0xFF: "reserved for future use",
    }
    assert {iei: information_element_kind(iei).name for iei in names} == names


def test_the_classes_and_what_may_repeat_are_the_specifications() -> None:
    """TS 23.040 §9.2.3.24."""
    kinds = [information_element_kind(iei) for iei in range(256)]
    once = [iei for iei, kind in enumerate(kinds) if not kind.repeatable]
    assert once == [0, 4, 5, 6, 8, 0x16, 0x1A, 0x20, 0x22, 0x23, 0x24, 0x25]
    content = [iei for iei, kind in enumerate(kinds) if kind.kind_class == CLASS_EMS_CONTENT]
    assert content == [0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x14, 0x18, 0x19]
    assert sum(kind.kind_class == CLASS_RESERVED for kind in kinds) == 2 + 5 + 74 + 32 + 32
    assert all(kind.data_octets_min <= kind.data_octets_max for kind in kinds)
