"""Figures and rows as files that spreadsheets open, and in which no cell is ever a formula."""
