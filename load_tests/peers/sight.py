"""Move-to-seen: how long after it was sent a pose was shown, from what probes were told and what was sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from load_tests.peers.plaza import NEAR_M, POSE_HZ, UNITS_PER_METRE, Walks
from load_tests.peers.wires import NO_PLACE, Wire

_LOOK_BACK = 12 * POSE_HZ
"""Poses in which a shown place is looked for: far beyond what any peer that holds is late."""


@dataclass(frozen=True)
class Record:
    """One message that a probe got: which client it is, when (seconds, the driver's clock), the bytes."""

    probe: int
    at: float
    message: bytes


@dataclass(frozen=True)
class Sight:
    """`late`: seconds float64 (m,), one per probe and pose of a near one.

    `untrue`: places shown that were never sent. `unreadable`: messages that could not be read.
    """

    late: NDArray[np.float64]
    untrue: int
    unreadable: int


class _Picture:
    """What one probe has been shown so far, by the peer's own numbers."""

    def __init__(self, size: int) -> None:
        self.x = np.full(size, NO_PLACE, np.int32)
        self.z = np.full(size, NO_PLACE, np.int32)
        self.pose = np.full(size, -1, np.int32)


def move_to_seen(
    walks: Walks,
    sent_at: NDArray[np.float64],
    records: Iterable[Record],
    wire: Wire,
    names: Sequence[str],
    window: tuple[float, float],
) -> Sight:
    """Times every pose of a near citizen until a probe was shown it, or a newer one of the same citizen.

    `sent_at` is (poses, clients) in seconds, NaN where nothing was sent; `names` are the clients' own.
    A citizen counts from the second time that it is shown, so coming into view is not held against the peer.
    """
    ordered = sorted(records, key=lambda record: record.at)
    unreadable = 0
    readable = []
    for record in ordered:
        try:
            readable.append((record, wire.read(record.message)))
        except (ValueError, KeyError, IndexError):
            unreadable += 1
    numbers = [wire.number(name) for name in names]
    told = [int(shown.who.max()) for _, shown in readable if len(shown.who)]
    size = max([0, *numbers, *told]) + 1
    client_of = np.full(size, -1, np.int32)
    for client, number in enumerate(numbers):
        if number >= 0:
            client_of[number] = client

    first_sent = np.fmin.reduce(sent_at, axis=1)
    pictures: dict[int, _Picture] = {}
    late: list[NDArray[np.float64]] = []
    untrue = 0
    for record, shown in readable:
        picture = pictures.setdefault(record.probe, _Picture(size))
        picture.pose[shown.fresh] = -1
        for known, new in ((picture.x, shown.x), (picture.z, shown.z)):
            told_now = new != NO_PLACE
            known[shown.who[told_now]] = new[told_now]
        who = shown.who[(client_of[shown.who] >= 0) & (client_of[shown.who] != record.probe)]
        end = int(np.searchsorted(first_sent, record.at))
        if end == 0 or len(who) == 0:
            continue
        start = max(0, end - _LOOK_BACK)
        senders = client_of[who]
        same = walks.x[start:end, senders] == picture.x[who]
        same &= walks.z[start:end, senders] == picture.z[who]
        same &= sent_at[start:end, senders] <= record.at
        found = same.any(axis=0)
        pose = end - 1 - np.argmax(same[::-1], axis=0)
        before = picture.pose[who]
        inside = window[0] <= record.at < window[1]
        if inside:
            untrue += int((~found & (before >= 0)).sum())
            own = walks.x[end - 1, record.probe], walks.z[end - 1, record.probe]
            far = np.hypot(picture.x[who] - own[0], picture.z[who] - own[1]) / UNITS_PER_METRE
            late.append(_lateness(sent_at, senders, before, pose, found & (far <= NEAR_M), record.at))
        picture.pose[who[found]] = np.maximum(before, pose)[found]
    return Sight(np.concatenate(late) if late else np.empty(0), untrue, unreadable)


def _lateness(
    sent_at: NDArray[np.float64],
    senders: NDArray[np.int32],
    before: NDArray[np.int32],
    pose: NDArray[np.intp],
    counted: NDArray[np.bool_],
    now: float,
) -> NDArray[np.float64]:
    """Seconds since each pose after the one shown before, up to the one shown now, was sent."""
    chosen = counted & (before >= 0) & (pose > before)
    steps = (pose - before)[chosen]
    sender = np.repeat(senders[chosen], steps)
    offset = np.arange(int(steps.sum())) - np.repeat(np.cumsum(steps) - steps, steps)
    late: NDArray[np.float64] = now - sent_at[np.repeat(before[chosen], steps) + 1 + offset, sender]
    return late[~np.isnan(late)]
