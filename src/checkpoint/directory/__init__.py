"""The service offer: what people can be referred into, as Open Referral UK tells it."""
