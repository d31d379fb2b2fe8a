"""A reading of a text: its letters in one spelling, and where in the original each of them stands."""

from dataclasses import dataclass, field
from typing import Literal

Spelling = Literal["plain", "loose", "initials"]
"""As it is written; as it may be meant (tense as plain, digits as letters, ...); Korean initials alone."""


@dataclass(slots=True)
class Reading:
    """The letters of a text, what is doubled written once: `letters[k]` stands at `start[k]` to `end[k]`."""

    spelling: Spelling
    letters: list[str] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    """How often each letter was written in a row."""

    goes_on: list[bool] = field(default_factory=list)
    """Whether the syllable goes on after a letter: no word ends there."""
