"""The locks: who may do what."""
