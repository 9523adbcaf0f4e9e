"""People's own answers beside the rules: a supervisor's determination, and overrides by two."""
