"""SPEC.md is true: every message, field, code, state, number and example in it is checked against the code."""

import math
import re
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect

from bots.picture import Picture
from protocol import catalogue, chat, export, handshake, message, poses, session
from protocol.avatars import MAX_SLOTS_ASKED
from protocol.districts import Place
from protocol.message import Message
from protocol.refusals import ENDINGS, REFUSAL_MEANINGS, TEXT_CLOSE_CODE
from protocol.services import petitions
from server.answers import REMEMBERED
from server.limits import Limits
from tests.protocol.test_vectors import VECTORS
from tests.support.tiny_city import SPAWN, TinyCity
from worlds.movement import Rules

SPEC = (Path(export.__file__).parent / "SPEC.md").read_text(encoding="utf-8")
MODELS = list(dict.fromkeys(catalogue.FROM_CLIENT + catalogue.FROM_SERVER))


def section(word: str) -> str:
    """What SPEC.md says of one message: from its heading to the next."""
    found = re.search(rf"^### `{re.escape(word)}`\n(.*?)(?=^##|\Z)", SPEC, re.MULTILINE | re.DOTALL)
    assert found, f"SPEC.md has no heading for {word}"
    return found[1]


@pytest.mark.parametrize("model", MODELS, ids=catalogue.type_of)
def test_every_message_is_described_with_each_of_its_fields(model: type[Message]) -> None:
    told = section(catalogue.type_of(model))
    fields = {field.alias or name for name, field in model.model_fields.items()}
    for field in fields - {"type", "id", "key", "n", "at"}:
        assert re.search(rf"`{field}`|\b{field}: |\b{field}}}", told), f"{field} is not told of"


@pytest.mark.parametrize("command", [c for c in catalogue.COMMANDS if c.answer], ids=catalogue.type_of)
def test_every_answer_is_described_with_each_of_its_fields(command: Any) -> None:
    told = section(catalogue.type_of(command)).split("`done.result", 1)[1]
    for field in command.answer.model_fields:
        assert f"`{field}`" in told or f".{field}`" in told, f"{field} is not told of"


def test_no_message_is_described_that_is_not_of_the_language() -> None:
    headings = set(re.findall(r"^### `(.+?)`$", SPEC, re.MULTILINE))
    assert headings == {catalogue.type_of(model) for model in MODELS}


def test_the_parts_of_hello_and_welcome_are_described() -> None:
    parts = {
        "hello": (handshake.Resume,),
        "welcome": (handshake.CitizenCard, handshake.CityCard, handshake.DistrictCard, handshake.Limits),
        "avatar.change": (handshake.Avatar,),
        "chat.said": (chat.Speaker,),
    }
    for word, models in parts.items():
        told = section(word)
        for part in models:
            for field in part.model_fields:
                assert re.search(rf"\b{field}\b", told), f"{word}: {field} is not told of"


def test_the_parts_of_petitions_are_described_with_each_of_their_fields() -> None:
    rows = SPEC.split("## 15. Petitions", 1)[1].split("###", 1)[0]
    for part in (petitions.PetitionCard, petitions.NoticeCard, petitions.HistoryCard, petitions.FileCard,
                 petitions.DueCard, petitions.Written, petitions.PublicCard, petitions.SimilarCard,
                 petitions.OfficerCard):  # fmt: skip
        fields = [f"`{name}`" for name in part.model_fields]
        assert any(all(field in row for field in fields) for row in rows.splitlines()), part


def test_every_refusal_and_farewell_is_listed_as_the_code_has_it() -> None:
    for code, meaning in REFUSAL_MEANINGS.items():
        assert f"\n| `{code}` | {meaning} |\n" in SPEC
    for farewell, ending in ENDINGS.items():
        resume = "yes" if ending.resumable else "no"
        row = f"\n| `{farewell}` | {ending.close_code} | {ending.retry} | {resume} | {ending.meaning} |\n"
        assert row in SPEC
    assert f"closed with {TEXT_CLOSE_CODE}" in SPEC


def test_the_drawing_and_the_table_of_the_states_come_from_the_codes_table() -> None:
    assert f"```mermaid\n{export.states()}\n```" in SPEC
    assert f"\n\n{export.steps()}\n\n" in SPEC
    for (side, before, kind), after in session.TABLE.items():
        assert re.search(rf"{before} --> {after} : .*\b{side} {kind}\b", export.states())


