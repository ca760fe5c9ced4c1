"""What the site measures of itself: counted in each process, told every few seconds, shown in the office and at `/metrics`."""
