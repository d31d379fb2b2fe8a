"""Slow readers: 5 % of 1,000 read 2 kB/s or nothing at all, and nobody else notices."""

from dataclasses import replace

from load_tests.crowd import Crowd
from load_tests.promises import DRIVER_IN_TIME, NOBODY_LOST, TRUE, against_calm, frames_per_s, memory_of_each
from load_tests.scenario import Scenario

CALM = Crowd("plaza", 1_000, area=(30, 30, 170, 170))

SCENARIO = Scenario(
    name="slow_readers",
    told="1,000, of whom 4 % read 2 kB/s and 1 % nothing",
    crowd=replace(CALM, slow=0.04, never_read=0.01),
    calm=CALM,
    promises=(
        against_calm(1.2),
        frames_per_s(9.5),
        # The kernel holds 32 KiB of each line, we at most 16 KiB and the frame (32 KiB) that passed the mark.
        memory_of_each(128, ("slow", "never_reading")),
        TRUE,
        NOBODY_LOST,
        DRIVER_IN_TIME,
    ),
)
