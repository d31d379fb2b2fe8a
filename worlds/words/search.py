"""The search: every listed word in a text, and what that makes of the text.

All words are searched at once (Aho-Corasick), in each reading of the text. What is found is then looked at in its
place: is it within a word, over a space, a part of something that is allowed?
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import ahocorasick

from worlds.plan import Fault, PlanError, read_sheet
from worlds.words import hangul, latin
from worlds.words.lists import Entry, Place, WordList, entries
from worlds.words.reading import Reading, Spelling

Level: TypeAlias = Literal["clean", "hold", "strong"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in a text: `spans` are the places in the original of each of `entries`, from left to right."""

    level: Level
    spans: tuple[tuple[int, int], ...] = ()
    entries: tuple[Entry, ...] = ()


CLEAN = Verdict("clean")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A word as it is searched: how often its letters must at least stand in a row, and where it may stand."""

    runs: tuple[int, ...]
    at: Place
    endings: frozenset[str]
    entry: Entry | None
    """None: it is allowed."""


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    letters: int
    entry: Entry | None
    is_plain: bool

    @property
    def is_strong(self) -> bool:
        return self.is_plain and self.entry is not None and self.entry.level == "strong"

    def rank(self) -> tuple[object, ...]:
        """What says most of a place comes first: the strong, the long."""
        return (not self.is_strong, self.start - self.end, -self.letters, self.start)

    def holds(self, other: "_Hit") -> bool:
        """Whether the other is within it."""
        return self.start <= other.start and other.end <= self.end


class Words:
    """A city's lists, ready to judge texts; without lists every text is clean."""

    def __init__(self, lists: Mapping[str, WordList] | None = None) -> None:
        self._patterns: dict[Spelling, dict[str, list[_Pattern]]] = {"plain": {}, "loose": {}, "initials": {}}
        faults = list(self._take(lists or {}))
        if faults:
            raise PlanError(faults)
        self._automata = {
            spelling: _automaton(patterns) for spelling, patterns in self._patterns.items() if patterns
        }

    def judge(self, text: str) -> Verdict:
        """What stands in a text: `strong` where a strong word is written as it is listed, else `hold`, or clean."""
        if not text.isascii():
            text = text.translate(NARROW)
        hits = [hit for reading in _readings(text) for hit in self._hits(text, reading)]
        if not hits:
            return CLEAN
        allowed = [hit for hit in hits if hit.entry is None]
        found: list[_Hit] = []
        for hit in sorted(hits, key=_Hit.rank):
            if hit.entry and not any(other.holds(hit) for other in (*allowed, *found)):
                found.append(hit)
        if not found:
            return CLEAN
        level: Level = "strong" if found[0].is_strong else "hold"
        found.sort(key=lambda hit: hit.start)
        return Verdict(
            level,
            tuple((hit.start, hit.end) for hit in found),
            tuple(hit.entry for hit in found if hit.entry),
        )

    def _take(self, lists: Mapping[str, WordList]) -> Iterator[Fault]:
        known: dict[str, str] = {}
        for language, sheet in lists.items():
            file = f"words/{language}.toml"
            endings = frozenset(sheet.endings)
            for i, j, entry in entries(language, sheet):
                place = f"listed[{i}].words[{j}]"
                if entry.word in known:
                    yield Fault(file, place, f"{entry.word}: stands also at {known[entry.word]}")
                known[entry.word] = f"{file} {place}"
                if entry.since > sheet.version:
                    yield Fault(file, f"listed[{i}].since", "is after the version of the list")
                if not self._put(entry.word, entry.at, endings, entry):
                    yield Fault(file, place, f"{entry.word}: has too few letters, or of more than one script")
            for i, group in enumerate(sheet.allowed):
                for j, word in enumerate(group.words):
                    if not self._put(word, group.at, frozenset(), None):
                        reason = f"{word}: has too few letters, or of more than one script"
                        yield Fault(file, f"allowed[{i}].words[{j}]", reason)

    def _put(self, word: str, at: Place, endings: frozenset[str], entry: Entry | None) -> bool:
        """Take a word in all spellings in which it is searched; False where it cannot be."""
        readings: list[Reading] = []
        if hangul.is_hangul(word) is latin.is_latin(word):
            return False
        if latin.is_latin(word):
            plain = latin.as_written(word)
            readings.append(plain)
            if entry and not entry.exact:
                readings.append(Reading("loose", plain.letters, runs=plain.runs))
        elif len((alone := hangul.initials(word)).letters) > 1 and hangul.ROW_ENDS not in alone.letters:
            readings.append(alone)
        else:
            written = hangul.as_written(word)
            readings.append(written)
            if entry and not entry.exact:
                readings += hangul.as_meant(word, written)
        for reading in readings:
            if len(reading.letters) < SHORTEST:
                return False
            runs = tuple(reading.runs) if latin.is_latin(word) else (1,) * len(reading.letters)
            pattern = _Pattern(runs, at, endings, entry)
            self._patterns[reading.spelling].setdefault("".join(reading.letters), []).append(pattern)
        return True

    def _hits(self, text: str, reading: Reading) -> Iterator[_Hit]:
        automaton = self._automata.get(reading.spelling)
        if automaton is None:
            return
        for last, (length, patterns) in automaton.iter("".join(reading.letters)):
            first = last - length + 1
            if reading.goes_on[last]:
                continue
            start, end = reading.start[first], reading.end[last]
            for pattern in patterns:
                has_all = all(map(int.__ge__, reading.runs[first : last + 1], pattern.runs))
                is_word = has_all and _stands(text, start, end, pattern, reading.spelling)
                if is_word and not latin.is_code(text[start:end]):
                    yield _Hit(start, end, length, pattern.entry, reading.spelling == "plain")


