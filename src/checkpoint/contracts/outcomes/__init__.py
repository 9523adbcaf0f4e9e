"""What comes of a contract: each offence's outcome, what victims are told, and what they object to."""
