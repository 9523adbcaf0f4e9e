"""Alcove of custody: how long a person may be held, and when that is reviewed."""
