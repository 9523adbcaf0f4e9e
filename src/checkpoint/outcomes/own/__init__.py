"""A trial that runs here, read for its data cuts: who was allocated, and what came of them."""
