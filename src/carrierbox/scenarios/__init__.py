"""Scenarios: stories in YAML that a carrier lives through, and what must come of them."""
