"""Migrations: how the journal's tables came to be what they are, one step after the other."""

NEWEST = "0002"
"""The last of them, told here so that a start on tables that are up to date need not look for it."""
