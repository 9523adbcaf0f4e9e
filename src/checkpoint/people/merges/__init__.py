"""Alcove of people: two records of one person become one, and can be parted again."""
