"""What the tests of contracts share."""

from contracting import a_bench

__all__ = ["a_bench"]
