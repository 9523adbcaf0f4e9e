"""Navigators: who they are, whose cases they work, and how a case goes from one to another."""
