"""The HTTP API: JSON, an event stream; it enters the centre by the same door as SMPP."""
