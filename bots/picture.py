"""What one client is shown: the avatars in its view, the crowd beyond, where each is between two frames.

Every entry gets a serial number in the order in which it was told. So the rules of the wire, which speak of
earlier and later blocks, become comparisons over whole arrays: a complete list that began at serial `s`
forgets whoever of its cell has an older one, and GONE told at serial `s` forgets whom it names likewise.
"""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protocol import poses
from protocol.districts import Place
from protocol.refusals import Farewell, ProtocolError

FORGET_MS = 8_000
"""An avatar without an entry for longer is forgotten."""

STAGE_MS = 2_000
"""A speaker on a stage is kept whatever the distance until longer without such an entry."""

HEAD = struct.Struct("<HBB")
ENTRY_BYTES = poses.ENTRY.itemsize

ROW = np.dtype(
    [
        ("x", "f8"),
        ("y", "f8"),
        ("z", "f8"),
        ("yaw", "u1"),
        ("stance", "u1"),
        ("cell", "u2"),
        ("tick_ms", "u4"),
    ]
)
"""Where an avatar was at one tick: metres, 1/256 turns."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One avatar as its last entry told it: metres, yaw in 1/65536 turns."""

    x: float
    y: float
    z: float
    yaw: int
    stance: int
    cell: int
    tick_ms: int


