"""Tells the story of a case and opens the ledger to auditors; writes nothing but readings."""
