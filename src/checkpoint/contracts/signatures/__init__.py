"""The three signatures under terms, and what the third one does."""
