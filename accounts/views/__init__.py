"""Pages about signing in and about accounts, and the page staff start from."""
