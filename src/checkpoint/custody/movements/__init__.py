"""Alcove of custody: how people come and go after they were booked in."""
