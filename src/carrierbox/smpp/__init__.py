"""SMPP 3.4 without I/O, the same for the message centre and for the application.

Octets and `now` go in, events, octets and the next deadline come out. `session.Session` is the
door; `pdus` are the values that pass through it.
"""
