"""The crowd of one run: all its clients in this one process, which prints what they met as JSON.

`python -m load_tests.peers.driver PEER PORT SERVER_PID COUNT SECONDS`
"""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

import httpx
import numpy as np
import uvloop
from numpy.typing import NDArray
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from load_tests.peers.plaza import POSE_HZ, Walks, plan_walks
from load_tests.peers.sight import Record, move_to_seen
from load_tests.peers.wires import BroadcastWire, ColyseusWire, Wire

SETTLE_S = 3.0
"""From the first steps to the measuring window."""
PROBES = 16
"""Clients whose frames are kept and read when all is over, so that reading disturbs nothing."""
JOINING_AT_ONCE = 32
JOIN_S_PER_CLIENT = 0.05
JOIN_S = 20.0
"""How long all may take to join: JOIN_S, and JOIN_S_PER_CLIENT for each."""
SLICES = 20
"""Equal parts of a pose's period over which the clients' phases are spread."""


@dataclass(frozen=True)
class Met:
    """What the crowd met in the window: rates per second and client, milliseconds, shares of a core."""

    joined: int
    lost: int = 0
    frames_min: float = 0
    frames_p1: float = 0
    frames_median: float = 0
    bytes_median: float = 0
    seen_p50_ms: float = 0
    seen_p99_ms: float = 0
    seen_max_ms: float = 0
    seen_count: int = 0
    untrue: int = 0
    unreadable: int = 0
    server_cpu: float = 0
    server_waited: float = 0
    driver_cpu: float = 0
    driver_waited: float = 0
    driver_late_p99_ms: float = 0


class Citizen(WSListener):
    """One client: opens, counts its frames and, as a probe, keeps what it is told."""

    def __init__(self, wire: Wire, number: int, records: list[Record] | None) -> None:
        self._wire = wire
        self._number = number
        self._records = records
        self.name = ""
        self.joined = asyncio.get_running_loop().create_future()
        self.transport: WSTransport | None = None
        self.lost = False
        self.frames = 0
        self.bytes = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.lost = True
        if not self.joined.done():
            self.joined.cancel()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.BINARY:
            return
        size = frame.payload_size
        if not self.joined.done():
            welcome = self._wire.welcome(frame.get_payload_as_bytes())
            if welcome is not None:
                name, answer = welcome
                self.name = self.name or name
                if answer:
                    transport.send(WSMsgType.BINARY, answer)
                self.joined.set_result(None)
            return
        if self._wire.is_frame(frame.get_payload_as_memoryview()[0]):
            self.frames += 1
            self.bytes += size + (2 if size < 126 else 4 if size < 65536 else 10)
        if self._records is not None:
            self._records.append(Record(self._number, time.monotonic(), frame.get_payload_as_bytes()))


async def gather(wire: Wire, port: int, walks: Walks, count: int, records: list[Record]) -> list[Citizen]:
    """All clients that could join in time, each where its walk begins."""
    probes = set(np.linspace(0, count - 1, min(PROBES, count)).astype(int).tolist())
    citizens = [Citizen(wire, n, records if n in probes else None) for n in range(count)]
    doors = asyncio.Semaphore(JOINING_AT_ONCE)

    async def join(number: int, http: httpx.AsyncClient) -> None:
        citizen = citizens[number]
        async with doors:
            place = int(walks.x[0, number]), int(walks.z[0, number])
            path, citizen.name = await wire.reserve(http, *place)
            await ws_connect(lambda: citizen, f"ws://127.0.0.1:{port}{path}")
            await citizen.joined

    # One who cannot join is not counted as joined; why does not change what the run then says.
    with suppress(TimeoutError):
        async with asyncio.timeout(JOIN_S + JOIN_S_PER_CLIENT * count):
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
                await asyncio.gather(*(join(n, http) for n in range(count)), return_exceptions=True)
    return citizens


async def walk(
    citizens: Sequence[Citizen],
    walks: Walks,
    pose_head: bytes,
    server_pid: int,
    settle_s: float,
    dice: np.random.Generator,
) -> tuple[NDArray[np.float64], list["Standing"], list[float]]:
    """Sends every pose in its time; tells when, how all stood at the window's ends, and how late it was."""
    slices = [
        np.flatnonzero(part) for part in dice.integers(0, SLICES, len(citizens)) == np.arange(SLICES)[:, None]
    ]
    sent_at = np.full((walks.poses, len(citizens)), np.nan)
    late: list[float] = []
    standings: list[Standing] = []
    transports = [citizen.transport for citizen in citizens]
    settled = round(settle_s * POSE_HZ)
    begin = time.monotonic() + 0.1
    for pose in range(walks.poses):
        if pose in (settled, walks.poses - 1):
            standings.append(Standing.of(citizens, server_pid))
        block = walks.packed(pose)
        for part, members in enumerate(slices):
            due = begin + (pose + part / SLICES) / POSE_HZ
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            now = time.monotonic()
            late.append(now - due)
            sent_at[pose, members] = now
            for number in members.tolist():
                transport = transports[number]
                if transport is not None and not citizens[number].lost:
                    transport.send(WSMsgType.BINARY, pose_head + block[number * 16 : number * 16 + 16])
    return sent_at, standings, late


