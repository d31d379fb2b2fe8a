"""A city's lists: every word in them is found, every mistake is told, and what the city itself says is clean."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worlds
from worlds.plan import Fault, PlanError
from worlds.words import Words, load

WORLDS = Path(worlds.__file__).parent
SEOUL = load(WORLDS / "seoul")
HEAD = 'version = 2\nauthor = "A"\n'
ONE = '[[listed]]\nlevel = "hold"\nreason = { ko = "왜", en = "why" }\n'


def city(tmp_path: Path, **lists: str) -> Path:
    (tmp_path / "words").mkdir()
    for language, text in lists.items():
        (tmp_path / "words" / f"{language}.toml").write_text(text, "utf-8")
    return tmp_path


def faults(folder: Path) -> set[tuple[str, str]]:
    with pytest.raises(PlanError) as told:
        load(folder)
    assert all(isinstance(fault, Fault) for fault in told.value.faults)
    return {(fault.file, fault.field) for fault in told.value.faults}


def listed(name: str) -> Iterator[tuple[str, str]]:
    for path in (WORLDS / name / "words").glob("*.toml"):
        for group in tomllib.loads(path.read_text("utf-8"))["listed"]:
            for word in group["words"]:
                yield word, group["level"]


@pytest.mark.parametrize("name", ["seoul", "hamlet"])
def test_every_listed_word_is_found_as_what_it_is_listed(name: str) -> None:
    words = load(WORLDS / name)
    every = list(listed(name))
    assert every
    for word, level in every:
        verdict = words.judge(f"이건 {word} 맞죠")
        assert verdict.level == level, word
        assert word in {entry.word for entry in verdict.entries}, word


def test_every_allowed_word_of_seoul_is_clean_and_needs_to_be_allowed() -> None:
    path = WORLDS / "seoul/words/ko.toml"
    sheet = tomllib.loads(path.read_text("utf-8"))
    for group in sheet["allowed"]:
        for word in group["words"]:
            assert SEOUL.judge(f"이건 {word} 맞죠").level == "clean", word


def texts_in(content: Any) -> Iterator[str]:
    """Every string in it, however deep."""
    match content:
        case str():
            yield content
        case dict():
            for part in content.values():
                yield from texts_in(part)
        case list():
            for part in content:
                yield from texts_in(part)
        case _:
            pass


def test_what_the_city_itself_says_is_clean() -> None:
    root = WORLDS.parent
    pages = [
        *(WORLDS / "seoul").glob("*.toml"),
        *(WORLDS / "seoul").glob("[ds]*/*.toml"),
        root / "bots/lines.toml",
    ]
    pages += (root / "server/texts").glob("*.toml")
    said = [text for page in pages for text in texts_in(tomllib.loads(page.read_text("utf-8")))]
    assert len(said) > 1_000
    assert [text for text in said if SEOUL.judge(text).level != "clean"] == []


def test_a_city_without_lists_finds_every_text_clean(tmp_path: Path) -> None:
    assert load(tmp_path).judge("씨발 fuck").level == "clean"
    assert Words().judge("씨발").entries == ()


def test_an_entry_says_why_since_when_and_by_whom(tmp_path: Path) -> None:
    text = HEAD + ONE + 'words = ["바보"]\nsince = 2\nauthor = "B"\n'
    [entry] = load(city(tmp_path, ko=text)).judge("이 바보야").entries
    assert (entry.word, entry.level, entry.language, entry.since, entry.author) == (
        "바보",
        "hold",
        "ko",
        2,
        "B",
    )
    assert (entry.reason.ko, entry.reason.en) == ("왜", "why")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("version = 1\n", "author"),
        (HEAD + ONE + "words = []\n", "listed[0].words"),
        (HEAD + ONE, "listed[0].words"),
        (HEAD + ONE + 'words = [" "]\n', "listed[0].words[0]"),
        (HEAD + ONE + 'words = ["가나", "a"]\n', "listed[0].words[1]"),
        (HEAD + ONE + 'words = ["!!"]\n', "listed[0].words[0]"),
        (HEAD + ONE + 'words = ["욕ok"]\n', "listed[0].words[0]"),
        (HEAD + ONE + 'words = ["바보", "바보"]\n', "listed[0].words[1]"),
        (HEAD + ONE + 'words = ["바보"]\nsince = 3\n', "listed[0].since"),
        (HEAD + ONE + 'words = ["바보"]\nat = "end"\n', "listed[0].at"),
        (HEAD + '[[listed]]\nlevel = "block"\nreason = { ko = "왜", en = "why" }\nwords = ["바보"]', "listed[0].level"),
        (HEAD + '[[allowed]]\nreason = { ko = "왜", en = "why" }\nwords = ["7"]', "allowed[0].words[0]"),
        (HEAD + "sieve = 1\n", "sieve"),
        (HEAD + 'endings = ["S"]\n', "endings[0]"),
        ("version = \n", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_file_and_field(tmp_path: Path, text: str, field: str) -> None:
    assert faults(city(tmp_path, ko=text)) == {("words/ko.toml", field)}


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    wrong = HEAD + ONE + 'words = ["바보", "7"]\n'
    told = faults(city(tmp_path, ko=wrong, en=wrong))
    assert told == {
        ("words/en.toml", "listed[0].words[1]"),
        ("words/ko.toml", "listed[0].words[0]"),
        ("words/ko.toml", "listed[0].words[1]"),
    }


@given(st.text(max_size=400))
def test_any_text_gets_a_verdict_whose_places_are_in_it(text: str) -> None:
    verdict = SEOUL.judge(text)
    assert (verdict.level == "clean") is (verdict.spans == ())
    assert len(verdict.spans) == len(verdict.entries)
    for start, end in verdict.spans:
        assert 0 <= start < end <= len(text)
    assert list(verdict.spans) == sorted(verdict.spans)
