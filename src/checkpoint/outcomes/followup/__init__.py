"""Follow-up: what became of everybody who was allocated, in batches that know no arm."""
