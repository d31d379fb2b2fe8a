"""Capacity: as many as hold in the plaza at 10 Hz, beside Colyseus with its StateView.

A count is held when nobody is lost, the worst percent of the clients gets at least 9.5 frames a second, 99 of
100 poses of near citizens are seen within 160 ms, and nobody is shown where they never were. The same is asked
of the peers.
"""

from dataclasses import replace

from load_tests.promises import DRIVER_IN_TIME, NOBODY_LOST, TRUE, move_to_seen
from load_tests.scenario import Climb, Promise, Scenario, seen
from load_tests.scenarios.plaza import CROWD

BYTES_PER_CLIENT = 44_000
"""Nothing is promised of bytes here, and the peers have no budget: what near ones at the full rate need at 6,000."""

SCENARIO = Scenario(
    name="capacity",
    told="as many as hold in the same plaza at 10 Hz",
    crowd=replace(CROWD, settle=15),
    settings={"crowd.bytes_per_client": BYTES_PER_CLIENT},
    climb=Climb(
        counts=(3_000, 4_500, 6_000, 7_000, 8_000),
        holds=(
            NOBODY_LOST,
            Promise("frames a second, the worst percent", "at least", 9.5, "/s", seen("frames_per_s", "p1")),
            move_to_seen(160),
            TRUE,
            DRIVER_IN_TIME,
        ),
        at_least=6_000,
        peer="colyseus-view",
        times_peer=4,
    ),
)
