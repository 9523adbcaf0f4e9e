"""Alcove of custody: when a suite is open."""
