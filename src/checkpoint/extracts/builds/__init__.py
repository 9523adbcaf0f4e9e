"""A package is made: read as the evaluators' role, written, and entered into the register."""
