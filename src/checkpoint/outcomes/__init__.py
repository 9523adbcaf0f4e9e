"""What happened afterwards, by definitions fixed in advance; and what was known of it when."""
