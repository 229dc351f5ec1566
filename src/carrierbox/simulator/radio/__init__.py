"""The radio over an MQTT broker: phones that are processes of their own, ours or somebody else's.

The contract is docs/radio.md. Only `mqtt` and `embedded` do I/O; they are imported where a broker
is asked for, because their libraries come with the extra `mqtt`.
"""
