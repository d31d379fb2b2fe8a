"""What a city lists: words with level and reason, and what is allowed though a listed word stands in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from worlds.plan import Shape, Text
from worlds.plan import Words as Written
from worlds.words.latin import is_latin

Place = Literal["anywhere", "start", "word"]
"""Where in a word an entry may stand: anywhere, at its beginning, or as the whole of it but for an ending."""

Listed = Annotated[str, Field(pattern=r"\S", max_length=40)]
Listing = Annotated[tuple[Listed, ...], Field(min_length=1)]


class Group(Shape):
    """Words that are listed for one reason."""

    words: Listing
    level: Literal["hold", "strong"]
    """`strong`: who writes it so is asked at once to write otherwise. In another spelling it is held all the same."""

    reason: Text
    since: Annotated[StrictInt, Field(ge=1)] = 1
    """The version of the list that brought it."""

    author: Written | None = None
    """Who listed it, where that is not the list's author."""

    at: Place | None = None
    """Korean: anywhere, as words are joined to others; in Latin letters: word, or Scunthorpe would be held."""

    exact: StrictBool = False
    """Only as it is written here, in no other spelling."""


class AllowedGroup(Shape):
    """Words that are allowed though a listed one stands in them."""

    words: Listing
    reason: Text
    at: Literal["anywhere", "word"] = "anywhere"


class WordList(Shape):
    """One file: the words of a language."""

    version: Annotated[StrictInt, Field(ge=1)]
    author: Written
    endings: tuple[Annotated[str, Field(pattern=r"^[a-z]+$")], ...] = ()
    """What may follow a word in Latin letters, as `s`."""

    listed: tuple[Group, ...] = ()
    allowed: tuple[AllowedGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed word, as a moderator is shown it."""

    word: str
    level: Literal["hold", "strong"]
    reason: Text
    language: str
    since: int
    author: str
    at: Place
    exact: bool


def entries(language: str, sheet: WordList) -> Iterator[tuple[int, int, Entry]]:
    """Every entry of a list, with the number of its group and its own within that."""
    for i, group in enumerate(sheet.listed):
        for j, word in enumerate(group.words):
            entry = Entry(
                word,
                group.level,
                group.reason,
                language,
                group.since,
                group.author or sheet.author,
                group.at or ("word" if is_latin(word) else "anywhere"),
                group.exact,
            )
            yield i, j, entry
