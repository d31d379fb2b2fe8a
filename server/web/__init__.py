"""What the city shows over HTTP: its page, its card as JSON, health and metrics."""
