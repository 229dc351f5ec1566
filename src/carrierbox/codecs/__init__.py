"""Octets to values and back: alphabets, user data, time strings, receipt texts. Knows no state."""
