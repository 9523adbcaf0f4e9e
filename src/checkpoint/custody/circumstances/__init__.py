"""Alcove of custody: who has to stand beside the person, who else is accused, why nobody screened."""
