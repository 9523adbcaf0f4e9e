"""What the tests of delivery share."""

from delivering import a_case, supervisor

__all__ = ["a_case", "supervisor"]
