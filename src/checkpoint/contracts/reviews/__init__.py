"""A contract is questioned, and somebody who does not work the case decides what becomes of it."""
