"""What a city is made of, and how it is read from a folder of TOML and checked whole."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    model_validator,
)

from worlds import geometry, plan_checks
from worlds.citizen import is_role

MIN_SIDE_M = 30
MAX_SIDE_M = 600  # a place on the wire is a u16 of 0.01 m, which ends at 655.35 m
MAX_ZONES = 48  # the zones an avatar stands in are one u64 mask; 16 bits stay free
MAX_MIRRORS = 7  # with the main hall, a bit each in a byte
MAX_DOORS = 64  # the doors a citizen may pass are one u64 mask

Language = Literal["ko", "en"]
ZoneKind = Literal[
    "control_room", "counter", "department", "exhibition", "gallery", "garden", "gate", "hall",
    "landmark", "lecture", "library", "lobby", "market", "mentoring", "office", "palace",
    "petition_room", "plaza", "room", "stage", "street", "theatre", "waterside",
]  # fmt: skip
BuildingLook = Literal[
    "brick", "concrete", "furniture", "glass", "glass_wave", "gate", "hanok", "hedge", "house", "market",
    "metal_curve", "mountain", "palace", "pavilion", "statue", "stone", "stone_classical", "tower",
]  # fmt: skip
Roof = Literal["flat", "hipped", "gabled", "double_hipped", "dome", "spire", "wave", "none"]
GroundKind = Literal["flowers", "lawn", "path", "paving", "road", "sand", "soil", "stone", "water", "wood"]
TreeKind = Literal["cherry", "ginkgo", "pine", "plane", "shrub", "zelkova"]


def _outline(value: Any) -> Any:
    """Points as they are; `{box = [x0, z0, x1, z1]}` and `{round = [x, z, rx, rz], sides = n}` as points."""
    match value:
        case {"box": [x0, z0, x1, z1], **rest} if not rest:
            return [[x0, z0], [x1, z0], [x1, z1], [x0, z1]]
        case {"round": [x, z, rx, rz], **rest} if not rest.keys() - {"sides"}:
            sides = rest.get("sides", 32)
            if type(sides) is not int or not 3 <= sides <= 128:
                raise ValueError("sides must be an integer from 3 to 128")
            if not all(isinstance(number, int | float) for number in (x, z, rx, rz)):
                raise ValueError("round must be four numbers: x, z, radius in x, radius in z")
            # half a side of turn, so that a round of four is a box and not a diamond
            turns = [(i + 0.5) * math.tau / sides for i in range(sides)]
            return [[round(x + rx * math.sin(t), 3), round(z + rz * math.cos(t), 3)] for t in turns]
        case dict():
            shapes = "points, {box = [x0, z0, x1, z1]} nor {round = [x, z, rx, rz], sides = n}"
            raise ValueError(f"is neither {shapes}")
        case _:
            return value


def _access(word: str) -> str:
    if word != "minor" and not is_role(word) and not re.fullmatch(r"grant:[a-z][a-z0-9_]*", word):
        raise ValueError("is neither a role nor grant:NAME nor minor")
    return word


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]
Words = Annotated[str, Field(pattern=r"\S")]
Metres = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Radius = Annotated[float, Field(strict=True, gt=0, le=20)]
Yaw = Annotated[float, Field(strict=True, ge=0, lt=360)]
Point = tuple[Metres, Metres]
Outline = Annotated[tuple[Point, ...], BeforeValidator(_outline)]
Access = tuple[Annotated[str, AfterValidator(_access)], ...]


class Shape(BaseModel):
    """What every part of a plan has: it never changes, and a word it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Text(Shape):
    """The same words in each language of the city."""

    ko: Words
    en: Words


class Named(Shape):
    """What has an id, unique among its kind, and a name for people."""

    id: Id
    name: Text


class Anchor(Shape):
    """A place on earth, WGS84 degrees."""

    lat: Annotated[float, Field(strict=True, ge=-90, le=90)]
    lon: Annotated[float, Field(strict=True, ge=-180, le=180)]


class Placed(Shape):
    """What stands at one point: `at` is (x, z) in metres from the north-west corner, x east, z south."""

    at: Point

    @property
    def x(self) -> float:
        return self.at[0]

    @property
    def z(self) -> float:
        return self.at[1]


class Facing(Placed):
    """What stands at one point and looks somewhere: `yaw` in degrees, 0 south, 90 east, 180 north."""

    yaw: Yaw

    @property
    def yaw_u16(self) -> int:
        """The yaw as the wire says it: a turn / 65536."""
        return round(self.yaw / 360 * 65536) % 65536


class ZonePlan(Named):
    """A named part of the ground; `access` empty admits everyone; `speech`: "zone" chat is heard inside."""

    kind: ZoneKind
    polygon: Outline
    access: Access = ()
    speech: StrictBool = True


