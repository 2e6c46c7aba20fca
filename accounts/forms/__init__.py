"""What staff type to sign in, and about their own and others' accounts."""