class Picture:
    """What the frames of one district tell one client."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.tick_hz = place.tick_hz
        self.tick_ms = 0
        self.crowd_tiles: NDArray[np.void] = np.empty(0, poses.TILE)
        self._told = 0
        rows = int(np.ceil(place.depth / place.cell_m))
        self._corner_x = np.tile(np.arange(place.columns) * place.cell_m, rows)
        self._corner_z = np.repeat(np.arange(rows) * place.cell_m, place.columns)
        self._beyond = np.zeros(len(self._corner_x), np.bool_)
        self._make_room(max(256, place.slot + 1), first=True)
        self.stand(place.x, place.z)

    def _make_room(self, slots: int, first: bool = False) -> None:
        size = 1 << (slots - 1).bit_length()
        for name, dtype in (
            ("_known", np.bool_),
            ("_last", ROW),
            ("_before", ROW),
            ("_serial", np.int64),
            ("_staged", np.bool_),
            ("_stage_ms", np.uint32),
        ):
            column = np.zeros(size, dtype)
            if not first:
                old = getattr(self, name)
                column[: len(old)] = old
            setattr(self, name, column)

    _known: NDArray[np.bool_]
    _last: NDArray[np.void]
    _before: NDArray[np.void]
    _serial: NDArray[np.int64]
    _staged: NDArray[np.bool_]
    _stage_ms: NDArray[np.uint32]

    def stand(self, x: float, z: float) -> None:
        """The client's own place, in metres: forgets who is wholly beyond its view now."""
        side, view = self.place.cell_m, self.place.view_m
        away_x = np.maximum(np.maximum(self._corner_x - x, x - self._corner_x - side), 0.0)
        away_z = np.maximum(np.maximum(self._corner_z - z, z - self._corner_z - side), 0.0)
        self._beyond = away_x * away_x + away_z * away_z > view * view
        self._forget_unseen()

    def frame(self, frame: poses.Frame) -> None:
        """Takes in one frame; raises ProtocolError, and changes nothing, where its bytes do not fit."""
        payload, end = frame.payload, len(frame.payload)
        starts: list[int] = []
        counts: list[int] = []
        cells: list[int] = []
        staged: list[bool] = []
        begun: dict[int, int] = {}
        complete: dict[int, int] = {}
        gone: list[tuple[int, NDArray[Any]]] = []
        serial, at = self._told + 1, 0
        while at < end:
            if end - at < HEAD.size:
                raise ProtocolError(Farewell.BAD_MESSAGE, "a frame ends inside a block's head")
            cell, flags, count = HEAD.unpack_from(payload, at)
            at += HEAD.size
            block_bytes = count * (2 if flags & poses.GONE else ENTRY_BYTES)
            if end - at < block_bytes:
                raise ProtocolError(Farewell.BAD_MESSAGE, "a frame ends inside a block")
            if flags & poses.GONE:
                gone.append((serial, np.frombuffer(payload, "<u2", count, at)))
            else:
                if cell >= len(self._beyond):
                    raise ProtocolError(Farewell.BAD_MESSAGE, f"the district has no cell {cell}")
                if flags & poses.BEGINS:
                    begun[cell] = serial
                starts.append(at)
                counts.append(count)
                cells.append(cell | (flags >> poses.CLASS_SHIFT & poses.MAX_CLASS) << 16)
                staged.append(bool(flags & poses.ON_STAGE))
                serial += count
                if flags & poses.ENDS and cell in begun:
                    complete[cell] = begun[cell]
            at += block_bytes
        self.tick_ms = frame.tick_ms
        if serial > self._told + 1:
            self._take_in(payload, np.array(starts), np.array(counts), np.array(cells), np.array(staged))
        if complete:
            since = np.zeros(len(self._beyond), np.int64)
            since[list(complete)] = list(complete.values())
            self._known &= self._serial >= since[self._last["cell"]]
        for number, slots in gone:
            slots = slots[slots < len(self._known)]
            self._known[slots[self._serial[slots] < number]] = False
        self._known[self.place.slot] = False
        self._forget_unseen()

    def _take_in(
        self,
        payload: bytes,
        starts: NDArray[Any],
        counts: NDArray[Any],
        cells: NDArray[Any],
        staged: NDArray[Any],
    ) -> None:
        total = int(counts.sum())
        first = np.cumsum(counts) - counts
        where = np.repeat(starts - first * ENTRY_BYTES, counts) + np.arange(total) * ENTRY_BYTES
        raw = np.frombuffer(payload, np.uint8)[where[:, None] + np.arange(ENTRY_BYTES)]
        entries = raw.view(poses.ENTRY)[:, 0]
        slots = entries["slot"]
        if (highest := int(slots.max())) >= len(self._known):
            self._make_room(highest + 1)
        precision = self.place.precision
        cell = np.repeat(cells, counts)
        now = np.empty(total, ROW)
        now["x"] = entries["x"] * precision
        now["y"] = entries["y"] * precision
        now["z"] = entries["z"] * precision
        now["yaw"], now["stance"] = entries["yaw"], entries["stance"]
        now["cell"] = cell & 0xFFFF
        now["tick_ms"] = self.tick_ms

        # An avatar whose cell is told every 2^r ticks and that was not told of last time stood until then.
        step_ms = (1 << (cell >> 16)) * (1000 / self.tick_hz)
        last = self._last[slots]
        gap_ms = np.minimum(np.uint32(self.tick_ms) - last["tick_ms"], step_ms).astype(np.uint32)
        last["tick_ms"] = np.uint32(self.tick_ms) - gap_ms
        new = ~self._known[slots]
        last[new] = now[new]
        later = new | (gap_ms > 0)
        self._before[slots[later]] = last[later]

        # Where a slot comes twice, numpy assigns in order: the last entry stays.
        self._last[slots] = now
        self._serial[slots] = np.arange(self._told + 1, self._told + 1 + total)
        self._told += total
        spoke = slots[np.repeat(staged, counts)]
        self._staged[spoke] = True
        self._stage_ms[spoke] = self.tick_ms
        self._known[slots] = True

    def _forget_unseen(self) -> None:
        now = np.uint32(self.tick_ms)
        beyond = self._beyond[self._last["cell"]]
        if self._staged.any():
            self._staged &= now - self._stage_ms <= STAGE_MS
            beyond &= ~self._staged
        self._known &= ~beyond & (now - self._last["tick_ms"] <= FORGET_MS)

    def tiles(self, tiles: poses.Tiles) -> None:
        """The crowd beyond the view; replaces what was told of it before."""
        self.crowd_tiles = tiles.tiles

    def crowd(self) -> int:
        """About how many are in the district, the client among them."""
        return 1 + len(self) + int(self.crowd_tiles["count"].sum())

    def __len__(self) -> int:
        return int(np.count_nonzero(self._known))

    @property
    def slots(self) -> NDArray[np.int64]:
        """Whom the client sees, in rising order."""
        return np.flatnonzero(self._known)

    @property
    def rows(self) -> NDArray[np.void]:
        """Their last entries, as array of ROW in the order of `slots`."""
        return self._last[self._known]

    @property
    def avatars(self) -> dict[int, Shown]:
        """Whom the client sees, by slot."""
        return {
            slot: Shown(x, y, z, yaw << 8, stance, cell, tick_ms)
            for slot, (x, y, z, yaw, stance, cell, tick_ms) in zip(
                self.slots.tolist(), self.rows.tolist(), strict=True
            )
        }

    def at(self, slot: int, render_ms: int) -> Shown | None:
        """Where an avatar is shown at a tick time between its last two entries; None where it is not seen."""
        if not 0 <= slot < len(self._known) or not self._known[slot]:
            return None
        before, last = self._before[slot], self._last[slot]
        span = _since(int(last["tick_ms"]), int(before["tick_ms"]))
        done = _since(render_ms, int(before["tick_ms"]))
        share = min(max(done / span, 0.0), 1.0) if span > 0 else 1.0
        turn = (int(last["yaw"]) - int(before["yaw"]) + 128) % 256 - 128
        return Shown(
            x=_between(before["x"], last["x"], share),
            y=_between(before["y"], last["y"], share),
            z=_between(before["z"], last["z"], share),
            yaw=round((int(before["yaw"]) + turn * share) * 256) % 65_536,
            stance=int((last if share > 0 else before)["stance"]),
            cell=int(last["cell"]),
            tick_ms=render_ms & 0xFFFFFFFF,
        )


def _since(later_ms: int, earlier_ms: int) -> int:
    """Milliseconds between two tick times, which wrap at 2^32; negative when the order is the other."""
    return (later_ms - earlier_ms + 2**31) % 2**32 - 2**31


def _between(before: Any, last: Any, share: float) -> float:
    return float(before) + (float(last) - float(before)) * share
