"""Copies of the whole database: made while the portal runs, checked when written, and put back in one step.

`manage.py backup` and `manage.py restore` are the way in; docs/operations.md says when and where to.
"""
