"""The workload that every peer is given: citizens on random waypoints, planned ahead as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE_M = 200.0
SPEED_M_S = 1.4
POSE_HZ = 10
NEAR_M = 25.0
"""Whom a move-to-seen figure is about: about the area of the nine cells that Madang calls near."""
UNITS_PER_METRE = 100
"""Places travel in centimetres, as on Madang's own wire, so a shown place is found again exactly."""

POSE = np.dtype([("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("yaw", "<u2"), ("stance", "u1"), ("seq", "u1")])
"""One pose from a client: the 16 bytes that Madang's clients send as well."""


@dataclass(frozen=True)
class Walks:
    """Where each of n citizens is at each of k poses: `x`, `z` int32 (k, n) in centimetres, `yaw` u16."""

    x: NDArray[np.int32]
    z: NDArray[np.int32]
    yaw: NDArray[np.uint16]

    @property
    def poses(self) -> int:
        return len(self.x)

    def packed(self, pose: int) -> bytes:
        """All citizens' messages of one pose, 16 bytes each, in the citizens' order."""
        block = np.zeros(self.x.shape[1], POSE)
        block["x"] = self.x[pose] / UNITS_PER_METRE
        block["z"] = self.z[pose] / UNITS_PER_METRE
        block["yaw"] = self.yaw[pose]
        block["stance"] = 1
        block["seq"] = pose % 256
        return block.tobytes()


def plan_walks(count: int, poses: int, dice: np.random.Generator) -> Walks:
    """Random waypoints over the whole plaza at walking speed, one place per pose and citizen."""
    step = SPEED_M_S / POSE_HZ
    place = dice.uniform(0, SIDE_M, (count, 2))
    goal = dice.uniform(0, SIDE_M, (count, 2))
    places = np.empty((poses, count, 2))
    ways = np.empty((poses, count, 2))
    for pose in range(poses):
        way = goal - place
        left = np.hypot(way[:, 0], way[:, 1])
        arrived = left <= step
        goal[arrived] = dice.uniform(0, SIDE_M, (int(arrived.sum()), 2))
        way /= np.maximum(left, step)[:, None]
        place = place + way * step
        places[pose] = place
        ways[pose] = way
    turns = np.arctan2(ways[..., 0], ways[..., 1]) / (2 * np.pi)
    units = np.rint(places * UNITS_PER_METRE).astype(np.int32)
    yaw = np.rint(turns * 65536).astype(np.int64) % 65536
    return Walks(units[..., 0], units[..., 1], yaw.astype(np.uint16))
