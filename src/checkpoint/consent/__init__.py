"""Room of consent: what somebody was told, what they agreed to, and what they took back."""
