"""Django's SQLite database, watching that the file it writes to is the one that others will read."""
