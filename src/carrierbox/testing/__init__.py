"""For tests: an in-process carrier, a pytest plugin and stores that misbehave on request."""
