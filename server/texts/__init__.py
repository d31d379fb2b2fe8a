"""What people read of the server itself, by language: one TOML file each, with the same keys."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

Language = Literal["ko", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("ko", "en")
DEFAULT_LANGUAGE: Final[Language] = "en"
"""For whoever asks for a language that is not here."""


@cache
def texts(language: Language) -> dict[str, Any]:
    """All texts of a language, as its file groups them."""
    return tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text("utf-8"))


def language_of(locale: str | None) -> Language:
    """The language for a locale such as ko-KR."""
    spoken = (locale or "").replace("_", "-").split("-")[0].lower()
    return next((language for language in LANGUAGES if language == spoken), DEFAULT_LANGUAGE)


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
