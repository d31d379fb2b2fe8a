"""What more than one folder of tests uses: fixtures, how Hypothesis looks, and a short search for garbage."""

import gc

from hypothesis import HealthCheck, settings

# A busy machine is slow, and that is no fault; what held once holds in the next run: `make fuzz` is what searches.
settings.register_profile(
    "anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("anywhere")

pytest_plugins = ["tests.support.journals"]


def pytest_collection_finish() -> None:
    """Thousands of tests and all that they import stay to the end: a search among them is a quarter of a second."""
    gc.collect()
    gc.freeze()
