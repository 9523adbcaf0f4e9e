"""Who came through each gate, by self-defined ethnicity, sex, age and suite."""
