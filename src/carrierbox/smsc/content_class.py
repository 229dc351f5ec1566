"""What a message is about, as who submitted it says: in a TLV, or once for the whole account."""

from typing import Final

from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.tlv import tlv_octets

TAG_CONTENT_CLASS: Final = 0x1480
"""A vendor's tag (SMPP 3.4 §5.3.2): the name of a class in ASCII, a NUL at its end or none."""
CLASS_OCTETS_MAX: Final = 32


def content_class_of(submit: SubmitSm) -> str:
    """The class that a submit_sm names in its TLV, in small letters; empty if it names none."""
    octets = tlv_octets(submit.tlvs, TAG_CONTENT_CLASS)
    if octets is None:
        return ""
    return octets[:CLASS_OCTETS_MAX].rstrip(b"\0").decode("ascii", "replace").strip().lower()
