"""What bots are called and what they say, in Korean and English, from `lines.toml` beside this file."""

import tomllib
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

LOCALES = ("ko", "en")


class Words(BaseModel):
    """The texts of one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    greeting: str
    lines: list[str] = Field(min_length=1)
    questions: list[str] = Field(min_length=1)
    petitions: list[str] = Field(min_length=1)
    answer: str


class Lines:
    """The texts of all languages, read when the first is asked for."""

    @cached_property
    def _words(self) -> dict[str, Words]:
        content = tomllib.loads((Path(__file__).parent / "lines.toml").read_text("utf-8"))
        return {locale: Words.model_validate(content[locale]) for locale in LOCALES}

    def _in(self, locale: str | None) -> Words:
        return self._words.get(locale or "", self._words["ko"])

    def to_say(self, locale: str | None) -> list[str]:
        """What one may say."""
        return self._in(locale).lines

    def to_ask(self, locale: str | None) -> list[str]:
        """What one may ask the mayor."""
        return self._in(locale).questions

    def to_petition(self, locale: str | None) -> list[str]:
        """What one may file a petition on."""
        return self._in(locale).petitions

    def answer(self, locale: str | None) -> str:
        """What an official answers."""
        return self._in(locale).answer

    def greeting(self, locale: str | None) -> str:
        """How to greet `{name}`."""
        return self._in(locale).greeting

    def name(self, locale: str | None, number: int) -> str:
        """What the bot of this number is called."""
        return self._in(locale).name.format(number=number)


LINES = Lines()
