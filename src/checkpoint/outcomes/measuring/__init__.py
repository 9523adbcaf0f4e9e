"""What is measured of a case beside reoffending: satisfaction, wellbeing, cost."""