def test_the_fingerprint_is_the_codes() -> None:
    assert f"`{catalogue.fingerprint()}`" in SPEC


@pytest.mark.parametrize(
    "said",
    [
        f"within {session.HELLO_SECONDS:.0f} s",
        f"brings nothing for {session.IDLE_SECONDS:.0f} s",
        f"quiet for {session.PING_SECONDS:.0f} s",
        f"at most {message.MAX_TOLD_BYTES:,} bytes",
        f"server keeps {Limits().facts_unacknowledged:,} unacknowledged facts",
        f"| {Limits().resume_seconds:.0f} s (`resume_window_ms`) |",
        f"| {Limits().detached:,}, {Limits().connections_per_address} | the one that is away",
        f"of the\n  last {REMEMBERED} ids",
        f"when {session.ACK_FACTS} facts, or {session.ACK_SECONDS:.0f} s",
        f"at most {MAX_SLOTS_ASKED})",
        f"on the wire ≤ {chat.MAX_WIRE_TEXT}",
        f"1–{message.MAX_KEY_LENGTH}",
        f"up to {Rules().slack_m:.0f} m and the way of {Rules().jitter_s} s at that speed",
        f"may run {Rules().clock_drift:.0%}".replace("%", " %") + " faster",
        f"since you stopped reading | {Limits().unread_bytes:,} bytes",
        f"≤ {handshake.MAX_NAME_LENGTH} |",
        f"metres of one unit in a frame's entry ({poses.PRECISION_M})",
        f"`{handshake.SUBPROTOCOL}`",
        f"0 to {poses.MAX_BLOCK_ENTRIES}",
        f"| BEGINS | 0 ({poses.BEGINS})",
        f"| ENDS | 1 ({poses.ENDS})",
        f"| GONE | 2 ({poses.GONE})",
        f"| ON_STAGE | 3 ({poses.ON_STAGE})",
        f"0 stand, {poses.WALK} walk, {poses.RUN} run, {poses.SIT} sit, {poses.RAISE_HAND} raise hand, "
        f"{poses.WAVE} wave, {poses.CLAP} clap, {poses.DANCE} dance, {poses.FLY} fly",
    ],
)
def test_a_number_in_the_text_is_the_codes(said: str) -> None:
    assert said in SPEC


@pytest.mark.parametrize(
    ("heading", "dtype", "before"),
    [
        ("### Ext 1", poses.POSE, 2),
        ("offset in an entry", poses.ENTRY, 0),
        ("offset in a block", poses.BLOCK, 0),
    ],
)
def test_the_layouts_are_told_byte_by_byte(heading: str, dtype: Any, before: int) -> None:
    rows = re.findall(r"^\| (\d+) \| ([fiu])(\d+) \| (\w+) \|", SPEC.split(heading, 1)[1], re.MULTILINE)
    fields = [name for name in dtype.names if name != "head"]
    for name, (offset, kind, bits, told) in zip(fields, rows, strict=False):
        of, at = dtype.fields[name][:2]
        assert (told, int(offset), kind, int(bits)) == (name, at - before, of.kind, of.itemsize * 8)


# Section 9: each engine turns its own way; where it then looks must be where the wire says.


def forward_of(engine: str, angle: float) -> tuple[float, float]:
    """East and south of where an engine's object looks that is turned by an angle, by that engine's own rules."""
    match engine:
        case "three.js":  # about +Y, right-handed, an object looks to +Z
            return math.sin(angle), math.cos(angle)
        case "Godot":  # likewise, but an object looks to -Z
            return -math.sin(angle), -math.cos(angle)
        case "Unity":  # clockwise, degrees, an object looks to +Z, which is north
            return math.sin(math.radians(angle)), -math.cos(math.radians(angle))
        case "Unreal":  # from +X (east) to +Y (south), degrees, an object looks to +X
            return math.cos(math.radians(angle)), math.sin(math.radians(angle))
        case _:
            raise LookupError(engine)


def place_of(engine: str, x: float, y: float, z: float) -> tuple[float, float, float]:
    """East, up and south in metres of a place in an engine's space."""
    match engine:
        case "Unity":
            return x, y, -z
        case "Unreal":
            return x / 100, z / 100, y / 100
        case _:
            return x, y, z


