"""The picture against the rules of the wire, told once more in the plainest way and followed step by step."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.picture import Picture
from protocol import poses
from protocol.districts import Anchor, Place
from protocol.refusals import ProtocolError

ME = 5


def place(**changes: object) -> Place:
    """A district of 60 x 40 m in cells of 10 m; the client sees 15 m far from its south-east corner cell."""
    fields: dict[str, object] = {
        "district": "green",
        "slot": ME,
        "x": 5.0,
        "y": 0.0,
        "z": 5.0,
        "yaw": 0,
        "width": 60.0,
        "depth": 40.0,
        "cell_m": 10.0,
        "columns": 6,
        "tile_m": 20.0,
        "tile_columns": 3,
        "view_m": 15.0,
        "precision": 0.01,
        "tick_hz": 10.0,
        "anchor": Anchor(lat=37.5, lon=127.0),
        "zones": [],
        "portals": [],
        "exhibits": [],
        "services": {},
    }
    return Place.model_validate(fields | changes)


def entries(*rows: tuple[int, float, float]) -> bytes:
    """Rows of (slot, x, z), standing on the ground, as entries."""
    slot, x, z = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.empty(0),) * 3
    zero = np.zeros(len(rows), np.int64)
    return poses.encode_entries(slot, x, zero, z, zero, zero).tobytes()


def listed(cell: int, flags: int, *rows: tuple[int, float, float]) -> bytes:
    return poses.blocks_of(cell, flags, entries(*rows))


def gone(*slots: int) -> bytes:
    return poses.blocks_of(0, poses.GONE, np.array(slots, "<u2").tobytes(), 2)


def frame(tick_ms: int, *blocks: bytes) -> poses.Frame:
    return poses.Frame(tick_ms & 0xFFFFFFFF, b"".join(blocks))


COMPLETE = poses.BEGINS | poses.ENDS


@dataclass
class PlainPicture:
    """The same rules with dicts, one entry after another."""

    place: Place
    seen: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    spoke: dict[int, int] = field(default_factory=dict)
    now: int = 0
    x: float = 0.0
    z: float = 0.0

    def stand(self, x: float, z: float) -> None:
        self.x, self.z = x, z
        self._forget()

    def frame(self, frame: poses.Frame) -> None:
        self.now = frame.tick_ms
        lists: dict[int, set[int]] = {}
        for block in frame.blocks():
            if block.gone:
                for slot in block.entries.tolist():
                    self.seen.pop(slot, None)
                continue
            if block.begins:
                lists[block.cell] = set()
            for slot, x, z, *_ in block.entries.tolist():
                self.seen[slot] = (x, z, block.cell, self.now)
                if block.on_stage:
                    self.spoke[slot] = self.now
                if block.cell in lists:
                    lists[block.cell].add(slot)
            if block.ends and block.cell in lists:
                there = lists.pop(block.cell)
                self.seen = {s: row for s, row in self.seen.items() if row[2] != block.cell or s in there}
        self.seen.pop(ME, None)
        self._forget()

    def _forget(self) -> None:
        for slot, (_, _, cell, tick_ms) in list(self.seen.items()):
            row, column = divmod(cell, self.place.columns)
            side = self.place.cell_m
            away_x = max(column * side - self.x, self.x - (column + 1) * side, 0)
            away_z = max(row * side - self.z, self.z - (row + 1) * side, 0)
            beyond = away_x**2 + away_z**2 > self.place.view_m**2
            speaks = slot in self.spoke and (self.now - self.spoke[slot]) % 2**32 <= 2000
            if (beyond and not speaks) or (self.now - tick_ms) % 2**32 > 8000:
                del self.seen[slot]


slots = st.integers(0, 12)
cells = st.integers(0, 23)
flags = st.sampled_from([0, 0, poses.BEGINS, poses.ENDS, COMPLETE, COMPLETE, poses.ON_STAGE, 2 << 4])
rows = st.lists(st.tuples(slots, st.floats(0, 60), st.floats(0, 40)), max_size=6)
blocks = st.one_of(
    st.builds(lambda cell, flag, some: listed(cell, flag, *some), cells, flags, rows),
    st.builds(lambda some: gone(*some), st.lists(slots, max_size=3)),
)
steps = st.one_of(
    st.builds(
        lambda passed, some: (passed, some), st.sampled_from([0, 100, 100, 1900, 7000]), st.lists(blocks)
    ),
    st.tuples(st.floats(0, 60), st.floats(0, 40)),
)


@given(st.lists(steps, max_size=12), st.sampled_from([1_000, 2**32 - 500]))
def test_any_frames_leave_exactly_whom_the_rules_leave(
    told: list[tuple[int, list[bytes]] | tuple[float, float]], start_ms: int
) -> None:
    picture, plain = Picture(place()), PlainPicture(place())
    plain.stand(5.0, 5.0)
    now = start_ms
    for first, second in told:
        if isinstance(second, list):
            now += int(first)
            picture.frame(frame(now, *second))
            plain.frame(frame(now, *second))
        else:
            picture.stand(first, second)
            plain.stand(first, second)
        shown = {
            slot: (round(avatar.x * 100), round(avatar.z * 100), avatar.cell, avatar.tick_ms)
            for slot, avatar in picture.avatars.items()
        }
        assert shown == plain.seen


def test_whoever_is_missing_from_a_complete_list_is_forgotten() -> None:
    picture = Picture(place())
    picture.frame(frame(100, listed(0, 0, (1, 2.0, 3.0), (2, 4.0, 5.0))))
    picture.frame(frame(200, listed(0, COMPLETE, (2, 4.0, 5.0))))
    assert set(picture.avatars) == {2}


def test_a_list_split_over_blocks_is_complete_only_at_its_end() -> None:
    picture = Picture(place())
    picture.frame(frame(100, listed(0, 0, (1, 2.0, 3.0))))
    picture.frame(frame(200, listed(0, poses.BEGINS, (2, 4.0, 5.0))))
    assert set(picture.avatars) == {1, 2}
    picture.frame(frame(300, listed(0, poses.BEGINS, (2, 4.0, 5.0)), listed(0, poses.ENDS, (3, 6.0, 7.0))))
    assert set(picture.avatars) == {2, 3}


def test_a_slot_never_seen_before_makes_room_for_itself() -> None:
    picture = Picture(place())
    picture.frame(frame(100, listed(0, 0, (65_535, 2.0, 3.0))))
    assert picture.avatars[65_535].x == pytest.approx(2.0, abs=0.005)


def test_an_avatar_is_shown_between_its_last_two_entries() -> None:
    picture = Picture(place())
    picture.frame(frame(2**32 - 50, listed(0, 0, (1, 1.0, 3.0))))
    picture.frame(frame(50, listed(0, 0, (1, 2.0, 3.0))))
    half = picture.at(1, 0)
    assert half is not None
    assert half.x == pytest.approx(1.5)
    late = picture.at(1, 5_000)
    assert late is not None
    assert late.x == pytest.approx(2.0)
    assert picture.at(2, 0) is None


def test_an_avatar_that_stood_long_sets_out_only_one_step_before_its_new_entry() -> None:
    picture = Picture(place())
    picture.frame(frame(1_000, listed(0, 0, (1, 1.0, 3.0))))
    picture.frame(frame(5_000, listed(0, 0, (1, 2.0, 3.0))))
    still, moving = picture.at(1, 4_900), picture.at(1, 4_950)
    assert still is not None
    assert moving is not None
    assert still.x == pytest.approx(1.0)
    assert moving.x == pytest.approx(1.5)


def test_an_avatar_turns_the_short_way() -> None:
    picture = Picture(place())
    for tick_ms, yaw in ((100, 250), (200, 2)):
        raw = np.frombuffer(entries((1, 1.0, 1.0)), poses.ENTRY).copy()
        raw["yaw"] = yaw
        picture.frame(frame(tick_ms, poses.blocks_of(0, 0, raw.tobytes())))
    half = picture.at(1, 150)
    assert half is not None
    assert half.yaw == 254 << 8


def test_the_crowd_is_the_seen_the_tiles_beyond_and_oneself() -> None:
    picture = Picture(place())
    picture.frame(frame(100, listed(0, 0, (1, 2.0, 3.0))))
    picture.tiles(poses.Tiles(100, np.array([(3, 40, 0), (4, 2, 0)], poses.TILE)))
    assert picture.crowd() == 44


@pytest.mark.parametrize(
    "payload",
    [b"\x00", b"\x00\x00\x00\x02" + bytes(10), listed(24, 0, (1, 1.0, 1.0)), b"\x00\x00\x04\x01\x00"],
)
def test_a_frame_that_does_not_fit_is_told_and_changes_nothing(payload: bytes) -> None:
    picture = Picture(place())
    picture.frame(frame(100, listed(0, 0, (1, 2.0, 3.0))))
    before = picture.avatars
    with pytest.raises(ProtocolError):
        picture.frame(frame(200, listed(0, COMPLETE), payload))
    assert picture.avatars == before
