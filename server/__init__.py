"""The building: all input, output and asyncio of a node."""
