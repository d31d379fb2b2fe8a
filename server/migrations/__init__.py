"""Migrations: how the journal's tables came to be what they are, one step after the other."""
