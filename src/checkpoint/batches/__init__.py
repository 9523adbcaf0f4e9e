"""What was entered without signal, sent in one go and answered thing by thing."""
