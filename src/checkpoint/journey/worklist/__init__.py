"""What is due from whoever asks: derived each time from every room, and never stored."""
