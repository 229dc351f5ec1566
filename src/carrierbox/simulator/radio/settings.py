"""Where the broker is and how it is spoken to, read from a URL."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from carrierbox.simulator.radio.topics import phone_topic

IN_PROCESS: Final = "in_process"
EMBEDDED: Final = "mqtt+embedded"
PLAIN_PORT: Final = 1883
TLS_PORT: Final = 8883
SCHEMES: Final = ("mqtt", "mqtts", EMBEDDED)

INSTALL: Final = "pip install 'carrierbox[mqtt]'"


class RadioSettings:
    """A broker. `is_embedded`: the carrier brings it along, on a free port for `port` 0.

    With `is_tls` its certificate must be signed by `ca`, None: a public one; `certificate` and
    `key` are what is shown to it. `phones` are numbers that are remote before they came.
    """

    def __init__(
        self,
        host: str,
        port: int,
        is_tls: bool = False,
        is_embedded: bool = False,
        user_name: str | None = None,
        password: str | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.is_tls = is_tls
        self.is_embedded = is_embedded
        self.user_name = user_name
        self.password = password
        self.ca: Path | None = None
        self.certificate: Path | None = None
        self.key: Path | None = None
        self.phones: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """HOST:PORT, as it may be told to everybody."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def radio_settings(url: str) -> RadioSettings:
    """The broker of `mqtt://user:password@host:1883`, `mqtts://…` or `mqtt+embedded`.

    ValueError, without the password, for anything else.
    """
    if url == EMBEDDED:
        return RadioSettings("127.0.0.1", 0, is_embedded=True)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(
            "must be mqtt://HOST:PORT with a port of 1 to 65535, mqtts://… or mqtt+embedded"
        ) from None
    if parts.scheme not in SCHEMES or not host:
        raise ValueError("must be mqtt://HOST:PORT, mqtts://HOST:PORT or mqtt+embedded")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("ends after the port: what the topics are is fixed")
    if parts.scheme == EMBEDDED:
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("the embedded broker is for this machine: give it 127.0.0.1")
        if parts.username is not None:
            raise ValueError("the embedded broker knows no passwords: leave user and password out")
        return RadioSettings(host, port or 0, is_embedded=True)
    is_tls = parts.scheme == "mqtts"
    return RadioSettings(
        host,
        port or (TLS_PORT if is_tls else PLAIN_PORT),
        is_tls,
        False,
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
    )


def checked_box(box: str) -> str:
    """The same name, or ValueError if it cannot be that of a box."""
    phone_topic(box, "0", "mt")
    return box
