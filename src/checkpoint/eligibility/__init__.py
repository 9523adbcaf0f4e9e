"""May this case be offered the programme? Answered criterion by criterion."""
