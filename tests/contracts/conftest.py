"""What the tests of contracts share."""

from contracting import a_bench
from delivering import a_case

__all__ = ["a_bench", "a_case"]
