"""To how many it happened within each horizon, and how arms compare; in subgroups too."""
