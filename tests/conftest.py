"""What more than one folder of tests uses: fixtures, and a search for garbage that passes by what stays."""

import gc

pytest_plugins = ["tests.support.journals"]


def pytest_collection_finish() -> None:
    """Thousands of tests and all that they import stay to the end: a search among them is a quarter of a second."""
    gc.collect()
    gc.freeze()
