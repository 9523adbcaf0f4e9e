"""What came of referrals, by pathway and provider, and where offers are missing."""
