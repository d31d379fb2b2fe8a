"""Every scenario by its name, in the order in which they are run."""

from load_tests.scenario import Scenario
from load_tests.scenarios import (
    audience,
    capacity,
    dense,
    flooders,
    halls,
    handshake_flood,
    petition_storm,
    plaza,
    question_time,
    raid,
    reconnect_storm,
    record,
    restart,
    slow_readers,
)

SCENARIOS: dict[str, Scenario] = {
    module.SCENARIO.name: module.SCENARIO
    for module in (
        plaza, audience, halls, dense, slow_readers, flooders, handshake_flood, raid, question_time, reconnect_storm,
        petition_storm, restart, record, capacity,
    )
}  # fmt: skip
