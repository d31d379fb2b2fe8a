"""The audience: 1,000 before one stage of 60 x 60 m, who never stand quite still, and a speaker whom all see."""

from load_tests.crowd import Crowd
from load_tests.promises import DRIVER_IN_TIME, NOBODY_LOST, TRUE, bytes_per_s, move_to_seen
from load_tests.scenario import Promise, Scenario, seen

SCENARIO = Scenario(
    name="audience",
    told="1,000 before one stage, 60 x 60 m",
    crowd=Crowd("stage", 1_000, area=(1, 8, 59, 59), speed=0.5, sway=0.5, speaker=(30, 3)),
    settings={"crowd.bytes_per_client": 27_000},
    promises=(
        bytes_per_s(32_000),
        move_to_seen(350, "move-to-seen of near ones, p99 (5 Hz or better)"),
        Promise(
            "sights of the speaker a second, the worst client",
            "at least",
            9.5,
            "/s",
            seen("speaker_hz", "min"),
        ),
        TRUE,
        NOBODY_LOST,
        DRIVER_IN_TIME,
    ),
)
