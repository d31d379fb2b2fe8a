"""Real ends and small cities that tests use."""
