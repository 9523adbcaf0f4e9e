"""Who works as a navigator, for whom, where, and whether they may be given a case."""
