"""How alike two questions are: the cosine of their counts of character pairs and triples.

Characters rather than words, because Korean joins particles to words and people make typing errors.
"""

import unicodedata
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

WIDTH = 512
"""Counts are folded into so many, so that one product compares with all: collisions move a score by about 0.02."""

Profile = NDArray[np.float32]


def profile_of(text: str) -> Profile:
    """(WIDTH,) float32 of length 1: the folded counts; zeros for a text without letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(c if c.isalnum() else " " for c in folded).split()
    line = " ".join(letters)
    grams = [line[i : i + n].encode() for n in (2, 3) for i in range(len(line) - n + 1)]
    counts = np.bincount([crc32(gram) % WIDTH for gram in grams], minlength=WIDTH).astype(np.float32)
    length = float(np.linalg.norm(counts))
    return counts / np.float32(length) if length else counts


class Profiles:
    """The profiles of a session's questions, kept to compare each new one with all at once."""

    def __init__(self) -> None:
        self._rows: NDArray[np.float32] = np.zeros((64, WIDTH), np.float32)
        self._known: list[int] = []

    @property
    def count(self) -> int:
        """How many questions are known."""
        return len(self._known)

    def put(self, index: int, text: str) -> None:
        """The text of question `index` (from 0) is this; nothing is done where it is known."""
        while index >= len(self._known):
            self._known.append(0)
        if self._known[index] == (known := hash(text)):
            return
        if index >= len(self._rows):
            more = np.zeros((max(index + 1 - len(self._rows), len(self._rows)), WIDTH), np.float32)
            self._rows = np.concatenate([self._rows, more])
        self._known[index] = known
        self._rows[index] = profile_of(text)

    def scores(self, index: int) -> NDArray[np.float32]:
        """(n,) How alike each question is to this one, 0 to 1."""
        scores: NDArray[np.float32] = self._rows[: len(self._known)] @ self._rows[index]
        return scores
