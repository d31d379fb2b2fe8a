"""The record: as many as hold at 5 Hz in one district of 300 x 300 m."""

from load_tests.crowd import Crowd
from load_tests.promises import DRIVER_IN_TIME, NOBODY_LOST, TRUE, move_to_seen
from load_tests.scenario import Climb, Promise, Scenario, seen

SCENARIO = Scenario(
    name="record",
    told="as many as hold at 5 Hz in one district of 300 x 300 m",
    crowd=Crowd("field", 9_000, area=(1, 1, 299, 299), pose_hz=5, settle=25),
    settings={"crowd.tick_hz": 5, "crowd.district_capacity": 0},
    climb=Climb(
        counts=(9_000, 10_000),
        holds=(
            NOBODY_LOST,
            Promise("frames a second, the worst percent", "at least", 4.75, "/s", seen("frames_per_s", "p1")),
            move_to_seen(500),
            TRUE,
            DRIVER_IN_TIME,
        ),
        at_least=9_000,
    ),
)
