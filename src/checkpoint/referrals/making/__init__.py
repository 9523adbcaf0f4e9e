"""Somebody is referred: what for, whether a place is free, and what the provider is told."""