class SupervisionText(Shape):
    """What people are told as a supervised place opens, is about to close, and is closed."""

    open: Text
    closing: Text
    closed: Text


class SupervisedPlan(Named):
    """Zones that are one place, open only while `least` of its `staff` are in it: two, where the young are."""

    zones: Annotated[tuple[Id, ...], Field(min_length=1)]
    staff: Annotated[Access, Field(min_length=1)]
    least: Annotated[int, Field(strict=True, ge=1, le=16)] = 2
    leave_s: Annotated[float, Field(strict=True, ge=0, le=600)] = 20.0
    """How long those inside may stay when too few are left; 0 is not at all."""
    text: SupervisionText


class WallPlan(Shape):
    """A line nobody walks through, given by points or `around` a building or a ground."""

    points: Outline = ()
    around: Id | None = None
    closed: StrictBool = False
    height: Annotated[float, Field(strict=True, gt=0, le=600)] = 3.0


class DoorPlan(Named):
    """A gap in a wall: open, everyone passes; closed, only those with `access`."""

    from_: Point = Field(alias="from")
    to: Point
    open: StrictBool = True
    access: Access = ()


class PortalEnd(Shape):
    """The far end of a portal."""

    district: Id
    portal: Id


class PortalPlan(Named, Facing):
    """A way to another district; who comes through it arrives at `at` and faces `yaw`."""

    radius: Radius = 1.5
    to: PortalEnd


class SpawnPlan(Facing):
    """A circle of free ground in which people arrive, facing `yaw`."""

    id: Id
    radius: Radius = 3.0


class StagePlan(Named, Facing):
    """Where the speaker stands, and the zone that is the stage."""

    zone: Id


class Record(Shape):
    """Who vouches for what an exhibit says, and until when."""

    valid_from: date
    verified_at: date
    verified_by: Words
    stale_after: date

    def stale(self, today: date) -> bool:
        """Whether it is too long since anyone looked."""
        return today > self.stale_after


class ExhibitPlan(Named, Placed):
    """Something to read at a place."""

    text: Text
    link: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None
    record: Record | None = None


class BuildingPlan(Named):
    """For clients that draw: a footprint raised from `base` by `height`, its top `taper` times as wide."""

    footprint: Outline
    height: Annotated[float, Field(strict=True, gt=0, le=600)]
    base: Annotated[float, Field(strict=True, ge=0, le=600)] = 0.0
    taper: Annotated[float, Field(strict=True, ge=0, le=2)] = 1.0
    look: BuildingLook
    roof: Roof = "flat"


class GroundPlan(Shape):
    """What the ground is made of, for clients that draw; later ones lie on earlier ones."""

    kind: GroundKind
    polygon: Outline
    id: Id | None = None


class TreesPlan(Shape):
    """Trees of one kind, each at (x, z); nobody is stopped by a tree."""

    kind: TreeKind
    at: tuple[Point, ...] = Field(min_length=1)
    height: Annotated[float, Field(strict=True, gt=0, le=40)] = 6.0


