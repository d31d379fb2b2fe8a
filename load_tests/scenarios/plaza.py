"""The plaza: 3,000 citizens over 200 x 200 m, ten poses a second in and ten frames a second out."""

from load_tests.crowd import Crowd
from load_tests.promises import DRIVER_IN_TIME, NOBODY_LOST, TRUE, bytes_per_s, frames_per_s, move_to_seen
from load_tests.scenario import NotMeasured, Promise, Run, Scenario

CROWD = Crowd("plaza", 3_000, area=(1, 1, 199, 199))
BYTES_PER_CLIENT = 24_000
"""What is promised; the setting leaves room for who crosses more cells than others."""


def _against_floor(run: Run) -> float:
    if run.floor is None:
        raise NotMeasured("the floor was not run beside it")
    return run.use.cpu / run.floor.use.cpu


def _floor_cpu(run: Run) -> float:
    return run.floor.use.cpu if run.floor else float("nan")


def _memory(run: Run) -> float:
    return (run.use.end.resident_bytes - run.use.idle.resident_bytes) / run.crowd.citizens / 1000


SCENARIO = Scenario(
    name="plaza",
    told="3,000 citizens over 200 x 200 m, 10 Hz in and out",
    crowd=CROWD,
    settings={"crowd.bytes_per_client": 22_600},
    with_floor=True,
    with_truth=True,
    promises=(
        Promise("CPU against the floor of the same bytes", "at most", 1.4, "x", _against_floor),
        Promise("CPU of one core", "at most", 1.0, "", lambda run: run.use.cpu, floor=_floor_cpu),
        frames_per_s(9.5),
        bytes_per_s(BYTES_PER_CLIENT),
        move_to_seen(160),
        Promise("memory per citizen", "at most", 40, "kB", _memory),
        TRUE,
        NOBODY_LOST,
        DRIVER_IN_TIME,
    ),
)
