"""Who was allocated to which arm: what was known of them before."""
