"""When people meet their navigator, whether they came, how they were reached, and warnings."""
