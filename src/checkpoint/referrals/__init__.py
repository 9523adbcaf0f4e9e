"""Whom the case's person is referred to, what came of it, and what there was nobody for."""
