"""Results as pictures, for print and for whoever has them read aloud."""
