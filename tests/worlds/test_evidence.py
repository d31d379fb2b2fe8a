"""Evidence of late: who was near whom, and what each heard; no further back and no more than it should be."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from worlds.citizen import Citizen
from worlds.evidence import LINES, MOST_TRACKS, HeardLine, HeardOfLate, PlacesOfLate
from worlds.halls import ALL_HALLS

KIM, LEE, FAR = (Citizen(f"c-{name}", name) for name in ("kim", "lee", "far"))


Columns: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int8], NDArray[np.uint8]]


def places(*at: tuple[float, float], halls: Sequence[int] = (), performs: int = -1) -> Columns:
    """Columns by slot; everyone in the main hall, where nothing else is said."""
    hall = np.array(halls or [0] * len(at), np.int8)
    seen_in = (1 << hall).astype(np.uint8)
    if performs >= 0:
        seen_in[performs] = ALL_HALLS
    x, z = (np.array(axis, np.float32) for axis in zip(*at, strict=True))
    return x, z, hall, seen_in


def test_who_was_within_fifteen_metres_is_there_with_where_they_went_and_nobody_else() -> None:
    late = PlacesOfLate()
    people = {0: KIM, 2: LEE, 3: FAR}
    for second in range(3):
        late.sample(float(second), people, *places((10, 10), (0, 0), (20 + second, 10), (30, 10)))
    tracks = late.tracks(KIM.id, 2.4)
    assert [track.citizen for track in tracks] == [KIM.id, LEE.id]
    assert tracks[1].points == ((2, 200, 100), (1, 210, 100), (0, 220, 100))
    assert tracks[1].name == "lee"


def test_a_place_is_forgotten_after_a_minute_and_who_was_not_there_saw_nothing() -> None:
    late = PlacesOfLate()
    for second in range(200):
        late.sample(float(second), {0: KIM, 1: LEE}, *places((1, 1), (2, 2)))
    [own, _] = late.tracks(KIM.id, 199.0)
    assert len(own.points) == 60
    assert own.points[0][0] == 59
    assert late.tracks(KIM.id, 300.0) == ()
    assert late.tracks(FAR.id, 199.0) == ()


def test_a_slot_that_another_has_now_is_still_who_it_was() -> None:
    late = PlacesOfLate()
    late.sample(0.0, {0: KIM, 1: LEE}, *places((1, 1), (2, 2)))
    late.sample(1.0, {0: KIM, 1: FAR}, *places((1, 1), (2, 2)))
    assert {track.citizen: len(track.points) for track in late.tracks(KIM.id, 1.0)} == {
        KIM.id: 2,
        LEE.id: 1,
        FAR.id: 1,
    }


def test_of_a_dense_crowd_only_the_nearest_go_with_a_report() -> None:
    late = PlacesOfLate()
    crowd = {i: Citizen(f"c-{i}", str(i)) for i in range(300)}
    late.sample(0.0, crowd, *places(*((i * 0.04, 0.0) for i in range(300))))
    tracks = late.tracks("c-0", 0.0)
    assert [track.citizen for track in tracks] == [f"c-{i}" for i in range(MOST_TRACKS)]


def test_who_stands_in_the_same_place_of_another_hall_is_not_near_but_who_performs_is() -> None:
    late = PlacesOfLate()
    people = {0: KIM, 1: LEE, 2: FAR}
    late.sample(0.0, people, *places((1, 1), (1, 1), (2, 1), halls=(0, 1, 0), performs=2))
    assert {track.citizen for track in late.tracks(KIM.id, 0.0)} == {KIM.id, FAR.id}
    assert {track.citizen for track in late.tracks(LEE.id, 0.0)} == {LEE.id, FAR.id}
    assert not late.were_near(KIM.id, LEE.id, 0.0)
    assert late.were_near(LEE.id, FAR.id, 0.0)
    assert not late.were_near(FAR.id, LEE.id, 0.0), "from the stage one sees one's own hall"


def test_who_was_near_within_the_last_minute_was_near_and_no_longer() -> None:
    late = PlacesOfLate()
    late.sample(0.0, {0: KIM, 1: LEE, 2: FAR}, *places((1, 1), (2, 2), (90, 90)))
    assert late.were_near(KIM.id, LEE.id, 59.0)
    assert not late.were_near(KIM.id, FAR.id, 59.0)
    assert not late.were_near(KIM.id, "c-nobody", 59.0)
    assert not late.were_near(KIM.id, LEE.id, 61.0)


def test_only_the_last_lines_are_remembered_and_those_of_who_left_are_not() -> None:
    heard = HeardOfLate()
    for i in range(LINES + 5):
        heard.hear((KIM.id, LEE.id), HeardLine(f"m{i}", LEE.id, "lee", str(i), i))
    assert [line.text for line in heard.of(KIM.id)] == [str(i) for i in range(5, LINES + 5)]
    heard.forget(KIM.id)
    assert heard.of(KIM.id) == ()
    assert len(heard.of(LEE.id)) == LINES
