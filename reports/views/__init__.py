"""The pages and files of the monthly reports."""
