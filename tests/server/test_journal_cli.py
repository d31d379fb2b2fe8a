"""`madang journal` and `madang citizen`: what they print, and that what is wrong is one line and exit code 2."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import text as sql
from typer.testing import CliRunner

from server.auth import keep_secret
from server.cli import app
from server.config import Data
from server.journal import NewEntry, Round, Text
from server.journals.database import FILE
from server.journals.sql import SqlJournal
from tests.support.check_journal import voted, written
from tests.support.node import HAMLET
from tests.support.postgres import Postgres

T = TypeVar("T")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def madang(*words: str, input: str | None = None) -> tuple[int, str, list[str]]:
    """A command run in this process: its exit code, what it printed, and its lines on standard error."""
    result = CliRunner().invoke(app, words, input=input)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr.splitlines()


def with_journal(act: Callable[[SqlJournal], Awaitable[T]]) -> T:
    async def run() -> T:
        journal = SqlJournal.of(Data())
        await journal.open()
        try:
            return await act(journal)
        finally:
            await journal.close()

    return asyncio.run(run())


@pytest.fixture
def text() -> Text:
    """A journal in the data directory, with one text."""
    text = Text.of("haneul", "<포트홀을 고쳐 주세요>", 1)

    async def fill(journal: SqlJournal) -> None:
        await journal.append(Round(after=0, entries=[written(text, 1), voted("byeol", 2)], texts=[text]))

    with_journal(fill)
    return text


def test_a_sound_journal_is_told_with_its_head(text: Text) -> None:
    code, told, faults = madang("journal", "verify")
    assert (code, faults) == (0, [])
    assert told.startswith("sound: 2 entries, 1 personal texts and 0 erased, 0 ballots, 0 files\nhead 2:")
    head = told.split()[-1]
    assert madang("journal", "verify", "--head", head)[0] == 0
    code, told, faults = madang("journal", "verify", "--head", "2:" + "0" * 64)
    assert (code, told) == (1, "")
    assert faults == ["madang: version 2: not the one whose hash was published"]


def test_a_changed_journal_is_told_with_exit_code_1(text: Text) -> None:
    async def change(journal: SqlJournal) -> None:
        await journal.database.write(
            lambda it: it.execute(sql("UPDATE entries SET actor = 'x' WHERE version = 1"))
        )

    with_journal(change)
    assert madang("journal", "verify") == (1, "", ["madang: version 1: it was changed"])


def test_every_entry_is_exported_as_a_line_without_personal_text(text: Text) -> None:
    code, told, _ = madang("journal", "export")
    entries = [json.loads(line) for line in told.splitlines()]
    assert code == 0
    assert [entry["version"] for entry in entries] == [1, 2]
    assert entries[1]["prev_hash"] == entries[0]["hash"]
    assert entries[0]["event"]["title"]["ref"] == text.ref
    assert text.text not in told
    assert len(madang("journal", "export", "--after", "1")[1].splitlines()) == 1


def test_a_citizen_is_exported_and_erased(text: Text) -> None:
    code, told, _ = madang("citizen", "export", "haneul")
    assert code == 0
    assert json.loads(told)["texts"] == [{"ref": text.ref, "text": text.text, "at": 1}]
    code, told, _ = madang("citizen", "erase", "haneul", input="n\n")
    assert code == 1
    assert text.text.encode() in Path("data", FILE).read_bytes()
    assert madang("citizen", "erase", "haneul", "--yes") == (0, "haneul: 1 texts erased, entry 3\n", [])
    assert not any(text.text.encode() in path.read_bytes() for path in Path("data").iterdir())
    assert json.loads(madang("citizen", "export", "haneul")[1])["texts"] == []
    assert "1 erased" in madang("journal", "verify")[1]
    assert madang("citizen", "erase", "haneul", "--yes") == (0, "haneul: no text is kept\n", [])


@pytest.mark.parametrize("words", [("export",), ("erase", "--yes"), ("erase",)])
@pytest.mark.parametrize("mistyped", ["haneu", "HANEUL", "han%l", "haneul ", "", "title"])
def test_of_nobody_nothing_is_exported_or_erased(text: Text, words: tuple[str, ...], mistyped: str) -> None:
    code, told, faults = madang("citizen", words[0], mistyped, *words[1:])
    line = f"madang: {mistyped}: nobody here has this id; `madang citizen id` tells somebody's"
    assert (code, told, faults) == (2, "", [line])
    assert json.loads(madang("citizen", "export", "haneul")[1])["texts"]


def test_who_is_only_named_in_what_others_did_is_known(text: Text) -> None:
    about = NewEntry(
        service="moderation", type="moderation.noted", event={"citizen": "c0ffee"}, actor="x", at=3
    )
    with_journal(lambda journal: journal.append(Round(after=2, entries=[about])))
    assert json.loads(madang("citizen", "export", "c0ffee")[1])["entries"] == []
    assert madang("citizen", "erase", "c0ffee", "--yes") == (0, "c0ffee: no text is kept\n", [])
    assert madang("citizen", "export", "C0FFEE")[0] == 2


def test_the_help_says_what_stands_in_place_of_an_erased_text() -> None:
    code, told, _ = madang("citizen", "erase", "--help")
    assert code == 0
    assert "[erased]" in told


def test_where_there_is_no_city_nobody_has_an_id_and_none_is_made() -> None:
    assert madang("citizen", "id", "--sub", "kim") == (2, "", ["madang: data: there is no city yet"])
    assert not Path("data").exists()


def test_an_id_goes_with_the_issuer(text: Text) -> None:
    keep_secret(Path("data"))
    ids = {
        madang("citizen", "id", "--sub", "kim", *more)[1] for more in ((), ("--issuer", "https://id.example"))
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    "words",
    [
        ("journal", "verify"),
        ("journal", "export"),
        ("citizen", "export", "x"),
        ("citizen", "erase", "x", "--yes"),
    ],
)
def test_where_there_is_no_journal_none_is_made(words: tuple[str, ...]) -> None:
    code, told, faults = madang(*words)
    assert (code, told) == (2, "")
    assert len(faults) == 1
    assert faults[0].endswith(f"data/{FILE}: there is no journal yet")
    assert not Path("data").exists()


def test_what_is_no_head_is_told() -> None:
    code, told, [fault] = madang("journal", "verify", "--head", "12:xyz")
    assert (code, told) == (2, "")
    assert fault.startswith("madang: --head 12:xyz: ")


def test_the_tables_of_a_postgresql_server_are_made_when_asked(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.url(asyncio.run(postgres.database()))
    monkeypatch.setenv("MADANG_DATA__JOURNAL", url)
    code, _, [fault] = madang("journal", "verify")
    assert code == 2
    assert fault.endswith("run madang journal upgrade")
    for _ in range(2):
        code, told, faults = madang("journal", "upgrade")
        assert (code, faults) == (0, [])
        assert told.endswith("up to date, 0 entries\n")
    assert madang("journal", "verify")[0] == 0
    assert not Path("data").exists()


def test_a_wrong_url_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADANG_DATA__JOURNAL", "mysql://madang:geheim@db/city")
    code, _, [fault] = madang("journal", "verify")
    assert code == 2
    assert "neither empty nor postgresql://" in fault
    assert "geheim" not in fault
    monkeypatch.setenv("MADANG_DATA__JOURNAL", "postgresql://madang:geheim@db/city")
    code, told, _ = madang("config", "--json")
    assert code == 0
    assert "postgresql://madang:***@db/city" in told
    assert "geheim" not in told


def test_a_snapshot_can_be_made_by_hand_and_a_city_that_is_none_is_told(text: Text) -> None:
    assert madang("journal", "snapshot", "--city", str(HAMLET)) == (0, "a snapshot of 2 entries\n", [])
    snapshot = with_journal(lambda journal: journal.newest_snapshot())
    assert snapshot is not None
    assert snapshot.version == 2
    code, told, [fault, *_] = madang("journal", "snapshot", "--city", "nowhere")
    assert (code, told) == (2, "")
    assert "nowhere" in fault
