"""A case is offered to another navigator, for good or for a while, and taken or not."""
