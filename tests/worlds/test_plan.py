"""What a city is made of: every mistake is told with its file, its field and its reason, and all at once."""

import shutil
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from worlds import plan_checks
from worlds.plan import CityPlan, Fault, PlanError, Record, load

HAMLET = Path(worlds.__file__).parent / "hamlet"
GREEN, HALL = "districts/green.toml", "districts/hall.toml"

Change = Callable[..., Path]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """Copies hamlet and puts, in one of its files, new words for old ones."""
    folder = tmp_path / "hamlet"

    def change(file: str, old: str, new: str) -> Path:
        if not folder.exists():
            shutil.copytree(HAMLET, folder)
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
        return folder

    return change


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(PlanError) as told:
        load(folder)
    return told.value.faults


def more(word: str, times: int) -> str:
    """Many zones or doors, to pass a bound."""
    one = '[[{word}]]\nid = "n{i}"\nname = {{ ko = "곳", en = "place" }}\n'
    if word == "zones":
        one += 'kind = "room"\npolygon = {{ box = [1, 1, 2, 2] }}\n'
    else:
        one += "from = [6, 7]\nto = [6, 8]\n"
    return "".join(one.format(word=word, i=i) for i in range(times))


def test_hamlet_is_whole() -> None:
    city = load(HAMLET)
    assert city.id == "hamlet"
    assert [district.id for district in city.districts] == ["green", "hall"]
    assert city.open_in(1) == city.districts
    green, hall = city.districts
    assert (green.portals[0].to.district, green.portals[0].to.portal) == ("hall", hall.portals[0].id)
    assert (hall.portals[0].to.district, hall.portals[0].to.portal) == ("green", green.portals[0].id)


def test_a_district_by_itself_is_checked_for_what_its_file_is_called() -> None:
    green = load(HAMLET).districts[0]
    assert list(plan_checks.district_faults("green", green)) == []
    assert [field for field, _ in plan_checks.district_faults("blue", green)] == ["id"]


def test_walls_end_where_doors_begin() -> None:
    hall = load(HAMLET).districts[1]
    assert hall.door_segments().tolist() == [[14, 18, 17, 18], [24, 10, 24, 12]]
    assert hall.wall_segments().tolist() == [
        [6, 6, 34, 6],
        [34, 6, 34, 18],
        [34, 18, 17, 18],
        [14, 18, 6, 18],
        [6, 18, 6, 6],
        [24, 6, 24, 10],
        [24, 12, 24, 18],
    ]


def test_a_district_without_walls_has_empty_arrays() -> None:
    green = load(HAMLET).districts[0]
    assert green.wall_segments().shape == (0, 4)
    assert green.door_segments().shape == (0, 4)
    assert green.wall_segments().dtype == green.door_segments().dtype == np.float64


def test_an_outline_may_be_a_box_or_round() -> None:
    green, hall = load(HAMLET).districts
    assert hall.zones[0].polygon == ((6, 6), (24, 6), (24, 18), (6, 18))
    lawn = np.array(green.zones[0].polygon)
    assert len(lawn) == 32
    assert np.hypot(*(lawn - 30).T) == pytest.approx(20, abs=0.01)


SUPERVISED = """
[[supervised]]
id = "{id}"
name = {{ ko = "돌봄방", en = "Wing" }}
zones = {zones}
staff = {staff}
[supervised.text]
open = {{ ko = "열림", en = "open" }}
closing = {{ ko = "곧 닫힘", en = "closing" }}
closed = {{ ko = "닫힘", en = "closed" }}
"""


@pytest.mark.parametrize(
    ("places", "field", "told"),
    [
        ([("wing", '["attic"]', '["official"]')], "supervised[0].zones", "no zone attic"),
        ([("wing", '["meeting_room"]', '["official"]')], "supervised[0].staff", "does not admit official"),
        ([("wing", '["office"]', '["minor"]')], "supervised[0].staff", "do not look after the young"),
        ([("wing", '["office", "office"]', '["official"]')], "supervised[0].zones", "belongs to wing"),
        (
            [("a", '["office"]', '["official"]'), ("b", '["office"]', '["official"]')],
            "supervised[1].zones",
            "to a",
        ),
        (
            [("a", '["office"]', '["official"]'), ("a", '["attic"]', '["official"]')],
            "supervised[1].id",
            "taken",
        ),
        ([("wing", "[]", '["official"]')], "supervised[0].zones", "at least 1"),
    ],
)
def test_a_supervised_place_is_of_zones_that_its_staff_may_enter(
    changed: Change, places: list[tuple[str, str, str]], field: str, told: str
) -> None:
    more = "".join(SUPERVISED.format(id=name, zones=zones, staff=staff) for name, zones, staff in places)
    folder = changed(HALL, "[presence]", f"{more}\n[presence]")
    found = [(fault.field, fault.reason) for fault in faults(folder)]
    assert any(where == field and told in why for where, why in found), found


