"""Who reaches one case: by suite, caseload or broken glass; and which cases are restricted."""
