"""Journals: where a city's events are kept, in SQLite or in PostgreSQL."""
