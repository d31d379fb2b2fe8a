"""Korean as it is heard: syllables taken apart into letters, doubled ones once, tense ones as plain where wanted.

Finals are written as the leading letter that they are ("발" and "ㅂㅏㄹ" are the same), composed vowels and finals as
their parts. What is no Korean letter is passed over. All readings keep each letter's place in the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from worlds.words.reading import Reading, Spelling

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = tuple("ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ".split())  # noqa: SIM905
FINALS = tuple(
    "ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".split()  # noqa: SIM905
)
"""In Unicode's order; a row is easier to read than a list."""

OLD_LEADS = {"\u111a": "ㄹㅎ", "\u1121": "ㅂㅅ"}
"""What Unicode makes of the letters ㅀ and ㅄ where they stand alone."""

KEYS = str.maketrans(
    "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml" + "ABCDFGHIJKLMNSUVXYZ",
    "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
    + "ㅁㅠㅊㅇㄹㅎㅗㅑㅓㅏㅣㅡㅜㄴㅕㅍㅌㅛㅋ",
)
"""The two-set keyboard: what is written when someone forgets to switch, or means not to."""

KEYED = re.compile("[A-Za-z]{4,}")
TENSE = frozenset("ㄲㄸㅃㅆㅉ")
SOFT = str.maketrans("ㄲㄸㅃㅆㅉ", "ㄱㄷㅂㅅㅈ")

LOOKALIKES = str.maketrans("1lI|!人Λト", "ㅣㅣㅣㅣㅣㅅㅅㅏ")
DRAWN = re.compile("(?<=[가-힣ㄱ-ㅣ])[1lI|!人Λト]+|[1lI|!人Λト]+(?=[가-힣ㄱ-ㅣ])")

HANGUL = re.compile(
    "[\u1100-\u11ff\u3130-\u318f\u3200-\u321e\u3260-\u327f\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7ff\uffa0-\uffdc]"
)

_VOWEL_LETTERS = frozenset("".join(VOWELS))

JOINED = ("", "ㄴ", "ㄹ", "ㅋ")
"""What may follow a word within its last syllable: nothing, a particle ("개새낀데"), laughter. "피씨방" is a place."""

ROW_ENDS = "\n"

ALONE = re.compile("[\u1100-\u1112\u1121\u3131-\u314e\u3260-\u326d\uffa1-\uffbe]")

CACHED = 16_384
"""Characters whose letters are remembered: all syllables, and not all of Unicode."""


def is_hangul(text: str) -> bool:
    """Whether anything in it is Korean."""
    return HANGUL.search(text) is not None


def may_speak(text: str) -> bool:
    """Whether it may be read as Korean: as it stands, or by the keyboard."""
    return is_hangul(text) or KEYED.search(text) is not None


@lru_cache(CACHED)
def letters_of(character: str) -> str:
    """The letters of one character, as they are on a keyboard; of what is not Korean, none."""
    return "".join(map(_parts, unicodedata.normalize("NFKC", character)))


def _parts(character: str) -> str:
    code = ord(character)
    if 0xAC00 <= code <= 0xD7A3:
        lead, rest = divmod(code - 0xAC00, 21 * 28)
        vowel, final = divmod(rest, 28)
        return LEADS[lead] + VOWELS[vowel] + (FINALS[final - 1] if final else "")
    if 0x1100 <= code <= 0x1112:
        return LEADS[code - 0x1100]
    if 0x1161 <= code <= 0x1175:
        return VOWELS[code - 0x1161]
    if 0x11A8 <= code <= 0x11C2:
        return FINALS[code - 0x11A8]
    return OLD_LEADS.get(character, "")


@lru_cache(2 * CACHED)
def _spelled(character: str, is_soft: bool) -> tuple[tuple[str, bool], ...]:
    """Its letters, each with whether its syllable goes on after it."""
    letters = letters_of(character)
    if is_soft:
        letters = letters.translate(SOFT)
    return tuple((letter, letters[k + 1 :] not in JOINED) for k, letter in enumerate(letters))


def as_written(text: str) -> Reading:
    """The text as it is written: "씨 발", "씨1발" and "씨이이발" are read alike, "시발" is not."""
    return _read(text, "plain", is_soft=False)


def as_meant(text: str, written: Reading) -> Iterator[Reading]:
    """As it may be meant: tense as plain; then also with signs that look like letters, or by the keyboard.

    `written` is the same text as it is written.
    """
    if TENSE.isdisjoint(written.letters):
        yield replace(written, spelling="loose")
    else:
        yield _read(text, "loose", is_soft=True)
    if DRAWN.search(text):
        yield _read(DRAWN.sub(lambda found: found[0].translate(LOOKALIKES), text), "loose", is_soft=True)
    if KEYED.search(text):
        yield _read(KEYED.sub(lambda found: found[0].translate(KEYS), text), "loose", is_soft=True)


def _read(text: str, spelling: Spelling, *, is_soft: bool) -> Reading:
    reading = Reading(spelling)
    letters, start, end, runs = reading.letters, reading.start, reading.end, reading.runs
    goes_on = reading.goes_on
    last = before_last = ""
    for at, character in enumerate(text):
        for letter, is_begun in _spelled(character, is_soft):
            if letter == last and not (letter == "ㅇ" and is_begun):
                # A silent "ㅇ" is another letter than that which ends a syllable: "도랑이" is no "도라이".
                # A word begins with the last of such letters and ends with the first: the others are its neighbours'.
                start[-1] = at
                runs[-1] += 1
            elif last == "ㅇ" and letter == before_last and runs[-1] == 1 and letter in _VOWEL_LETTERS:
                # "이이" is a long "이".
                for column in (letters, start, end, runs, goes_on):
                    column.pop()
                last = letter
                before_last = letters[-2] if len(letters) > 1 else ""
            else:
                letters.append(letter)
                start.append(at)
                end.append(at + 1)
                runs.append(1)
                goes_on.append(is_begun)
                before_last, last = last, letter
    return reading


def initials(text: str) -> Reading:
    """Letters that stand alone, as in "ㅅㅂ"; whatever else is written ends a row of them."""
    reading = Reading("initials")
    if not ALONE.search(text):
        return reading
    for at, character in enumerate(text):
        letters = letters_of(character)
        if character.isalpha() and (not letters or _VOWEL_LETTERS & set(letters)):
            letters = ROW_ENDS
        for letter in letters:
            if reading.letters and reading.letters[-1] == letter:
                reading.start[-1] = at
                reading.runs[-1] += 1
            else:
                _put(reading, letter, at)
    return reading


def _put(reading: Reading, letter: str, at: int) -> None:
    reading.letters.append(letter)
    reading.start.append(at)
    reading.end.append(at + 1)
    reading.runs.append(1)
    reading.goes_on.append(False)
