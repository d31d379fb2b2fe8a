"""`python -m server` is the `madang` command."""

from server.cli import main

main()
