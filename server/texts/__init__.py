"""What people read of the server itself, by language: TOML files that have the same keys in each."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, Protocol

Language = Literal["ko", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("ko", "en")
DEFAULT_LANGUAGE: Final[Language] = "en"
"""For whoever asks for a language that is not here."""


class Worded(Protocol):
    """The same in both languages."""

    @property
    def ko(self) -> str: ...
    @property
    def en(self) -> str: ...


def spoken(words: Worded, language: Language) -> str:
    """What is said in a language of what stands in both."""
    return words.ko if language == "ko" else words.en


@cache
def texts(language: Language, part: str = "") -> dict[str, Any]:
    """All texts of a language, as its file groups them; a `part` with many texts has files of its own."""
    name = f"{part}.{language}.toml" if part else f"{language}.toml"
    return tomllib.loads(files(__name__).joinpath(name).read_text("utf-8"))


def language_of(locale: str | None) -> Language:
    """The language for a locale such as ko-KR."""
    tongue = (locale or "").replace("_", "-").split("-")[0].lower()
    return next((language for language in LANGUAGES if language == tongue), DEFAULT_LANGUAGE)


def preferred(accept_language: str | None) -> Language:
    """The language that an Accept-Language header likes best (RFC 9110, 12.5.4)."""
    liked: list[tuple[float, Language]] = []
    for part in (accept_language or "").split(","):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        language = language_of(tag)
        if tag[:2].lower() != language:
            continue
        try:
            liked.append((float(weight or 1), language))
        except ValueError:
            continue
    return max(liked, key=lambda like: like[0])[1] if liked else DEFAULT_LANGUAGE
