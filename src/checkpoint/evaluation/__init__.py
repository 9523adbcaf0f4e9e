"""Estimates, participant flow and pictures for evaluators, all from data cuts. Writes nothing."""
