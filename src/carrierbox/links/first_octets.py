"""What a peer speaks that does not speak SMPP, told from its first octets.

No SMPP connection begins so: read as a command_length these are hundreds of megaoctets.
"""

from typing import Final

from carrierbox.links.proxy_protocol import SIGNATURE, VERSION_1

_TLS_HANDSHAKE: Final = b"\x16\x03"
_TLS_ALERT: Final = b"\x15\x03"
_GREETINGS: Final = (b"HTTP/", b"SSH-", b"220 ")
_HTTP_METHODS: Final = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ")


def other_protocol(octets: bytes) -> str:
    """What it is and what helps; "" if it may be SMPP."""
    if octets.startswith(_TLS_HANDSHAKE):
        return "the client began TLS; this listener has no `tls`"
    if octets.startswith((SIGNATURE[:4], VERSION_1)):
        return "a proxy sent a PROXY protocol header; this listener has no `proxy`"
    if octets.startswith(_HTTP_METHODS):
        return "the client speaks HTTP"
    if octets.startswith(_TLS_ALERT):
        return "what was called wants TLS; its `outbind` has no `tls`"
    if octets.startswith(_GREETINGS):
        return "what was called is no ESME"
    return ""