@dataclass(frozen=True)
class Standing:
    """The counters at one moment: `frames` and `bytes` per client; seconds of CPU used so far."""

    at: float
    frames: NDArray[np.int64]
    bytes: NDArray[np.int64]
    server_cpu_s: float
    server_waited_s: float
    driver_cpu_s: float
    driver_waited_s: float

    @classmethod
    def of(cls, citizens: Sequence[Citizen], server_pid: int) -> "Standing":
        return cls(
            time.monotonic(),
            np.array([citizen.frames for citizen in citizens], np.int64),
            np.array([citizen.bytes for citizen in citizens], np.int64),
            cpu_seconds(server_pid),
            waited_seconds(server_pid),
            time.process_time(),
            waited_seconds(os.getpid()),
        )


def cpu_seconds(pid: int) -> float:
    """User and system time of a whole process, from the kernel (proc_pid_stat(5), fields 14 and 15)."""
    with open(f"/proc/{pid}/stat") as stat:
        # The command, in brackets, may hold spaces.
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waited_seconds(pid: int) -> float:
    """How long a process's main thread was ready to run while others had its core; 0 where it is not told.

    From /proc/pid/schedstat, which few kernels are built without.
    """
    try:
        with open(f"/proc/{pid}/schedstat") as stat:
            return int(stat.read().split()[1]) / 1e9
    except FileNotFoundError:
        return 0.0


async def run(
    wire: Wire, port: int, server_pid: int, count: int, seconds: float, settle_s: float = SETTLE_S
) -> Met:
    """Gathers a crowd, lets it walk, and tells what it met in the last `seconds`."""
    dice = np.random.default_rng(7)
    # One pose more: the window ends with the last one's beginning.
    walks = plan_walks(count, round((settle_s + seconds) * POSE_HZ) + 1, dice)
    records: list[Record] = []
    citizens = await gather(wire, port, walks, count, records)
    joined = sum(citizen.joined.done() and not citizen.joined.cancelled() for citizen in citizens)
    lost = sum(citizen.lost for citizen in citizens)
    if joined < count or lost:
        return Met(joined, lost)
    # A pause for the collector would be told as the peer's lateness.
    gc.collect()
    gc.freeze()
    gc.disable()
    sent_at, (first, last), late = await walk(citizens, walks, wire.pose_head, server_pid, settle_s, dice)
    lost = sum(citizen.lost for citizen in citizens)
    for citizen in citizens:
        if citizen.transport is not None:
            citizen.transport.disconnect()
    gc.unfreeze()
    gc.enable()

    length = last.at - first.at
    frames = (last.frames - first.frames) / length
    names = [citizen.name for citizen in citizens]
    sight = move_to_seen(walks, sent_at, records, wire, names, (first.at, last.at))
    late_ms = sight.late * 1000 if len(sight.late) else np.full(1, np.inf)
    return Met(
        joined=joined,
        lost=lost,
        frames_min=float(frames.min()),
        frames_p1=float(np.percentile(frames, 1)),
        frames_median=float(np.median(frames)),
        bytes_median=float(np.median((last.bytes - first.bytes) / length)),
        seen_p50_ms=float(np.percentile(late_ms, 50)),
        seen_p99_ms=float(np.percentile(late_ms, 99)),
        seen_max_ms=float(late_ms.max()),
        seen_count=len(sight.late),
        untrue=sight.untrue,
        unreadable=sight.unreadable,
        server_cpu=(last.server_cpu_s - first.server_cpu_s) / length,
        server_waited=(last.server_waited_s - first.server_waited_s) / length,
        driver_cpu=(last.driver_cpu_s - first.driver_cpu_s) / length,
        driver_waited=(last.driver_waited_s - first.driver_waited_s) / length,
        driver_late_p99_ms=float(np.percentile(late, 99) * 1000),
    )


def wire_of(peer: str) -> Wire:
    """A new reader of this peer's wire."""
    return BroadcastWire() if peer == "broadcast" else ColyseusWire()


def main() -> None:
    peer, port, server_pid, count, seconds = sys.argv[1:]
    met = uvloop.run(run(wire_of(peer), int(port), int(server_pid), int(count), float(seconds)))
    print(json.dumps(asdict(met)))


if __name__ == "__main__":
    main()
