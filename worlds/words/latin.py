"""Words in Latin letters: case, width and accents aside; also where digits, signs or other alphabets stand for them."""

import re
import unicodedata
from functools import lru_cache

from worlds.words.reading import Reading, Spelling

SIGNS = {
    "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "¡": "i", "|": "i", "+": "t", "€": "e", "£": "l", "¢": "c",
}  # fmt: skip
"""Digits and signs that are written for a letter."""

TALL = {"1": "l", "|": "l"}
"""Those which may be another one."""

LOOKALIKES = dict(
    zip(
        "авекмнорстухіјѕԁһӏԛԝ" + "αβγεηικμνορτυχω" + "ıƒøđłɑɡɩ",
        "abekmhopctyxijsdhlqw" + "abyenikunoptuxw" + "ifodlagi",
        strict=True,
    )
)
"""Letters of other alphabets that look like Latin ones: Cyrillic, Greek, and Latin ones of their own."""

LATIN = re.compile("[A-Za-zÀ-ʯͰ-ӿԀ-ԯḀ-ỿⒶ-ⓩ\U0001d400-\U0001d7ff]")

CACHED = 4_096


def is_latin(text: str) -> bool:
    """Whether anything in it may be a Latin letter."""
    return LATIN.search(text) is not None


@lru_cache(CACHED)
def plainly(character: str) -> str:
    """The letters a-z that a character is; of what is none of them, nothing."""
    folded = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in folded if "a" <= c <= "z")


@lru_cache(CACHED)
def loosely(character: str) -> str:
    """The letters a-z that a character is, or may stand for."""
    folded = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c if "a" <= c <= "z" else SIGNS.get(c) or LOOKALIKES.get(c, "") for c in folded)


def is_letter(character: str) -> bool:
    """Whether a word goes on with it."""
    return loosely(character) != "" and character.isalpha()


def is_code(found: str) -> bool:
    """Whether what was found is more digits and signs than letters, as in "0xF49"."""
    return is_latin(found) and sum(c in SIGNS for c in found) > sum(map(str.isalpha, found))


def as_written(text: str) -> Reading:
    """The letters as they are written."""
    return _read(text, "plain", {})


def as_meant(text: str) -> list[Reading]:
    """The letters as they may be meant, where that is another text; none where it is not."""
    if all(plainly(c) or not loosely(c) for c in set(text)):
        return []
    tall = TALL.keys() & set(text)
    return [_read(text, "loose", {})] + ([_read(text, "loose", TALL)] if tall else [])


def _read(text: str, spelling: Spelling, otherwise: dict[str, str]) -> Reading:
    reading = Reading(spelling)
    letters_of = plainly if spelling == "plain" else loosely
    is_apart = True
    for at, character in enumerate(text):
        if character.isspace():
            is_apart = True
            continue
        for letter in otherwise.get(character) or letters_of(character):
            if not is_apart and reading.letters[-1] == letter:
                reading.end[-1] = at + 1
                reading.runs[-1] += 1
            else:
                reading.letters.append(letter)
                reading.start.append(at)
                reading.end.append(at + 1)
                reading.runs.append(1)
                reading.goes_on.append(False)
            is_apart = False
    return reading
