"""django-appointment as its own guide sets it up, for `python -m bench bookings --beside`."""
