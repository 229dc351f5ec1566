"""What carriers accept: their rules, what these ask of a message, and the state that they keep."""
