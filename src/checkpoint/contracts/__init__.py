"""The contract to engage: agreed, signed, kept, suspended, varied, and how it ends."""
