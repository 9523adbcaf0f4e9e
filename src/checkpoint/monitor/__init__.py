"""What the trial manager sees of a trial, never an arm by case; and how a trial is unblinded."""
