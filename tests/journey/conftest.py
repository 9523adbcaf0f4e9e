"""What the tests of the journey share."""

from contracting import a_bench
from delivering import a_case, supervisor
from keptmatters import agreeing
from meeting import worked
from navigating import a_navigator

__all__ = ["a_bench", "a_case", "a_navigator", "agreeing", "supervisor", "worked"]
