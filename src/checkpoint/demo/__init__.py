"""A made-up week of the suites, played through the front door; for trying and for showing."""
