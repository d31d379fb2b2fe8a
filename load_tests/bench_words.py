"""How long the search for words takes for a line of chat, Korean and English; each has a bound.

Run as `python -m load_tests.bench_words`; it exits with 1 when a bound is passed.
"""

import sys
import timeit
from functools import partial
from pathlib import Path

import worlds
from worlds.words import Words, load

CASES = (
    # line, most microseconds
    ("안녕하세요! 오늘 광장에 사람이 정말 많네요.", 120),
    ("Lovely weather today. Shall we walk?", 120),
    ("혹시 2호선 시청역 1번 출구가 어디인가요? wifi 됩니다", 250),
    ("씨1발 뭐야 tlqkf sh1t", 250),
    ("시청 앞 광장에서 만나요. " * 20, 1_500),
)
ROUNDS = 5
TIMES = 1_000


def microseconds(words: Words, line: str) -> float:
    """The best of some rounds, for one line."""
    timer = timeit.Timer(partial(words.judge, line))
    return min(timer.repeat(number=TIMES, repeat=ROUNDS)) / TIMES * 1e6


def main() -> int:
    """Prints each line's microseconds and its bound."""
    words = load(Path(worlds.__file__).parent / "seoul")
    kept = True
    for line, bound in CASES:
        took = microseconds(words, line)
        kept &= took <= bound
        print(f"{took:8.1f} us  at most {bound:5} us  {words.judge(line).level:>7}  {line[:40]}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