class DistrictPlan(Named):
    """One walkable place of the city; `presence` says what being there together adds to a web form."""

    text: Text
    presence: Text
    phase: Literal[1, 2, 3]
    width: Annotated[float, Field(strict=True, ge=MIN_SIDE_M, le=MAX_SIDE_M)]
    depth: Annotated[float, Field(strict=True, ge=MIN_SIDE_M, le=MAX_SIDE_M)]
    anchor: Anchor
    spawns: tuple[SpawnPlan, ...] = Field(min_length=1)
    zones: tuple[ZonePlan, ...] = Field(default=(), max_length=MAX_ZONES)
    supervised: tuple[SupervisedPlan, ...] = ()
    walls: tuple[WallPlan, ...] = ()
    doors: tuple[DoorPlan, ...] = Field(default=(), max_length=MAX_DOORS)
    portals: tuple[PortalPlan, ...] = ()
    stages: tuple[StagePlan, ...] = ()
    mirrors: Annotated[int, Field(strict=True, ge=0, le=MAX_MIRRORS)] = 0
    """How many halls there may be beside the main one when it is full: their people are shown what is on the stage."""
    exhibits: tuple[ExhibitPlan, ...] = ()
    buildings: tuple[BuildingPlan, ...] = ()
    grounds: tuple[GroundPlan, ...] = ()
    trees: tuple[TreesPlan, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _walls_around(cls, raw: Any) -> Any:
        """Gives a wall `around` something the points of that thing, so that no outline is written twice."""
        if not isinstance(raw, dict) or not isinstance(raw.get("walls"), list):
            return raw
        outlines = {}
        for many, outline in (("buildings", "footprint"), ("grounds", "polygon")):
            things = raw.get(many)
            for thing in things if isinstance(things, list) else ():
                if isinstance(thing, dict) and isinstance(thing.get("id"), str):
                    outlines[thing["id"]] = thing.get(outline)
        walls = [
            {**wall, "points": outlines[wall["around"]], "closed": True}
            if isinstance(wall, dict) and not wall.get("points") and str(wall.get("around")) in outlines
            else wall
            for wall in raw["walls"]
        ]
        return {**raw, "walls": walls}

    def wall_segments(self) -> NDArray[np.float64]:
        """(n, 4) x0, z0, x1, z1 in metres: the walls, without what their doors take."""
        return geometry.cut(self.whole_walls(), self.door_segments())

    def door_segments(self) -> NDArray[np.float64]:
        """(m, 4) x0, z0, x1, z1 in metres, in the order of `doors`, each drawn exactly onto its wall."""
        doors = np.array([(*door.from_, *door.to) for door in self.doors], np.float64).reshape(-1, 4)
        return geometry.drawn_onto(doors, self.whole_walls())

    def whole_walls(self) -> NDArray[np.float64]:
        """(n, 4) x0, z0, x1, z1 in metres: the walls as if they had no doors."""
        lines = [geometry.segments(wall.points, closed=wall.closed) for wall in self.walls]
        return np.concatenate(lines) if lines else np.empty((0, 4))


class CitySheet(Named):
    """What `city.toml` says: the city, and its districts by id in their order."""

    text: Text
    origin: Anchor
    languages: tuple[Language, ...] = Field(min_length=1)
    districts: tuple[Id, ...] = Field(min_length=1)


class CityPlan(Named):
    """A whole city; `text` is its welcome."""

    text: Text
    origin: Anchor
    languages: tuple[Language, ...]
    districts: tuple[DistrictPlan, ...]

    def open_in(self, phase: int) -> tuple[DistrictPlan, ...]:
        """The districts that are open in this phase, in their order."""
        return tuple(district for district in self.districts if district.phase <= phase)


class Fault(NamedTuple):
    """One mistake in the content: which file, which field, and why it is wrong."""

    file: str
    field: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class PlanError(Exception):
    """The content of a city is wrong; `faults` are all its mistakes."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


Sheet = TypeVar("Sheet", bound=BaseModel)


def load(folder: Path) -> CityPlan:
    """Reads `city.toml` and `districts/*.toml`; raises PlanError with every fault there is."""
    faults: list[Fault] = []
    sheet = read_sheet(folder, "city.toml", CitySheet, faults)
    files = {path.stem: f"districts/{path.name}" for path in sorted((folder / "districts").glob("*.toml"))}
    read = {stem: read_sheet(folder, file, DistrictPlan, faults) for stem, file in files.items()}
    districts = {stem: district for stem, district in read.items() if district is not None}

    for stem, district in districts.items():
        found = plan_checks.district_faults(stem, district)
        faults += (Fault(files[stem], field, reason) for field, reason in found)
    for stem, field, reason in plan_checks.portal_faults(districts, known=files.keys()):
        faults.append(Fault(files[stem], field, reason))
    if sheet is not None:
        found = plan_checks.city_faults(sheet, districts, files.keys())
        faults += (Fault("city.toml", field, reason) for field, reason in found)
    if faults or sheet is None:
        raise PlanError(faults)
    return CityPlan(**{**dict(sheet), "districts": tuple(districts[name] for name in sheet.districts)})


def read_sheet(folder: Path, file: str, shape: type[Sheet], faults: list[Fault]) -> Sheet | None:
    """One file as its shape, or None with its faults added."""
    try:
        return shape.model_validate(tomllib.loads((folder / file).read_text("utf-8")))
    except OSError as error:
        faults.append(Fault(file, "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        faults.append(Fault(file, "", "is not UTF-8"))
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(file, "", f"is not TOML: {error}"))
    except ValidationError as error:
        faults += told(file, error)
    return None


def told(file: str, error: ValidationError) -> Iterator[Fault]:
    """Each mistake that pydantic found, its place written as an author would."""
    mistakes = error.errors(include_url=False, include_context=False, include_input=False)
    for mistake in mistakes:
        loc = mistake["loc"]
        # wrong things are not counted: one wrong spawn is not also the lack of a spawn
        if mistake["type"] == "too_short" and any(
            other["loc"][: len(loc)] == loc != other["loc"] for other in mistakes
        ):
            continue
        field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
        yield Fault(file, field.lstrip("."), mistake["msg"].removeprefix("Value error, "))
