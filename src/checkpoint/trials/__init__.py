"""Since when the programme runs where, and the trials that judge it: protocols by version."""
