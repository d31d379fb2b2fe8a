"""What people are called: a name that may be shown to everyone, or one that the city gives in its place."""

import secrets
from dataclasses import replace
from zlib import crc32

from server.texts import language_of, texts
from worlds.citizen import Citizen, shown_name
from worlds.city import City

NUMBERS = 9_900
"""How many names the city can give: enough that two of them seldom stand side by side."""

FIRST_NUMBER = 100


def visitor_name(locale: str | None) -> str:
    """What a visitor is called who has no name, or none that may be shown."""
    return _numbered("visitor", secrets.randbelow(NUMBERS), locale)


def shown_to_all(citizen: Citizen, city: City, locale: str | None) -> Citizen:
    """The citizen by the name of their office, or one that the city's words let stand, or one given to them instead."""
    office = city.called(citizen)
    if office is not None:
        name: str = getattr(office, language_of(locale))
        return replace(citizen, name=shown_name(name))
    if city.is_fit(citizen.name, is_vouched=citizen.is_verified):
        return citizen
    if citizen.is_visitor:
        return replace(citizen, name=visitor_name(locale))
    return replace(citizen, name=_numbered("citizen", crc32(citizen.id.encode()) % NUMBERS, locale))


def _numbered(section: str, number: int, locale: str | None) -> str:
    name: str = texts(language_of(locale))[section]["name"]
    return name.format(number=FIRST_NUMBER + number)
