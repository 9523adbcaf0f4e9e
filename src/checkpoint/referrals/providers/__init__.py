"""The provider's side: their own referrals, and what they answer."""
