"""Dense: 356 in 30 x 30 m, poses and frames at 20 Hz; as many as ever stood in so little room in a game's plaza."""

from load_tests.crowd import Crowd
from load_tests.promises import DRIVER_IN_TIME, NOBODY_LOST, TRUE, bytes_per_s, move_to_seen
from load_tests.scenario import Promise, Scenario, seen

SCENARIO = Scenario(
    name="dense",
    told="356 in 30 x 30 m, poses and frames at 20 Hz",
    crowd=Crowd("yard", 356, area=(1, 1, 29, 29), pose_hz=20),
    settings={"crowd.tick_hz": 20, "crowd.bytes_per_client": 48_000},
    promises=(
        Promise("ticks that a probe missed", "at most", 0, "", seen("missed_ticks"), across=max),
        bytes_per_s(48_000),
        # A pose waits for its turn at most 100 ms at 10 Hz, and a tick of 50 ms at most before that.
        move_to_seen(160, "move-to-seen of near ones, p99 (10 Hz or better)"),
        TRUE,
        NOBODY_LOST,
        DRIVER_IN_TIME,
    ),
)
