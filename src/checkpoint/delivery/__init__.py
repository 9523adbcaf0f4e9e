"""Delivered: what each case was really given, and how it was disposed of."""
