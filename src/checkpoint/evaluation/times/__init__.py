"""How long it took until something happened: curves, tests, hazard ratios."""
