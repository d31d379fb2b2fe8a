"""`madang words`: what a city's lists would make of texts of one's own."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from server.cli import ConfigFile, configured, stop
from worlds.plan import PlanError
from worlds.words import Verdict, load

words_app = typer.Typer(
    help="The words that a city holds for a moderator.", no_args_is_help=True, add_completion=False
)

SHOWN_BESIDE = 20
"""Characters shown on each side of what was found."""


@words_app.callback()
def words() -> None:
    """The words that a city holds for a moderator."""


@words_app.command()
def check(
    file: Annotated[
        Path, typer.Argument(help="One text a line; or .jsonl or .csv with --field.", dir_okay=False)
    ],
    field: Annotated[
        list[str] | None, typer.Option(help="Which field of each object or row is a text; repeatable.")
    ] = None,
    examples: Annotated[int, typer.Option(min=0, help="How many of those found are shown.")] = 10,
    city: Annotated[Path | None, typer.Option(help="The folder of the city's plan (city.path).")] = None,
    config: ConfigFile = None,
) -> None:
    """How many texts of a file would be held, by which words, with examples."""
    try:
        listed = load(configured(config, None, city__path=city).settings.city.path)
        found = [(text, listed.judge(text)) for text in _texts(file, field or [])]
    except PlanError as wrong:
        stop(*map(str, wrong.faults))
    except (OSError, ValueError, csv.Error) as error:
        stop(f"{file}: {error}")
    if not found:
        stop(f"{file}: there is no text in it")
    held = [(text, verdict) for text, verdict in found if verdict.level != "clean"]
    strong = sum(verdict.level == "strong" for _, verdict in held)
    print(f"{len(found)} texts, {len(held)} held ({len(held) / len(found):.2%}), {strong} of them strong")
    counts = Counter(entry.word for _, verdict in held for entry in verdict.entries)
    for word, count in counts.most_common():
        print(f"{count:7} {word}")
    for text, verdict in held[:examples]:
        print(f"{verdict.level:>7} {_shown(text, verdict)}")


def _texts(file: Path, fields: list[str]) -> Iterator[str]:
    """The texts of a file, blank ones left out; raises ValueError for what cannot be read."""
    csv.field_size_limit(sys.maxsize)
    with file.open(encoding="utf-8", newline="") as opened:
        if not fields:
            yield from filter(str.strip, opened)
            return
        rows = csv.DictReader(opened) if file.suffix == ".csv" else map(json.loads, filter(str.strip, opened))
        for row in rows:
            for name in fields:
                if not isinstance(row, dict) or name not in row:
                    raise ValueError(f"not every row has a field {name}")
                text = row[name]
                if isinstance(text, str) and text.strip():
                    yield text


def _shown(text: str, verdict: Verdict) -> str:
    """What was found first, between marks, with some of what is around it, on one line."""
    start, end = verdict.spans[0]
    before, after = text[max(start - SHOWN_BESIDE, 0) : start], text[end : end + SHOWN_BESIDE]
    return " ".join(f"{before}«{text[start:end]}»{after}".split())
