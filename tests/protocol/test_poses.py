"""The pose lane: what is encoded is read again, whole lists are split and marked, torn frames are told."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from protocol import poses
from protocol.refusals import Farewell, ProtocolError

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
f32 = st.floats(width=32)
entry_rows = st.lists(st.tuples(u16, u16, u16, st.integers(-(2**15), 2**15 - 1), u8, u8), max_size=20)


def rows_of(array: NDArray[np.void]) -> list[tuple[int, ...]]:
    return [tuple(row) for row in array.tolist()]


@given(st.lists(st.tuples(f32, f32, f32, u16, u8, u8), max_size=30))
def test_poses_laid_end_to_end_are_read_as_they_were_written(
    sent: list[tuple[float, float, float, int, int, int]],
) -> None:
    messages = [poses.encode_pose(*pose) for pose in sent]
    assert all(len(message) == 18 and message[:2] == b"\xd8\x01" for message in messages)
    read = np.frombuffer(b"".join(messages), poses.POSE)
    for pose, row in zip(sent, read, strict=True):
        assert struct.pack("<fffHBB", *pose) == row.tobytes()[2:]


@given(st.lists(st.tuples(u16, st.integers(0, 6), entry_rows), max_size=8), st.integers(0, 2**40))
def test_a_frame_is_read_as_it_was_written(
    told: list[tuple[int, int, list[tuple[int, ...]]]], time_ms: int
) -> None:
    blocks = b"".join(
        poses.blocks_of(cell, r << poses.CLASS_SHIFT, np.array(rows, poses.ENTRY).tobytes())
        for cell, r, rows in told
    )
    message = poses.encode_frame(time_ms, blocks)
    frame = poses.read_frame(message[4:])
    assert frame.tick_ms == time_ms % 2**32
    assert [(b.cell, b.rate_class, rows_of(b.entries)) for b in frame.blocks()] == told


@given(entry_rows.filter(bool), st.data())
def test_a_frame_cut_inside_a_block_is_told(rows: list[tuple[int, ...]], data: st.DataObject) -> None:
    payload = poses.blocks_of(3, 0, np.array(rows, poses.ENTRY).tobytes())
    cut = data.draw(st.integers(1, len(payload) - 1))
    with pytest.raises(ProtocolError) as caught:
        list(poses.Frame(0, payload[:cut]).blocks())
    assert caught.value.code is Farewell.BAD_MESSAGE


@given(st.binary(max_size=300))
def test_any_payload_is_a_frame_or_a_protocol_error(payload: bytes) -> None:
    for read in (poses.read_frame, poses.read_tiles):
        try:
            told = read(payload)
        except ProtocolError:
            continue
        if isinstance(told, poses.Frame):
            try:
                list(told.blocks())
            except ProtocolError:
                continue
        else:
            assert len(told.tiles) == (len(payload) - 4) // 4


@pytest.mark.parametrize("total", [0, 1, 254, 255, 256, 510, 511, 3_000])
def test_a_complete_list_is_split_and_marked_at_its_ends_alone(total: int) -> None:
    entries = np.zeros(total, poses.ENTRY)
    entries["slot"] = np.arange(total)
    flags = poses.BEGINS | poses.ENDS | 3 << poses.CLASS_SHIFT
    blocks = list(poses.Frame(0, poses.blocks_of(9, flags, entries.tobytes())).blocks())
    assert np.concatenate([block.entries for block in blocks])["slot"].tolist() == list(range(total))
    assert [block.begins for block in blocks] == [True] + [False] * (len(blocks) - 1)
    assert [block.ends for block in blocks] == [False] * (len(blocks) - 1) + [True]
    assert {(block.cell, block.rate_class, block.gone) for block in blocks} == {(9, 3, False)}


def test_who_is_gone_is_told_by_slots_alone() -> None:
    slots = np.array([5, 65_535], "<u2")
    payload = poses.blocks_of(9, poses.GONE, slots.tobytes(), 2)
    (block,) = poses.Frame(0, payload).blocks()
    assert (len(payload), block.gone, block.entries.tolist()) == (8, True, [5, 65_535])


def test_who_is_on_a_stage_is_marked() -> None:
    (block,) = poses.Frame(0, poses.blocks_of(9, poses.ON_STAGE, b"")).blocks()
    assert [block.on_stage, block.begins, block.ends, block.gone] == [True, False, False, False]


@given(
    st.floats(0, 655.35),
    st.floats(-300, 300),
    st.floats(0, 655.35),
    st.integers(0, 0xFFFF),
)
def test_an_entry_is_within_half_a_centimetre_and_a_256th_of_a_turn(
    x: float, y: float, z: float, yaw: int
) -> None:
    columns = [np.array([v]) for v in (1, x, y, z, yaw, poses.WAVE)]
    (entry,) = poses.encode_entries(*columns)
    shown = [entry[axis] * poses.PRECISION_M for axis in ("x", "y", "z")]
    assert all(math.isclose(a, b, abs_tol=0.005 + 1e-9) for a, b in zip(shown, (x, y, z), strict=True))
    assert 0 <= yaw - int(entry["yaw"]) * 256 < 256
    assert (entry["slot"], entry["stance"]) == (1, poses.WAVE)


def test_the_layouts_have_the_sizes_that_the_wire_names() -> None:
    sizes = [dtype.itemsize for dtype in (poses.POSE, poses.ENTRY, poses.BLOCK, poses.TILE)]
    assert sizes == [18, 10, 4, 4]
    assert len(poses.frame_head(0, 0)) == poses.FRAME_HEAD_BYTES


def test_tiles_are_read_as_they_were_written() -> None:
    tiles = np.array([(0, 3, 64), (400, 255, 0)], poses.TILE)
    told = poses.read_tiles(poses.encode_tiles(2**32 + 7, tiles)[4:])
    assert (told.tick_ms, rows_of(told.tiles)) == (7, rows_of(tiles))


@pytest.mark.parametrize("payload", [b"", b"123", b"12345", b"1234567"])
def test_tiles_of_a_wrong_length_are_told(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        poses.read_tiles(payload)