def examples() -> list[tuple[str, list[float], int, str, str]]:
    rows = []
    lines = SPEC.split("<!-- examples -->", 1)[1].split("\n\n", 1)[0].strip().splitlines()
    engines = [cell.strip() for cell in lines[0].strip("|").split("|")][3:]
    for line in lines[2:]:
        place, yaw, looks, *told = (cell.strip() for cell in line.strip("|").split("|"))
        xyz = [float(number) for number in place.split(",")]
        rows += [(engine, xyz, int(yaw), looks, cell) for engine, cell in zip(engines, told, strict=True)]
    return rows


@pytest.mark.parametrize(("engine", "place", "yaw", "looks", "told"), examples())
def test_an_example_stands_and_looks_where_the_wire_says(
    engine: str, place: list[float], yaw: int, looks: str, told: str
) -> None:
    x, y, z, angle = (float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", told))
    assert place_of(engine, x, y, z) == pytest.approx(place)
    turn = yaw * 2 * math.pi / 65_536
    assert forward_of(engine, angle) == pytest.approx((math.sin(turn), math.cos(turn)), abs=1e-4)
    compass = {"south": (0, 1), "east": (1, 0), "north": (0, -1), "south-west": (-(0.5**0.5), 0.5**0.5)}
    assert compass[looks] == pytest.approx((math.sin(turn), math.cos(turn)), abs=1e-4)


def test_there_are_examples_for_four_engines() -> None:
    assert {engine for engine, *_ in examples()} == {"three.js", "Godot", "Unity", "Unreal"}


# Section 13


def spec_client() -> dict[str, Any]:
    """The program in SPEC.md, as its reader would run it."""
    program: dict[str, Any] = {}
    exec(SPEC.split("```python\n", 1)[1].split("```", 1)[0], program)  # noqa: S102
    return program


async def test_the_client_in_the_text_walks_and_sees_another_where_it_stands() -> None:
    async with TinyCity() as city:
        url = city.url.replace("http", "ws") + "/ws"
        async with connect(url, compression=None, max_queue=None) as other:
            await other.send(msgpack.packb({"type": "hello", "protocol": 1}))
            await other.recv()
            await other.send(msgpack.packb({"type": "district.enter", "id": 1, "district": "green"}))
            slot = msgpack.unpackb(await other.recv())[0]["result"]["slot"]
            await other.send(poses.encode_pose(7.25, 0.0, 21.5, 0))
            me, seen = await spec_client()["visit"](url, "green", 0.6)
    assert SPAWN[0] + 0.3 < me["x"] < SPAWN[0] + 1.0
    assert set(seen) == {slot}
    assert seen[slot][:3] == pytest.approx((7.25, 0.0, 21.5), abs=0.01)


PLACE = Place.model_validate(VECTORS["done.district.enter"]["value"]["result"])
NEAR_CELLS = [260, 261, 278, 0, 359]

entries = st.lists(
    st.tuples(st.integers(510, 516), *[st.integers(0, 20_000)] * 2, *[st.integers(0, 255)] * 3)
)
flags = st.sampled_from([0, poses.BEGINS | poses.ENDS])
blocks = st.tuples(st.sampled_from(NEAR_CELLS), flags, entries.filter(lambda rows: len(rows) < 5))
gone = st.tuples(st.just(260), st.just(poses.GONE), st.lists(st.integers(510, 516), max_size=2))


@given(st.lists(st.tuples(st.integers(0, 5_000), st.lists(blocks | gone, max_size=5)), max_size=8))
def test_the_client_in_the_text_and_ours_are_shown_the_same(
    told: list[tuple[int, list[tuple[int, int, list[Any]]]]],
) -> None:
    take_in, me = spec_client()["take_in"], PLACE.model_dump()
    seen: dict[int, tuple[float, ...]] = {}
    ours, tick_ms = Picture(PLACE), 2**32 - 10_000
    for later, parts in told:
        tick_ms = (tick_ms + later) % 2**32
        payload = b"".join(
            poses.blocks_of(cell, flags, np.array(rows, "<u2").tobytes(), 2)
            if flags & poses.GONE
            else poses.blocks_of(cell, flags, np.array(rows, poses.ENTRY).tobytes())
            for cell, flags, rows in parts
        )
        take_in(tick_ms.to_bytes(4, "little") + payload, seen, me)
        ours.frame(poses.Frame(tick_ms, payload))
        shown = {slot: (a.x, a.y, a.z, a.cell, a.tick_ms) for slot, a in ours.avatars.items()}
        assert set(seen) == set(shown)
        for slot, where in seen.items():
            assert where == pytest.approx(shown[slot], abs=0.001)
