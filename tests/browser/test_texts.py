"""The words of the city's page: the same in Korean and English, and all of them there."""

import json
import re
from pathlib import Path

CITY = Path(__file__).parents[2] / "clients" / "web" / "src" / "city"
WORDS = {
    language: json.loads((CITY / "texts" / f"{language}.json").read_text("utf-8"))
    for language in ("ko", "en")
}


def test_both_languages_say_the_same() -> None:
    assert list(WORDS["ko"]) == list(WORDS["en"])
    for key, korean in WORDS["ko"].items():
        english = WORDS["en"][key]
        assert korean.strip(), key
        assert english.strip(), key
        assert set(re.findall(r"\{\w+\}", korean)) == set(re.findall(r"\{\w+\}", english)), key


def test_the_page_says_nothing_that_has_no_words() -> None:
    said = {
        key
        for file in CITY.rglob("*.ts*")
        for key in re.findall(r"""\bsay\(\s*"([^"]+)\"""", file.read_text("utf-8"))
    }
    assert len(said) > 80
    assert said <= WORDS["ko"].keys()
