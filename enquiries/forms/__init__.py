"""What staff and residents type about visits, enquiries and referrals."""
