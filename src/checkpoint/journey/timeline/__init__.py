"""One case's whole story, out of every room, as its reader may hear it."""
