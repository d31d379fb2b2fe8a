"""Every message as bytes made by hand: read without our codec first, then with it."""

import json
import struct
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest

from protocol import catalogue, codec, poses
from protocol.handshake import Goodbye, Welcome
from protocol.message import Fact
from protocol.session import Misread, Pose, ServerSession

FOLDER = Path(__file__).parent / "vectors"
VECTORS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def bytes_of(vector: dict[str, Any]) -> bytes:
    """The bytes of a vector: what stands before the bar of each line."""
    return bytes.fromhex("".join(line.split("|")[0] for line in vector["hex"]))


def items_of(vector: dict[str, Any]) -> list[Any]:
    value = vector["value"]
    return value if isinstance(value, list) else [value]


def words_of(side: str) -> set[str]:
    maps = [item for v in VECTORS.values() if v["from"] == side for item in items_of(v)]
    return {item["type"] for item in maps if "type" in item}


every_vector = pytest.mark.parametrize("name", VECTORS)


def read_by_hand(data: bytes) -> Any:
    """A message read with msgpack and struct alone, as a stranger's client would."""

    def read(value: Any) -> Any:
        return read_ext(value.code, value.data) if isinstance(value, msgpack.ExtType) else value

    value = msgpack.unpackb(data)
    return [read(item) for item in value] if isinstance(value, list) else read(value)


def read_ext(code: int, data: bytes) -> dict[str, Any]:
    if code == 1:
        x, y, z, yaw, stance, seq = struct.unpack("<fffHBB", data)
        return {"ext": 1, "x": x, "y": y, "z": z, "yaw": yaw, "stance": stance, "seq": seq}
    tick_ms = struct.unpack_from("<I", data)[0]
    if code == 3:
        return {
            "ext": 3,
            "tick_ms": tick_ms,
            "tiles": [list(t) for t in struct.iter_unpack("<HBB", data[4:])],
        }
    blocks, at = [], 4
    while at < len(data):
        cell, flags, count = struct.unpack_from("<HBB", data, at)
        layout = struct.Struct("<H" if flags & 4 else "<HHHhBB")
        end = at + 4 + count * layout.size
        entries = [list(e) if len(e) > 1 else e[0] for e in layout.iter_unpack(data[at + 4 : end])]
        blocks.append({"cell": cell, "flags": flags, "entries": entries})
        at = end
    return {"ext": 2, "tick_ms": tick_ms, "blocks": blocks}


def holds(whole: Any, part: Any) -> bool:
    """Whether `whole` has everything that `part` has."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and holds(whole[key], value) for key, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(whole) == len(part) and all(map(holds, whole, part))
    return bool(whole == part)


@every_vector
def test_a_vector_says_its_value_to_who_knows_only_messagepack(name: str) -> None:
    assert read_by_hand(bytes_of(VECTORS[name])) == VECTORS[name]["value"]


@every_vector
def test_our_codec_reads_a_vector_as_its_value(name: str) -> None:
    vector = VECTORS[name]
    words = catalogue.CLIENT_WORDS if vector["from"] == "client" else catalogue.SERVER_WORDS
    for item, value in zip(codec.decode(bytes_of(vector)), items_of(vector), strict=True):
        if isinstance(item, msgpack.ExtType):
            assert read_ours(item) == value
        else:
            known = {key: v for key, v in value.items() if key != "later"}
            assert holds(codec.dump(codec.read(words[value["type"]], item)), known)


def read_ours(item: msgpack.ExtType) -> dict[str, Any]:
    if item.code == poses.POSE_EXT:
        (pose,) = np.frombuffer(poses.POSE_HEAD + item.data, poses.POSE)
        return {"ext": 1} | {key: pose[key].item() for key in ("x", "y", "z", "yaw", "stance", "seq")}
    told = codec.read_ext(item)
    if isinstance(told, poses.Tiles):
        return {"ext": 3, "tick_ms": told.tick_ms, "tiles": [list(tile) for tile in told.tiles.tolist()]}
    blocks = [
        {
            "cell": block.cell,
            "flags": block.flags,
            "entries": [list(e) if isinstance(e, tuple) else e for e in block.entries.tolist()],
        }
        for block in told.blocks()
    ]
    return {"ext": 2, "tick_ms": told.tick_ms, "blocks": blocks}


@pytest.mark.parametrize(
    "name", [n for n, v in VECTORS.items() if v["from"] == "server" and "type" in v["value"]]
)
def test_the_server_sends_what_the_vector_says(name: str) -> None:
    value = VECTORS[name]["value"]
    message = codec.read(catalogue.SERVER_WORDS[value["type"]], value)
    sent = codec.encode(message)
    if isinstance(message, Fact):
        sent = codec.number_fact(codec.fact_body(message, message.at), message.n)
    assert msgpack.unpackb(sent) == value


@pytest.mark.parametrize(
    "name", ["frame.moved", "frame.complete", "frame.gone", "frame.split", "frame.empty"]
)
def test_the_server_lays_out_a_frame_byte_for_byte(name: str) -> None:
    value = VECTORS[name]["value"]
    blocks = b""
    for block in value["blocks"]:
        rows = block["entries"]
        entries = (
            np.array(rows, "<u2")
            if block["flags"] & poses.GONE
            else np.array([*map(tuple, rows)], poses.ENTRY)
        )
        blocks += poses.blocks_of(block["cell"], block["flags"], entries.tobytes(), entries.dtype.itemsize)
    assert poses.encode_frame(value["tick_ms"], blocks) == bytes_of(VECTORS[name])


def test_a_pose_and_the_crowd_beyond_are_laid_out_byte_for_byte() -> None:
    pose = VECTORS["pose"]["value"]
    fields = [pose[key] for key in ("x", "y", "z", "yaw", "stance", "seq")]
    assert poses.encode_pose(*fields) == bytes_of(VECTORS["pose"])
    tiles = VECTORS["tiles"]["value"]
    rows = np.array([*map(tuple, tiles["tiles"])], poses.TILE)
    assert poses.encode_tiles(tiles["tick_ms"], rows) == bytes_of(VECTORS["tiles"])


@pytest.mark.parametrize("name", [n for n, v in VECTORS.items() if v["from"] == "client"])
def test_a_server_session_hears_what_a_client_says(name: str) -> None:
    session = ServerSession(0.0)
    if not name.startswith(("hello", "goodbye")):
        session.receive(bytes_of(VECTORS["hello"]), 0.0)
        session.send(codec.read(Welcome, VECTORS["welcome"]["value"]))
    heard = session.receive(bytes_of(VECTORS[name]), 1.0)
    words = [
        "pose" if isinstance(said, Pose) else said.type for said in heard if not isinstance(said, Misread)
    ]
    assert words == [item.get("type", "pose") for item in items_of(VECTORS[name])]
    assert isinstance(heard[-1], Goodbye) == name.startswith("goodbye")


def test_every_message_of_the_language_has_its_vector() -> None:
    assert words_of("client") == set(catalogue.CLIENT_WORDS)
    assert words_of("server") == set(catalogue.SERVER_WORDS)
    codes = {item["ext"] for v in VECTORS.values() for item in items_of(v) if "ext" in item}
    assert codes == {poses.POSE_EXT, poses.FRAME_EXT, poses.TILES_EXT}


def test_every_answer_of_a_command_has_its_vector() -> None:
    for command in catalogue.COMMANDS:
        if command.answer:
            value = VECTORS[f"done.{catalogue.type_of(command)}"]["value"]
            answer = command.answer.model_validate(value["result"])
            assert holds(codec.dump(answer), value["result"])
