"""Data cuts: who was allocated and what came of them, as known at one moment, kept for ever."""