NARROW = {0xFF01 + i: 0x21 + i for i in range(0x5E)}
"""Full-width signs are the same in narrow: one for one, so that each keeps its place."""

SHORTEST = 2
"""Letters of a word that can be searched."""


def _automaton(patterns: Mapping[str, list[_Pattern]]) -> "ahocorasick.Automaton":
    automaton = ahocorasick.Automaton()
    for letters, same in patterns.items():
        automaton.add_word(letters, (len(letters), same))
    automaton.make_automaton()
    return automaton


def _readings(text: str) -> Iterable[Reading]:
    if hangul.may_speak(text):
        written = hangul.as_written(text)
        yield written
        yield from hangul.as_meant(text, written)
        yield hangul.initials(text)
    if latin.is_latin(text):
        yield latin.as_written(text)
        yield from latin.as_meant(text)


def _stands(text: str, start: int, end: int, pattern: _Pattern, spelling: Spelling) -> bool:
    """Whether what was found is a word there: over a space, only from the beginning of one to the end of one."""
    if pattern.entry is None:
        return pattern.at != "word" or (
            _begins(text, start, spelling) and _ends(text, end, frozenset(), spelling)
        )
    is_over_space = any(c.isspace() for c in text[start:end])
    begins = (pattern.at == "anywhere" and not is_over_space) or _begins(text, start, spelling)
    ends = (pattern.at != "word" and not is_over_space) or _ends(text, end, pattern.endings, spelling)
    return begins and ends


def _is_joined(character: str, beside: str, spelling: Spelling) -> bool:
    """Whether a character is of the same word as that beside it; where digits are letters, they go on with it."""
    if latin.is_letter(beside):
        return latin.is_letter(character) or (spelling == "loose" and character.isdigit())
    return character.isalnum()


def _begins(text: str, start: int, spelling: Spelling) -> bool:
    return start == 0 or not _is_joined(text[start - 1], text[start], spelling)


def _ends(text: str, end: int, endings: frozenset[str], spelling: Spelling) -> bool:
    rest = end
    while rest < len(text) and _is_joined(text[rest], text[end - 1], spelling):
        rest += 1
    return rest == end or "".join(map(latin.loosely, text[end:rest])) in endings


def load(folder: Path) -> Words:
    """The lists in a city's folder, `words/LANGUAGE.toml`; raises PlanError with every fault there is."""
    faults: list[Fault] = []
    lists = {}
    for path in sorted((folder / "words").glob("*.toml")):
        sheet = read_sheet(folder, f"words/{path.name}", WordList, faults)
        if sheet is not None:
            lists[path.stem] = sheet
    if faults:
        raise PlanError(faults)
    return Words(lists)
