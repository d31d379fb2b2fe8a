"""Blocks of a sorted crowd, held against what one would write down cell by cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from protocol.poses import BEGINS, CLASS_SHIFT, ENDS, ENTRY, GONE, blocks_of
from worlds.blocks import LONGEST_LIST_BYTES, Blocks, Scene
from worlds.trail import Trail

CELLS, TICK, TOP = 6, 200, 5

people = st.lists(st.tuples(st.integers(0, CELLS - 1), st.integers(0, 80)), max_size=30)
turns = st.lists(st.integers(0, TOP), min_size=CELLS, max_size=CELLS)


def scene_of(cells: list[int], ages: list[int], absent: int = 4) -> Scene:
    """Slots in the order given; after them some who have left."""
    count = len(cells) + absent
    entries = np.zeros(count, ENTRY)
    entries["slot"], entries["x"] = np.arange(count), np.arange(count) * 7
    return Scene(
        tick=TICK,
        tick_ms=TICK * 100,
        who=np.arange(len(cells), dtype=np.intp),
        cell=np.array(cells + [-1] * absent, np.int32),
        entries=entries,
        moved_at=np.array([TICK - age for age in ages] + [0] * absent, np.int32),
    )


def sorted_blocks(scene: Scene) -> Blocks:
    blocks = Blocks(CELLS)
    blocks.sort(scene)
    return blocks


def raw_of(scene: Scene, cell: int, moved_after: int = -1) -> bytes:
    here = (scene.cell == cell) & (scene.moved_at > moved_after)
    return bytes(scene.entries[here].tobytes())


@given(people, turns)
def test_a_due_cell_is_told_who_moved_in_the_ticks_of_the_class_or_everyone(
    crowd: list[tuple[int, int]], turn: list[int]
) -> None:
    scene = scene_of([cell for cell, _ in crowd], [age for _, age in crowd])
    table = sorted_blocks(scene).due(np.array(turn, np.uint8), TOP)
    for r in range(TOP + 1):
        for cell in range(CELLS):
            expected = b""
            if turn[cell] == TOP:
                expected = blocks_of(cell, r << CLASS_SHIFT | BEGINS | ENDS, raw_of(scene, cell))
            elif r <= turn[cell] and (moved := raw_of(scene, cell, TICK - (1 << r))):
                expected = blocks_of(cell, r << CLASS_SHIFT, moved)
            assert table[r, cell] == expected


@pytest.mark.parametrize("there", [255, 256, 700, 3_200])
def test_a_crowd_that_no_block_holds_is_told_in_several(there: int) -> None:
    scene = scene_of([2] * there + [3], [0] * there + [0])
    blocks = sorted_blocks(scene)
    raw = raw_of(scene, 2)
    whole = BEGINS | ENDS if len(raw) < LONGEST_LIST_BYTES else 0
    both = np.array([2, 3])
    assert blocks.complete(np.array([1, 0]), both) == [
        blocks_of(2, 1 << CLASS_SHIFT | whole, raw),
        blocks_of(3, BEGINS | ENDS, raw_of(scene, 3)),
    ]
    assert blocks.due(np.full(CELLS, 1, np.uint8), TOP)[1, 2] == blocks_of(2, 1 << CLASS_SHIFT, raw)


left = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, CELLS - 1), st.integers(TICK - 40, TICK)), max_size=25
)


@given(people.filter(lambda crowd: len(crowd) >= 6), turns, left, st.lists(st.integers(TICK - 40, TICK)))
def test_who_left_is_told_once_under_the_new_cell_unless_that_was_told_complete_since(
    crowd: list[tuple[int, int]],
    turn: list[int],
    leavers: list[tuple[int, int, int]],
    told_at: list[int],
) -> None:
    scene = scene_of([cell for cell, _ in crowd], [age for _, age in crowd])
    told = np.array((told_at + [TICK - 38] * CELLS)[:CELLS], np.int64)
    reaches = np.array([1, 2, 4, 8, 16, 38], np.int64)
    trail = Trail()
    for slot, cell, tick in sorted(leavers, key=lambda one: one[2]):
        now = scene.cell[[slot]]
        trail.add(tick, np.array([slot], np.intp), np.array([cell], np.int32), now, keep=100)
    table: NDArray[np.object_] = np.full((TOP + 1, CELLS), b"", dtype=object)
    sorted_blocks(scene).add_leavers(table, trail, np.array(turn, np.uint8), told, reaches)
    for r in range(TOP + 1):
        for cell in range(CELLS):
            expected: dict[int, set[int]] = {}
            for slot, was, tick in leavers:
                to = int(scene.cell[slot])
                is_known = to == was or (to >= 0 and told[to] >= tick)
                if was == cell and r <= turn[cell] and tick > TICK - reaches[r] and not is_known:
                    expected.setdefault(to, set()).add(slot)
            pieces = b""
            for to, slots in sorted(expected.items(), key=lambda one: one[0] % (1 << 17)):
                who = sorted(slots)
                if to < 0:
                    gone = np.array(who, "<u2").tobytes()
                    pieces += blocks_of(cell, r << CLASS_SHIFT | GONE, gone, 2)
                else:
                    pieces += blocks_of(to, r << CLASS_SHIFT, scene.entries[who].tobytes())
            assert table[r, cell] == pieces
