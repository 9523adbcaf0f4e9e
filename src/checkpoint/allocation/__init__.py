"""Treatment or control: sealed sequences, and the draws made from them."""
