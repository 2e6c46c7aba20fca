"""Measurements of the portal against its aims; README.md says how to run and read them."""
