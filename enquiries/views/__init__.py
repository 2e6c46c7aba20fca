"""Pages about visits, enquiries and referrals."""
