"""The settings of what phones hold and what they answer by themselves."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from carrierbox import config_values as values
from carrierbox.config_reading import told
from carrierbox.config_responders import (
    ResponderDefinition,
    read_responders,
    responders_schema,
)
from carrierbox.simulator.handset_memory import PHONE_PLACES_MAX, SIM_PLACES_MAX, HandsetMemory

PHONE_PLACES_DEFAULT: Final = 200
SIM_PLACES_DEFAULT: Final = 20
REFUSE: Final = "refuse"
FORGET: Final = "forget"


def _read_when_full(value: object) -> bool:
    if value not in (REFUSE, FORGET):
        raise ValueError(f"must be {REFUSE} or {FORGET}")
    return value == REFUSE


_READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "phone": values.reader_of_integer(0, PHONE_PLACES_MAX),
    "sim": values.reader_of_integer(0, SIM_PLACES_MAX),
    "when_full": _read_when_full,
}
_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "null"},
        {
            "type": "object",
            "properties": {
                "phone": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": PHONE_PLACES_MAX,
                    "default": PHONE_PLACES_DEFAULT,
                },
                "sim": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": SIM_PLACES_MAX,
                    "default": SIM_PLACES_DEFAULT,
                },
                "when_full": {"enum": [REFUSE, FORGET], "default": REFUSE},
            },
            "additionalProperties": False,
        },
    ]
}


@values.accepts_null
def read_memory(value: object) -> HandsetMemory | None:
    """`{phone: 10, sim: 5}`; null: it keeps its newest texts. Raises Problems with their keys."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a mapping such as {{phone: 10}}, not {values.kind_of(value)}")
    read: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for key, said in value.items():
        try:
            if key not in _READERS:
                raise ValueError(f"unknown key; known here: {', '.join(_READERS)}")
            read[key] = _READERS[key](said)
        except ValueError as error:
            problems.append((str(key), str(error)))
    if problems:
        raise values.Problems(problems)
    return HandsetMemory(
        read.get("phone", PHONE_PLACES_DEFAULT),
        read.get("sim", SIM_PLACES_DEFAULT),
        read.get("when_full", True),
    )


PhoneMemory = Annotated[
    HandsetMemory | None,
    told("how many short messages phone and SIM hold; null: the newest stay", read_memory, _SCHEMA),
]
Responders = Annotated[
    tuple[ResponderDefinition, ...],
    told("what is answered by itself", read_responders, responders_schema()),
]
