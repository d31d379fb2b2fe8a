"""Why something was refused, in the reader's language: the rules' own reasons, or what their code means."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from protocol.refusals import Refused
from server.texts import Language, texts

BLANK = "{}"
"""Stands in a reason for what the rules fill in."""


def reason(language: Language, refused: Refused) -> str:
    """A sentence for people."""
    told = texts(language, "plain")
    sentence = _translated(language, refused.message) or told["codes"][refused.code.value]
    if refused.retry_after_ms is not None:
        seconds = max(1, -(-refused.retry_after_ms // 1000))
        unit, amount = ("minutes", -(-seconds // 60)) if seconds > 90 else ("seconds", seconds)
        sentence += " " + told["form"][f"retry_{unit}"].format(amount=amount)
    return sentence


def wrong_field(language: Language, kind: str, told: Mapping[str, Any]) -> str:
    """What is wrong with a field before any rule saw it; `kind` and `told` are pydantic's."""
    words = texts(language, "plain")["form"]
    match kind:
        case "missing":
            return str(words["missing"])
        case "string_too_long" | "too_long":
            return str(words["too_long"]).format(most=told.get("max_length", ""))
        case "string_too_short":
            return str(words["missing"])
        case "literal_error":
            return str(words["choose"])
        case "greater_than_equal" | "less_than_equal":
            return str(words["out_of_bounds"])
        case "string_pattern_mismatch":
            return str(words["day"])
        case _:
            return str(words["wrong"])


def _translated(language: Language, message: str) -> str | None:
    for pattern, sentence in _patterns(language):
        if found := pattern.fullmatch(message):
            return sentence.format(*found.groups())
    return None


@cache
def _patterns(language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    told = texts(language, "plain")["reasons"]
    # The most particular first: those with the longest words of their own.
    ordered = sorted(told.items(), key=lambda one: -len(one[0].replace(BLANK, "")))
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, rule.split(BLANK)))), sentence) for rule, sentence in ordered
    )
