"""What a TP-DCS says beside the alphabet (TS 23.038 §4), for displays."""

from typing import Final

from carrierbox.codecs.data_coding import (
    ALPHABET_GSM7,
    ALPHABET_OCTETS,
    ALPHABET_UCS2,
    alphabet_of_tp_dcs,
)

CLASS_FLASH: Final = 0
CLASS_MOBILE_EQUIPMENT: Final = 1
CLASS_SIM: Final = 2
CLASS_TERMINAL_EQUIPMENT: Final = 3

INDICATION_VOICE: Final = 0
INDICATION_FAX: Final = 1
INDICATION_EMAIL: Final = 2
INDICATION_OTHER: Final = 3

CLASS_NAMES: Final = (
    "class 0 (flash)",
    "class 1 (kept by the phone)",
    "class 2 (kept on the SIM)",
    "class 3 (for terminal equipment)",
)
INDICATION_NAMES: Final = ("voicemail", "fax", "e-mail", "other message")

_ALPHABET_NAMES: Final = {
    ALPHABET_GSM7: "GSM 7-bit",
    ALPHABET_OCTETS: "octets",
    ALPHABET_UCS2: "UCS-2",
}


class MessageWaiting:
    """A message waiting indication: sets or clears the sign of one kind of message.

    `stored` says whether the text is kept once the sign is shown.
    """

    def __init__(self, stored: bool, active: bool, indication: int) -> None:
        self.stored = stored
        self.active = active
        self.indication = indication

    def __repr__(self) -> str:
        return f"MessageWaiting({self.stored}, {self.active}, {self.indication})"

    def words(self) -> str:
        """As in `voicemail waiting, text discarded`."""
        sign = "waiting" if self.active else "no longer waiting"
        kept = "stored" if self.stored else "discarded"
        return f"{INDICATION_NAMES[self.indication]} {sign}, text {kept}"


class DataCodingScheme:
    """A TP-DCS taken apart; `message_class` and `message_waiting` are None where it has none.

    `alphabet` is the one text is read by: octets where it is `compressed` (TS 23.042). `reserved`
    says that the coding is one of those to be read as the default alphabet.
    """

    def __init__(
        self,
        tp_dcs: int,
        alphabet: int,
        message_class: int | None,
        compressed: bool,
        automatic_deletion: bool,
        message_waiting: MessageWaiting | None,
        reserved: bool,
    ) -> None:
        self.tp_dcs = tp_dcs
        self.alphabet = alphabet
        self.message_class = message_class
        self.compressed = compressed
        self.automatic_deletion = automatic_deletion
        self.message_waiting = message_waiting
        self.reserved = reserved

    def is_flash(self) -> bool:
        """Whether the text is shown at once and need not be kept (class 0)."""
        return self.message_class == CLASS_FLASH

    def words(self) -> str:
        """As in `UCS-2, class 0 (flash), deleted after reading`."""
        words = [_ALPHABET_NAMES[self.alphabet]]
        if self.compressed:
            words.append("compressed")
        if self.message_class is not None:
            words.append(CLASS_NAMES[self.message_class])
        if self.message_waiting is not None:
            words.append(self.message_waiting.words())
        if self.automatic_deletion:
            words.append("deleted after reading")
        if self.reserved:
            words.append("reserved coding")
        return ", ".join(words)


def describe_data_coding(tp_dcs: int) -> DataCodingScheme:
    """What a TP-DCS (0 to 255) says. For an SMPP data_coding ask `tp_dcs_of` first."""
    group = tp_dcs >> 4
    message_class: int | None = None
    waiting: MessageWaiting | None = None
    compressed = automatic_deletion = reserved = False
    if group < 0x8:
        compressed = bool(tp_dcs & 0x20)
        automatic_deletion = bool(tp_dcs & 0x40)
        message_class = tp_dcs & 0x03 if tp_dcs & 0x10 else None
        reserved = tp_dcs & 0x0C == 0x0C
    elif group < 0xC:
        reserved = True
    elif group < 0xF:
        waiting = MessageWaiting(group != 0xC, bool(tp_dcs & 0x08), tp_dcs & 0x03)
    else:
        message_class = tp_dcs & 0x03
    return DataCodingScheme(
        tp_dcs,
        alphabet_of_tp_dcs(tp_dcs),
        message_class,
        compressed,
        automatic_deletion,
        waiting,
        reserved,
    )
