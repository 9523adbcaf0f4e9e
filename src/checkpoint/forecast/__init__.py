"""What the officer thinks of the risk, and then what a forecasting tool says; both are kept."""
