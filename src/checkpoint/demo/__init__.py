"""Made-up months of suites and navigators, played through the front door; for trying and showing."""
