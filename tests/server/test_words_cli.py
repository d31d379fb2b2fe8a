"""`madang words check`: what a city's lists make of one's own texts."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import worlds
from server.cli import app

HAMLET = str(Path(worlds.__file__).parent / "hamlet")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(*words: str) -> tuple[int, list[str], list[str]]:
    result = CliRunner().invoke(app, ["words", "check", "--city", HAMLET, *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


def test_how_many_are_held_is_told_by_which_words_and_where() -> None:
    Path("lines.txt").write_text("안녕하세요\n\n아 시발 왜\n씨발!\nhello\n", "utf-8")
    code, told, faults = check("lines.txt")
    assert (code, faults) == (0, [])
    assert told[0] == "4 texts, 2 held (50.00%), 1 of them strong"
    assert told[1].split() == ["2", "씨발"]
    assert [line.split(maxsplit=1) for line in told[2:]] == [["hold", "아 «시발» 왜"], ["strong", "«씨발»!"]]


def test_fields_of_objects_and_rows_are_texts() -> None:
    rows = [{"title": "씨발", "body": "좋아요", "n": 1}, {"title": "네", "body": None, "n": 2}]
    Path("rows.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    Path("rows.csv").write_text('title,body\n"씨발",좋아요\n네,"여러\n줄"\n', "utf-8")
    first = "3 texts, 1 held (33.33%), 1 of them strong"
    assert check("rows.jsonl", "--field", "title", "--field", "body")[1][0] == first
    assert check("rows.csv", "--field", "title", "--field", "body", "--examples", "0")[1] == [
        "4 texts, 1 held (25.00%), 1 of them strong",
        "      1 씨발",
    ]


@pytest.mark.parametrize(
    ("file", "content", "field", "fault"),
    [
        ("gone.txt", None, None, "gone.txt"),
        ("empty.txt", b"\n \n", None, "there is no text in it"),
        ("bytes.txt", b"\xff\xfe", None, "bytes.txt"),
        ("broken.jsonl", b"{", "title", "broken.jsonl"),
        ("list.jsonl", b"[1]", "title", "not every row has a field title"),
        ("other.csv", b"a,b\n1,2\n", "title", "not every row has a field title"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_line(
    file: str, content: bytes | None, field: str | None, fault: str
) -> None:
    if content is not None:
        Path(file).write_bytes(content)
    code, told, faults = check(file, *(("--field", field) if field else ()))
    assert (code, told) == (2, [])
    assert len(faults) == 1
    assert fault in faults[0]


def test_mistakes_in_a_list_are_told_as_those_of_a_city(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words/ko.toml").write_text("version = 0\n", "utf-8")
    Path("lines.txt").write_text("안녕", "utf-8")
    result = CliRunner().invoke(app, ["words", "check", "lines.txt", "--city", str(tmp_path)])
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 2
    assert "words/ko.toml: author" in result.stderr