def test_a_district_with_a_supervised_place_has_no_mirrors(changed: Change) -> None:
    mirrored = changed(HALL, "depth = 40", "depth = 40\nmirrors = 2")
    assert load(mirrored).districts[1].mirrors == 2
    place = SUPERVISED.format(id="wing", zones='["office"]', staff='["official"]')
    sheet = mirrored / HALL
    sheet.write_text(sheet.read_text("utf-8").replace("[presence]", f"{place}\n[presence]", 1), "utf-8")
    assert ("mirrors", True) in [(fault.field, "supervised" in fault.reason) for fault in faults(mirrored)]


def test_there_are_as_many_halls_as_a_byte_has_bits(changed: Change) -> None:
    found = faults(changed(HALL, "depth = 40", "depth = 40\nmirrors = 8"))
    assert [fault.field for fault in found] == ["mirrors"]


def test_a_yaw_is_told_as_the_wire_says_it() -> None:
    green, hall = load(HAMLET).districts
    assert hall.spawns[0].yaw_u16 == 32768
    assert green.portals[0].yaw_u16 == 49152


def test_a_record_is_stale_the_day_after_its_last() -> None:
    record = load(HAMLET).districts[1].exhibits[0].record
    assert isinstance(record, Record)
    assert not record.stale(record.stale_after)
    assert record.stale(date(2027, 1, 6))


