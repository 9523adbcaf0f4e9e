"""Who was harmed, what they say to it, and what they have to be told by when."""
