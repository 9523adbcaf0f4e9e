"""The ledger: who did or saw what, and when."""
