"""A navigator's appointments as a calendar, at a secret address and without a name in it."""
