"""The HTTP API: JSON and an event stream; it enters the centre by the same door as SMPP.

Importing it imports Litestar, which takes a while: serve first, import then.
"""

from carrierbox.api.app import make_api
from carrierbox.api.server import ApiServer

__all__ = ["ApiServer", "make_api"]
