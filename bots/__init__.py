"""Citizens: clients of the city, which know its language and nothing else of it."""
