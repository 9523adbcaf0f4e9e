"""Files for evaluators that nobody can be found in: which columns, and who received them."""
