"""The participant flow: from arrest to analysis, every number made of those that leave it."""
