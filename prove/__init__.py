"""Proof under fault: real web servers, real databases, real kills; README.md says how to run and read it."""
