"""Flooders: 1 % of 1,000 send a thousand poses a second and nobody else notices.

Who is sent away comes back a second later, so that the flood lasts.
"""

from dataclasses import replace

from load_tests.promises import DRIVER_IN_TIME, NOBODY_LOST, TRUE, against_calm, frames_per_s, memory_of_each
from load_tests.scenario import Promise, Run, Scenario
from load_tests.scenarios.slow_readers import CALM


def _refused(run: Run) -> float:
    return float(run.seen["goodbyes"].get("flooding", 0) / run.crowd.kinds["flooding"])


SCENARIO = Scenario(
    name="flooders",
    told="1,000, of whom 1 % send 1,000 poses a second",
    crowd=replace(CALM, flood=0.01),
    calm=CALM,
    promises=(
        against_calm(1.2),
        frames_per_s(9.5),
        Promise("goodbyes to each flooder", "at least", 1, "", _refused, across=min),
        memory_of_each(1_000, ("flooding",)),
        TRUE,
        NOBODY_LOST,
        DRIVER_IN_TIME,
    ),
)
