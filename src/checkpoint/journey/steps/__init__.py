"""Where the work of a case stands for its reader, and the steps that lead on through it."""
