"""The GSM 7-bit default alphabet and its extension table (TS 23.038 §6.2.1, §6.2.1.1)."""

from typing import Final

ESCAPE: Final = 0x1B

# Position 0x1B is the escape to the extension table and stands for itself here. Position 0x09 is
# the capital cedilla: its small form is an old misreading of the glyph.
DEFAULT_ALPHABET: Final = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)

# The codes after an escape that have a character of their own. 0x0D is a control and 0x1B an
# escape to a further table, both reserved.
EXTENSION_TABLE: Final[dict[int, str]] = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
