"""Knows PostgreSQL and HTTP; has never heard of an offender."""
