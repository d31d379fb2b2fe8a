"""Access: which zones and doors are whose, by roles, scopes and grants."""

import pytest

from tests.support.city import district, text
from worlds.access import forbidden_zones, holds_any, is_admitted, passable_doors
from worlds.citizen import Citizen
from worlds.plan import DistrictPlan

VISITOR = Citizen("v", "v")
OFFICIAL = Citizen("o", "o", roles=("citizen", "official"), level=2)
HOST_HERE = Citizen("h", "h", roles=("host@here",), level=2)
CHILD = Citizen("c", "c", roles=("citizen",), level=2, minor=True)
MENTOR = Citizen("w", "w", roles=("official",), grants=("youth_worker",), level=2)
MAYOR = Citizen("m", "m", roles=("citizen",), grants=("mayor",), level=2)


@pytest.mark.parametrize(
    ("access", "citizen", "admitted"),
    [
        ((), VISITOR, True),
        (("official",), VISITOR, False),
        (("official",), OFFICIAL, True),
        (("host", "official"), OFFICIAL, True),
        (("host",), HOST_HERE, True),
        (("grant:mayor",), MAYOR, True),
        (("grant:mayor",), OFFICIAL, False),
        (("mayor",), MAYOR, False),
        (("official", "grant:mayor"), MAYOR, True),
        (("minor", "grant:youth_worker"), CHILD, True),
        (("minor", "grant:youth_worker"), OFFICIAL, False),
        (("minor", "grant:youth_worker"), MENTOR, True),
        (("official",), CHILD, False),
    ],
)
def test_a_list_admits_by_role_or_grant(access: tuple[str, ...], citizen: Citizen, admitted: bool) -> None:
    assert is_admitted(citizen, access, "here") is admitted


def test_a_scoped_role_counts_in_its_district_alone() -> None:
    assert not is_admitted(HOST_HERE, ("host",), "there")


def test_a_list_that_must_be_held_is_held_by_role_within_its_scope_or_by_grant() -> None:
    assert holds_any(HOST_HERE, {"moderator", "host"}, "here")
    assert holds_any(HOST_HERE, {"host"}, "here/hall")
    assert not holds_any(HOST_HERE, {"host"}, "there")
    assert not holds_any(HOST_HERE, {"host"}, None)
    assert holds_any(MAYOR, {"operator", "grant:mayor"}, None)
    assert not holds_any(MAYOR, set(), "here")


@pytest.fixture
def plan() -> DistrictPlan:
    def zone(name: str, left: float, *access: str) -> dict[str, object]:
        box = {"box": [left, 0.0, left + 10, 10.0]}
        return {"id": name, "name": text(name), "kind": "room", "access": access, "polygon": box}

    def door(name: str, x: float, *access: str) -> dict[str, object]:
        return {"id": name, "name": text(name), "from": [x, 20.0], "to": [x + 2, 20.0], "access": access}

    return district(
        "here",
        zones=[zone("open", 0), zone("office", 20, "official"), zone("mayors", 40, "grant:mayor")],
        walls=[{"points": [[0.0, 20.0], [100.0, 20.0]]}],
        doors=[door("front", 5), door("office", 25, "official"), door("nobodys", 45)],
    )


def test_zones_that_do_not_admit_one_are_the_forbidden_bits(plan: DistrictPlan) -> None:
    assert forbidden_zones(VISITOR, plan) == 0b110
    assert forbidden_zones(OFFICIAL, plan) == 0b100
    assert forbidden_zones(MAYOR, plan) == 0b010


def test_open_doors_are_everyones_and_closed_ones_of_who_is_on_their_list(plan: DistrictPlan) -> None:
    assert passable_doors(VISITOR, plan, [True, True, True]) == 0b111
    assert passable_doors(VISITOR, plan, [True, False, False]) == 0b001
    assert passable_doors(OFFICIAL, plan, [False, False, False]) == 0b010
    with pytest.raises(ValueError, match="shorter"):
        passable_doors(VISITOR, plan, [True])


def test_who_works_at_one_zone_alone_is_let_into_it_and_into_no_other(plan: DistrictPlan) -> None:
    officer = Citizen("n", "n", roles=("citizen", "official@here/office"), level=2)
    assert forbidden_zones(officer, plan) == 0b100
    elsewhere = Citizen("n", "n", roles=("citizen", "official@here/mayors"), level=2)
    assert forbidden_zones(elsewhere, plan) == 0b110
