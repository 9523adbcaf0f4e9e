"""The directory for anybody: read-only, as Open Referral UK 3.0, in an application of its own."""
