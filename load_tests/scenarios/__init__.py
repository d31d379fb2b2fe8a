"""Every scenario by its name, in the order in which they are run."""

from load_tests.scenario import Scenario
from load_tests.scenarios import audience, capacity, dense, flooders, plaza, record, slow_readers

SCENARIOS: dict[str, Scenario] = {
    module.SCENARIO.name: module.SCENARIO
    for module in (plaza, audience, dense, slow_readers, flooders, record, capacity)
}
