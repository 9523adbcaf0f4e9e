"""What the tests of navigators share."""

from delivering import a_case, supervisor
from navigating import a_navigator

__all__ = ["a_case", "a_navigator", "supervisor"]
