"""Which offers fit a case, which were shown, and where there was none."""
