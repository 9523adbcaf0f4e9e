"""The arrest as the suite sees it: suite, detention, offences, screening facts."""
