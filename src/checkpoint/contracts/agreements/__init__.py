"""What a contract's parties agree: terms, conditions and signatures."""
