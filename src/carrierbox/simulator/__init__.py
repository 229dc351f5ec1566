"""The network behind the message centre: register, serving centre, phones and carriers' rules.

No I/O happens in this room and it reads no clock. It meets the centre in `carrierbox.relay` alone.
"""
