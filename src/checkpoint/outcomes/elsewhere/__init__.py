"""Programmes that ran elsewhere, brought in whole: who took part, and what came of them."""
