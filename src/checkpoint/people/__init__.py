"""The only room that knows a name."""
