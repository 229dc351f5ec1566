"""What SMPP clients do wrong, found in captures and on running links. Without I/O of its own.

    pcap -> packets -> flows -> conversations -> linter -> findings

Octets of a capture become packets, packets TCP segments, segments streams, streams PDUs; the linter
judges PDUs by `rule_tables` and keeps what it found. A running carrier enters at the linter.
"""
