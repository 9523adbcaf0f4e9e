"""The critical-pathway needs assessment: what somebody needs, and how far they have come."""
