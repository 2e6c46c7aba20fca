"""H0: the least that Django can do, the yardstick for our own pages."""
