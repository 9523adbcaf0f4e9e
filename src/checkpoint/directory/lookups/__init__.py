"""Offers looked up: by what is sought, ranked, and with the reason for each rank."""
