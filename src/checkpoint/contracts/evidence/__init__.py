"""What is on record of each condition of a contract, and what that comes to."""
