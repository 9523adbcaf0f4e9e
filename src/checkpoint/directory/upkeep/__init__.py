"""Whether listings still hold: assured, stale, chased; places, and what other terms mean."""
