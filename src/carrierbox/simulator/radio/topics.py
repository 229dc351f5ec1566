"""The names of the topics on which carrier and phones meet, built and taken apart.

`carrierbox/v1/BOX/phone/MSISDN/KIND`, the MSISDN with its plus sign left out, and
`carrierbox/v1/BOX/centre/presence` of the carrier itself.
"""

import re
from typing import Final

from carrierbox.identifiers import MSISDN_DIGITS_MAX

ROOT: Final = "carrierbox/v1"

PRESENCE: Final = "presence"
MT: Final = "mt"
MT_ACK: Final = "mt/ack"
MO: Final = "mo"
MO_ACK: Final = "mo/ack"
KINDS: Final = (PRESENCE, MT, MT_ACK, MO, MO_ACK)

FROM_PHONES: Final = (PRESENCE, MT_ACK, MO)
"""What phones publish; the carrier publishes the others."""

_BOX: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
_MSISDN: Final = re.compile(rf"[0-9]{{1,{MSISDN_DIGITS_MAX}}}")
_TOPIC_CHARACTERS_MAX: Final = 128


class PhoneTopic:
    """A topic of one phone, taken apart."""

    def __init__(self, box: str, msisdn: str, kind: str) -> None:
        self.box = box
        self.msisdn = msisdn
        self.kind = kind


def phone_topic(box: str, msisdn: str, kind: str) -> str:
    """The topic of one phone; ValueError for what has no place in one, such as wild cards."""
    if kind not in KINDS:
        raise ValueError(f"a topic of a phone ends in one of {', '.join(KINDS)}, not {kind!r}")
    if not _MSISDN.fullmatch(msisdn):
        raise ValueError(f"a topic has the digits of a number, not {msisdn!r}")
    return f"{ROOT}/{_checked_box(box)}/phone/{msisdn}/{kind}"


def centre_topic(box: str) -> str:
    """Where the carrier says whether it is there; ValueError as in `phone_topic`."""
    return f"{ROOT}/{_checked_box(box)}/centre/{PRESENCE}"


def topics_of_all_phones(box: str, kind: str) -> str:
    """The filter for this kind of topic of every phone of a box; ValueError as in `phone_topic`."""
    if kind not in KINDS:
        raise ValueError(f"a topic of a phone ends in one of {', '.join(KINDS)}, not {kind!r}")
    return f"{ROOT}/{_checked_box(box)}/phone/+/{kind}"


def parse_phone_topic(topic: str) -> PhoneTopic | None:
    """The phone and the kind; None for any other topic, a filter with wild cards among them."""
    if len(topic) > _TOPIC_CHARACTERS_MAX or not topic.startswith(ROOT + "/"):
        return None
    words = topic[len(ROOT) + 1 :].split("/", 3)
    if len(words) != 4 or words[1] != "phone":
        return None
    box, _, msisdn, kind = words
    if not _BOX.fullmatch(box) or not _MSISDN.fullmatch(msisdn) or kind not in KINDS:
        return None
    return PhoneTopic(box, msisdn, kind)


def _checked_box(box: str) -> str:
    if not _BOX.fullmatch(box):
        raise ValueError(
            "the name of a box has at most 32 small letters, digits and hyphens, a letter first, "
            f"not {box!r}"
        )
    return box