WRONG = {
    "toml": (GREEN, 'id = "green"', 'id = "green', "", "is not TOML"),
    "missing field": (GREEN, "width = 60 ", "# ", "width", "Field required"),
    "unknown field": (GREEN, "width = 60", "breadth = 3\nwidth = 60", "breadth", "not permitted"),
    "wrong type": (GREEN, "width = 60", 'width = "60"', "width", "valid number"),
    "not a number": (GREEN, "at = [20, 40]", "at = [nan, 40]", "spawns[0].at[0]", "finite"),
    "too wide": (GREEN, "width = 60", "width = 601", "width", "less than or equal to 600"),
    "too small": (GREEN, "depth = 60", "depth = 29", "depth", "greater than or equal to 30"),
    "phase": (GREEN, "phase = 1", "phase = 4", "phase", "1, 2 or 3"),
    "no translation": (GREEN, ', en = "Lawn"', "", "zones[0].name.en", "Field required"),
    "blank translation": (GREEN, 'en = "Lawn"', 'en = "  "', "zones[0].name.en", "match pattern"),
    "id": (GREEN, 'id = "lawn"', 'id = "Lawn 1"', "zones[0].id", "match pattern"),
    "id of a file": (GREEN, 'id = "green"', 'id = "greens"', "id", "green.toml"),
    "latitude": (GREEN, "lat = 37.5663", "lat = 91.0", "anchor.lat", "less than or equal to 90"),
    "kind": (GREEN, 'kind = "plaza"', 'kind = "plazza"', "zones[0].kind", "'plaza'"),
    "access": (HALL, '"official", "grant:chief"]', '"oficial"]', "zones[1].access[0]", "neither a role"),
    "link": (GREEN, "at = [30, 26]", 'at = [30, 26]\nlink = "javascript:x"', "exhibits[0].link", "pattern"),
    "outline": (GREEN, "{ round = [30, 30, 20, 20] }", "{ ring = [1] }", "zones[0].polygon", "is neither"),
    "sides": (GREEN, "[30, 30, 20, 20] }", "[30, 30, 20, 20], sides = 2 }", "zones[0].polygon", "sides"),
    "few points": (HALL, "{ box = [6, 6, 24, 18] }", "[[6, 6], [9, 9]]", "zones[0].polygon", "at least 3"),
    "no area": (HALL, "{ box = [6, 6, 24, 18] }", "[[6, 6], [8, 8], [9, 9]]", "zones[0].polygon", "no area"),
    "same point": (HALL, "{ box = [6, 6, 24, 18] }", "{ box = [6, 6, 6, 18] }", "zones[0].polygon", "twice"),
    "bow tie": (
        HALL,
        "{ box = [6, 6, 24, 18] }",
        "[[6, 6], [24, 18], [24, 6], [6, 14]]",
        "zones[0].polygon",
        "crosses itself",
    ),
    "zone outside": (HALL, "[6, 6, 24, 18]", "[6, 6, 41, 18]", "zones[0].polygon", "out of the district"),
    "id taken": (HALL, 'id = "office"', 'id = "meeting_room"', "zones[1].id", "is taken"),
    "tree outside": (HALL, "[33, 33]]", "[33, 43]]", "trees[0].at", "out of the district"),
    "wall around": (
        HALL,
        'around = "house"',
        'around = "horse"',
        "walls[0].around",
        "nothing is called horse",
    ),
    "wall around what": (HALL, 'around = "house"', "around = []", "walls[0].around", "valid string"),
    "wall twice": (
        HALL,
        'around = "house"',
        'around = "house"\npoints = [[1, 1], [2, 1]]',
        "walls[0]",
        "points of its own",
    ),
    "wall of one point": (HALL, "[[24, 6], [24, 18]]", "[[24, 6]]", "walls[1].points", "too few"),
    "wall stands still": (HALL, "[[24, 6], [24, 18]]", "[[24, 6], [24, 6]]", "walls[1].points", "same point"),
    "wall outside": (HALL, "[[24, 6], [24, 18]]", "[[24, -1], [24, 18]]", "walls[1].points", "out of the"),
    "door on no wall": (
        HALL,
        "from = [14, 18]\nto = [17, 18]",
        "from = [14, 20]\nto = [17, 20]",
        "doors[0]",
        "no wall",
    ),
    "door past its wall": (HALL, "from = [24, 10]", "from = [24, 19]", "doors[1]", "lies on no wall"),
    "narrow door": (HALL, "to = [17, 18]", "to = [14.5, 18]", "doors[0]", "narrower than 0.9 m"),
    "doors overlap": (
        HALL,
        "from = [24, 10]\nto = [24, 12]",
        "from = [16, 18]\nto = [19, 18]",
        "doors[1]",
        "overlaps",
    ),
    "spawn near a wall": (HALL, "at = [14, 32]", "at = [10, 22]", "spawns[0].at", "not free of walls"),
    "spawn outside": (HALL, "at = [14, 32]", "at = [14, 39]", "spawns[0].at", "out of the district"),
    "spawn in an office": (
        GREEN,
        'kind = "plaza"\n',
        'kind = "plaza"\naccess = ["official"]\n',
        "spawns[0].at",
        "where not everyone may be",
    ),
    "no spawn": (GREEN, "[[spawns]]", "[[elsewhere]]", "spawns", "Field required"),
    "portal near a wall": (HALL, "at = [4, 30]", "at = [5, 12]", "portals[0].at", "not free of walls"),
    "portal outside": (HALL, "at = [4, 30]", "at = [-4, 30]", "portals[0].at", "out of the district"),
    "portal to nowhere": (
        HALL,
        'district = "green"',
        'district = "red"',
        "portals[0].to.district",
        "no district red",
    ),
    "portal to its own": (
        HALL,
        'district = "green"',
        'district = "hall"',
        "portals[0].to.district",
        "its own",
    ),
    "portal to no portal": (
        HALL,
        'portal = "to_hall"',
        'portal = "x"',
        "portals[0].to.portal",
        "has no portal x",
    ),
    "exhibit outside": (HALL, "at = [20, 8]", "at = [20, 80]", "exhibits[0].at", "out of the district"),
    "record": (
        HALL,
        "stale_after = 2027",
        "stale_after = 2025",
        "exhibits[0].record.stale_after",
        "not after",
    ),
    "stage without zone": (HALL, 'zone = "meeting_room"', 'zone = "x"', "stages[0].zone", "no zone x"),
    "stage off its zone": (HALL, "at = [9, 12]", "at = [30, 30]", "stages[0].at", "not in its zone"),
    "walled in": (
        HALL,
        "to = [17, 18]\n",
        "to = [17, 18]\nopen = false\n",
        "zones[0]",
        "cannot be reached on foot",
    ),
    "no way for anyone": (
        HALL,
        "from = [24, 10]\nto = [24, 12]",
        "from = [8, 6]\nto = [9, 6]",
        "zones[1]",
        "on foot",
    ),
    "many zones": (GREEN, "[[zones]]", more("zones", 48) + "[[zones]]", "zones", "at most 48"),
    "many doors": (HALL, "[[doors]]", more("doors", 63) + "[[doors]]", "doors", "at most 64"),
    "much to tell": (GREEN, 'ko = "마을 회의는', 'ko = "' + "긴 글 " * 3000, "", "are told on arrival"),
    "language": ("city.toml", '["ko", "en"]', '["ko"]', "languages", "en missing"),
    "listed twice": ("city.toml", '["green", "hall"]', '["green", "hall", "hall"]', "districts", "2 times"),
    "without file": (
        "city.toml",
        '["green", "hall"]',
        '["green", "hall", "mill"]',
        "districts",
        "mill has no file",
    ),
    "not listed": ("city.toml", '["green", "hall"]', '["green"]', "districts", "hall.toml is not listed"),
    "city": ("city.toml", 'id = "hamlet"', "id = 1", "id", "valid string"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_told_with_file_field_and_reason(mistake: str, changed: Change) -> None:
    file, old, new, field, reason = WRONG[mistake]
    told = faults(changed(file, old, new))
    assert any(f.file == file and f.field == field and reason in f.reason for f in told), told


def test_an_exhibit_may_stand_where_only_some_may_be(changed: Change) -> None:
    assert load(changed(HALL, "at = [20, 8]", "at = [30, 8]")).districts[1].exhibits[0].at == (30, 8)


def test_an_exhibit_that_nobody_reaches_is_told(changed: Change) -> None:
    changed(HALL, "[[walls]]\n", '[[walls]]\naround = "well"\n\n[[walls]]\n')
    well = '[[buildings]]\nid = "well"\nname = { ko = "우물", en = "Well" }\nheight = 1\nlook = "stone"\n'
    well += "footprint = { round = [20, 8, 2, 2] }\n\n"
    told = faults(changed(HALL, "[[buildings]]", well + "[[buildings]]"))
    assert told == (Fault(HALL, "exhibits[0].at", "minutes cannot be reached on foot from yard"),)


def test_a_portal_that_does_not_lead_back_is_told_at_both_ends(changed: Change) -> None:
    again = '[[portals]]\nid = "again"\nname = { ko = "다시", en = "Again" }\nat = [4, 24]\nyaw = 90\n'
    again += 'to = { district = "green", portal = "to_hall" }\n\n[[portals]]'
    told = faults(changed(HALL, "[[portals]]", again))
    assert [f.field for f in told] == ["portals[0].to"]
    assert "does not lead back to again" in told[0].reason


def test_a_city_that_opens_nothing_at_first_is_told(changed: Change) -> None:
    changed(GREEN, "phase = 1", "phase = 2")
    told = faults(changed(HALL, "phase = 1", "phase = 3"))
    assert told == (Fault("city.toml", "districts", "none opens in phase 1"),)


def test_a_later_district_may_be_led_to_before_it_opens(changed: Change) -> None:
    city = load(changed(HALL, "phase = 1", "phase = 2"))
    assert [district.id for district in city.open_in(1)] == ["green"]
    assert [district.id for district in city.open_in(2)] == ["green", "hall"]


def test_all_mistakes_of_all_files_are_told_at_once(changed: Change) -> None:
    changed("city.toml", "lat = 37.5663", 'lat = "north"')
    changed(GREEN, "at = [20, 40]", "at = [1, 40]")
    changed(GREEN, "[30, 30, 20, 20]", "[30, 30, 80, 20]")
    changed(HALL, "yaw = 180", "yaw = 360")
    told = faults(changed(HALL, 'ko = "회의실", ', ""))
    assert {(f.file, f.field) for f in told} == {
        ("city.toml", "origin.lat"),
        (GREEN, "spawns[0].at"),
        (GREEN, "zones[0].polygon"),
        (HALL, "spawns[0].yaw"),
        (HALL, "zones[0].name.ko"),
    }


def test_the_error_reads_one_mistake_a_line(changed: Change) -> None:
    changed(GREEN, "width = 60", "width = 5")
    with pytest.raises(PlanError) as told:
        load(changed(HALL, "width = 40", "width = 6"))
    assert str(told.value).splitlines() == [
        "districts/green.toml: width: Input should be greater than or equal to 30",
        "districts/hall.toml: width: Input should be greater than or equal to 30",
    ]


def test_a_folder_that_is_no_city_is_told(tmp_path: Path) -> None:
    told = faults(tmp_path / "nowhere")
    assert told == (Fault("city.toml", "", "cannot be read: No such file or directory"),)


def test_a_file_that_is_not_utf8_is_told(changed: Change) -> None:
    folder = changed(GREEN, "마을 마당", "마을 마당")
    (folder / GREEN).write_bytes("마을".encode("euc-kr"))
    assert Fault(GREEN, "", "is not UTF-8") in faults(folder)


NASTY = [
    "nan",
    "inf",
    "-1",
    "1e308",
    "9" * 400,
    '""',
    "[]",
    "{}",
    "[[]]",
    "true",
    "2026-01-01",
    "[[0, 0]]",
    "0",
    "]",
    '"\\u0000"',
]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_whatever_a_file_says_the_answer_is_a_city_or_its_faults(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("city") / "hamlet"
    shutil.copytree(HAMLET, folder)
    file = folder / data.draw(st.sampled_from(["city.toml", GREEN, HALL]))
    lines = file.read_text("utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(lines) - 1))
        if "=" in lines[row] and data.draw(st.booleans()):
            lines[row] = lines[row].split("=")[0] + "= " + data.draw(st.sampled_from(NASTY))
        else:
            lines[row] = data.draw(st.sampled_from(["", *lines]))
    file.write_text("\n".join(lines), "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer: CityPlan | tuple[Fault, ...]
        try:
            answer = load(folder)
        except PlanError as wrong:
            answer = wrong.faults
    assert isinstance(answer, CityPlan) or len(answer) > 0
