"""The reader of the setting `radio`: how the phones of a box are reached."""

from pathlib import Path
from typing import Annotated, Any, Final

from carrierbox.config_listeners import read_keys
from carrierbox.config_reading import told
from carrierbox.config_values import Problems, read_msisdn, read_text
from carrierbox.simulator.radio.settings import (
    EMBEDDED,
    IN_PROCESS,
    RadioSettings,
    radio_settings,
)

PHONES_MAX: Final = 10_000

RADIO_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {
            "type": "string",
            "examples": [IN_PROCESS, "mqtt://user:password@127.0.0.1:1883", EMBEDDED],
        },
        {
            "type": "object",
            "properties": {
                "url": {"type": "string", "examples": ["mqtts://broker.example:8883"]},
                "user_name": {"type": "string"},
                "password": {"type": "string"},
                "ca": {
                    "type": "string",
                    "description": "PEM; who signed the broker's certificate, or that itself",
                },
                "certificate": {"type": "string", "description": "PEM; what we show"},
                "key": {"type": "string", "description": "PEM; its key"},
                "phones": {
                    "type": "array",
                    "items": {"type": "string", "examples": ["+33612345678"]},
                    "maxItems": PHONES_MAX,
                    "description": "numbers that are reached over it before they ever came",
                },
            },
            "required": ["url"],
            "additionalProperties": False,
        },
    ],
    "default": IN_PROCESS,
}


def read_radio(value: object) -> RadioSettings | None:
    """`in_process` (None), the URL of a broker, or a mapping with `url` and more."""
    if isinstance(value, str):
        if value == IN_PROCESS:
            return None
        return _read_url(value)
    read = read_keys(
        value,
        "{url: mqtt://127.0.0.1:1883}",
        "url",
        {
            "url": _read_url,
            "user_name": read_text,
            "password": read_text,
            "ca": _read_file,
            "certificate": _read_file,
            "key": _read_file,
            "phones": _read_phones,
        },
    )
    settings: RadioSettings = read["url"]
    problems: list[tuple[str, str]] = []
    if settings.is_embedded:
        problems += [
            (key, "is for brokers outside: the embedded one is for this machine and asks nobody")
            for key in ("user_name", "password", "ca", "certificate", "key")
            if key in read
        ]
    elif not settings.is_tls:
        problems += [(key, "needs mqtts://") for key in ("ca", "certificate", "key") if key in read]
    if "key" in read and "certificate" not in read:
        problems.append(("key", "needs the certificate that it is the key of"))
    if problems:
        raise Problems(problems)
    settings.user_name = read.get("user_name", settings.user_name)
    settings.password = read.get("password", settings.password)
    settings.ca = read.get("ca")
    settings.certificate = read.get("certificate")
    settings.key = read.get("key")
    settings.phones = read.get("phones", ())
    return settings


def _read_url(value: object) -> RadioSettings:
    try:
        return radio_settings(read_text(value))
    except ValueError as error:
        raise ValueError(f"{error}; or {IN_PROCESS}") from None


def _read_file(value: object) -> Path:
    text = read_text(value)
    if not text or "\0" in text:
        raise ValueError("must be a file")
    return Path(text)


def _read_phones(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > PHONES_MAX:
        raise ValueError(f"must be a list of at most {PHONES_MAX:,} numbers")
    return tuple(read_msisdn(each) for each in value)


Radio = Annotated[
    RadioSettings | None,
    told("how phones are reached: in this process, or over a broker", read_radio, RADIO_SCHEMA),
]
