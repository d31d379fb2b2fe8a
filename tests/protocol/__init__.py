"""The language, tested."""
