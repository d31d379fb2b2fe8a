"""Frames made and followed by ourselves are those of RFC 6455."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.poses import POSE, encode_pose
from server.frames import POSE_FRAME_BYTES, Boundary, binary_frame, frame_bytes, unmask_poses
from tests.support.city import message_of


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x82\x00"),
        (125, b"\x82\x7d"),
        (126, b"\x82\x7e\x00\x7e"),
        (65_535, b"\x82\x7e\xff\xff"),
        (65_536, b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_says_its_length_in_the_shortest_form(size: int, head: bytes) -> None:
    frame = binary_frame(bytes(size))
    assert frame == head + bytes(size)
    assert message_of(frame) == bytes(size)
    assert frame_bytes(frame, 0) == len(frame)


def test_a_frame_whose_head_is_not_whole_has_no_length_yet() -> None:
    frame = binary_frame(bytes(300))
    assert [frame_bytes(frame[:n], 0) for n in range(5)] == [None, None, None, None, 304]


messages = st.lists(st.sampled_from([0, 1, 18, 125, 126, 300, 70_000]), min_size=1, max_size=6)


@given(messages, st.randoms(use_true_random=False))
def test_wherever_a_stream_is_cut_it_is_known_whether_a_frame_is_whole(
    sizes: list[int], dice: object
) -> None:
    frames = [binary_frame(bytes(size)) for size in sizes]
    stream = b"".join(frames)
    ends = {sum(map(len, frames[:i])) for i in range(len(frames) + 1)}
    cuts = sorted(dice.sample(range(len(stream) + 1), k=min(len(stream), 12)))  # type: ignore[attr-defined]
    boundary, at = Boundary(), 0
    for cut in [*cuts, len(stream)]:
        boundary.follow(stream[at:cut])
        at = cut
        assert boundary.is_between_frames == (cut in ends)


def test_a_masked_frame_is_four_bytes_longer() -> None:
    assert frame_bytes(bytes((0x82, 0x80 | 18)) + bytes(22), 0) == 24


def masked(head: bytes, payload: bytes, key: bytes) -> bytes:
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


places = st.floats(-600, 600, width=32)


@given(st.lists(st.tuples(places, places, places, st.integers(0, 65_535), st.binary(min_size=4, max_size=4))))
def test_poses_are_unmasked_together_as_they_would_be_byte_by_byte(
    poses: list[tuple[float, float, float, int, bytes]],
) -> None:
    plain = [encode_pose(x, y, z, yaw, stance=3, seq=9) for x, y, z, yaw, _ in poses]
    raw = b"".join(masked(b"\x82\x92", pose, key) for pose, (*_, key) in zip(plain, poses, strict=True))
    frames, is_pose = unmask_poses(raw)
    assert is_pose.all()
    for name in POSE.names or ():
        assert frames[name].tobytes() == b"".join(
            bytes(memoryview(pose)[POSE.fields[name][1] :][: POSE.fields[name][0].itemsize])
            for pose in plain
            if POSE.fields is not None
        )


@pytest.mark.parametrize(
    ("head", "payload"),
    [
        (b"\x02\x92", encode_pose(1, 2, 3, 4)),
        (b"\x81\x92", encode_pose(1, 2, 3, 4)),
        (b"\x82\x93", encode_pose(1, 2, 3, 4)),
        (b"\x82\x12", encode_pose(1, 2, 3, 4)),
        (b"\x82\x92", b"\xd8\x02" + bytes(16)),
        (b"\x82\x92", b"\xd7\x01" + bytes(16)),
    ],
)
def test_what_is_no_whole_frame_of_one_pose_is_none(head: bytes, payload: bytes) -> None:
    raw = masked(head, payload, b"\x01\x80\xff\x00")
    assert len(raw) == POSE_FRAME_BYTES
    good = masked(b"\x82\x92", encode_pose(1, 2, 3, 4), b"\x01\x80\xff\x00")
    assert unmask_poses(good + raw + good)[1].tolist() == [True, False, True]
