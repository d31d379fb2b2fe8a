"""The halls: the audience of 1,000 in two halls of 504, and a speaker in the main one whom both see."""

from load_tests.promises import DRIVER_IN_TIME, NOBODY_LOST, TRUE, bytes_per_s, move_to_seen
from load_tests.scenario import Promise, Scenario, seen
from load_tests.scenarios.audience import SCENARIO as AUDIENCE

SCENARIO = Scenario(
    name="halls",
    told="1,000 before one stage, in two halls",
    crowd=AUDIENCE.crowd,
    # So that the witnesses find a seat too.
    settings={"crowd.district_capacity": 504, "crowd.reserved_share": 0, "crowd.bytes_per_client": 27_000},
    promises=(
        bytes_per_s(32_000),
        move_to_seen(350, "move-to-seen of near ones of one's hall, p99 (5 Hz or better)"),
        Promise(
            "how late the speaker is seen in the mirror, the worst",
            "at most",
            1_000,
            "ms",
            seen("speaker_seen_in_mirrors_ms", "max"),
        ),
        Promise(
            "sights of the speaker in the mirror",
            "at least",
            1,
            "",
            seen("speaker_seen_in_mirrors_ms", "count"),
        ),
        TRUE,
        NOBODY_LOST,
        DRIVER_IN_TIME,
    ),
)
