"""What the tests of referrals share."""

from referring import a_desk

__all__ = ["a_desk"]
