"""What the tests of the journey share."""

from delivering import a_case, supervisor
from navigating import a_navigator

__all__ = ["a_case", "a_navigator", "supervisor"]
