"""One run of one peer: its server on one core, the crowd's driver on another, and whether it held."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, get_args

from load_tests.peers.driver import JOIN_S, JOIN_S_PER_CLIENT, SETTLE_S, Met
from load_tests.peers.node import COLYSEUS, NoPeer, install_colyseus
from load_tests.serving import cores, pinned

Peer = Literal["colyseus", "colyseus-view", "broadcast"]
PEERS: tuple[Peer, ...] = get_args(Peer)
ROOT = Path(__file__).parents[2]

FRAMES_PER_S = 9.5
"""At least this often the worst percent of the clients is told where the others are."""
SEEN_MS = 160.0
"""At most this late are 99 of 100 poses of near citizens seen (a tick of 100 ms alone makes 99)."""
WAITED = 0.05
"""Share of the window that the server or the driver may wait for its core: more, and others used it."""
DRIVER_LATE_MS = 50.0
"""A driver later than this with its own poses says nothing about the peer."""

VOID = "void: "

START_S = 20.0
STOP_S = 5.0
READING_S = 120.0
"""For the driver to read what its probes were told, when all is over."""


@dataclass(frozen=True)
class Measurement:
    """What one peer did with one count of citizens."""

    peer: Peer
    count: int
    seconds: float
    met: Met

    @property
    def verdict(self) -> str:
        """`held`, or in a few words what did not, or why the run is void."""
        met = self.met
        if met.joined < self.count:
            return f"{met.joined} could join"
        if met.lost:
            return f"{met.lost} lost"
        if met.unreadable or met.untrue:
            return f"{met.unreadable} frames unreadable, {met.untrue} places untrue"
        late = met.driver_late_p99_ms > DRIVER_LATE_MS
        # Not `>`, so that a figure that could not be had is no success either.
        seen = met.seen_p99_ms <= SEEN_MS
        if met.frames_p1 >= FRAMES_PER_S and seen and not late:
            return "held"
        if max(met.server_waited, met.driver_waited) > WAITED:
            return VOID + "disturbed"
        if late:
            return VOID + "driver too slow"
        return f"{met.frames_p1:.1f} frames/s" if seen else f"p99 {met.seen_p99_ms:.0f} ms"

    @property
    def held(self) -> bool:
        """Whether the peer held this count."""
        return self.verdict == "held"

    @property
    def void(self) -> bool:
        """Whether it did not, for reasons that say nothing about the peer."""
        return self.verdict.startswith(VOID)


def measure(peer: Peer, count: int, seconds: float) -> Measurement:
    """Runs the plaza once. Raises NoPeer when the peer's server cannot be had or does not start."""
    server_core, driver_core = cores()
    with serving(peer, server_core) as (port, pid):
        command = [sys.executable, "-m", "load_tests.peers.driver"]
        command += [peer, str(port), str(pid), str(count), str(seconds)]
        limit = JOIN_S + JOIN_S_PER_CLIENT * count + SETTLE_S + seconds + READING_S
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=limit, cwd=ROOT, preexec_fn=pinned(driver_core)
        )
    if told.returncode != 0:
        raise RuntimeError(f"the driver failed: {told.stderr.strip()[-500:]}")
    return Measurement(peer, count, seconds, Met(**json.loads(told.stdout)))


@contextmanager
def serving(peer: Peer, core: int) -> Iterator[tuple[int, int]]:
    """A peer's server on its core: its port and process id. It ends with the block, or with this process."""
    command, folder = _server_command(peer)
    # The server ends when its standard input does, so it does not outlive this process if that is killed.
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=told,
            stderr=told,
            env={**os.environ, "NODE_ENV": "production"},
            preexec_fn=pinned(core),
        ) as server,
    ):
        try:
            yield _port_told(server, told), server.pid
        finally:
            server.terminate()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()


def _server_command(peer: Peer) -> tuple[Sequence[str], Path]:
    match peer:
        case "broadcast":
            return [sys.executable, "-m", "load_tests.peers.broadcast"], ROOT
        case "colyseus":
            return [str(install_colyseus()), "server.mjs", "all"], COLYSEUS
        case "colyseus-view":
            return [str(install_colyseus()), "server.mjs", "view"], COLYSEUS


def _port_told(server: "subprocess.Popen[bytes]", told: IO[bytes]) -> int:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        said = os.pread(told.fileno(), 4096, 0).decode(errors="replace")
        if found := re.search(r"^port (\d+)$", said, re.MULTILINE):
            return int(found[1])
        time.sleep(0.05)
    said = os.pread(told.fileno(), 4096, 0).decode(errors="replace").strip()
    raise NoPeer(f"the server did not start (exit code {server.poll()}): {said[-300:]}")
