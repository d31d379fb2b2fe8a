"""What is announced now, as it stands at the head of every plain page: which place it is for, and until when."""

from dataclasses import dataclass

from protocol.services.announcements import AnnouncementLevel
from server.texts import Language, spoken
from server.web.view import CityView
from worlds.city import City
from worlds.services.announcements import Announcements


@dataclass(frozen=True, slots=True)
class Announced:
    """One announcement in the reader's language; `where` is empty for the whole city."""

    level: AnnouncementLevel
    text: str
    where: str
    until: int


def announced(city: City, view: CityView, language: Language, now: int) -> list[Announced]:
    """All that stands, the most urgent first: who reads plain pages is in no district, and may be on the way to one."""
    service = city.services.get("announcements")
    if not isinstance(service, Announcements):
        return []
    return [
        Announced(one.level, spoken(one.text, language), _where(view, one.scope, language), one.until)
        for one in service.standing(now)
    ]


def _where(view: CityView, scope: str, language: Language) -> str:
    district_id, _, zone_id = scope.partition("/")
    district = next((one for one in view.districts() if one.id == district_id), None)
    if district is None:
        return ""
    zone = next((one for one in district.zones if one.id == zone_id), None)
    names = [district.name, *([zone.name] if zone is not None else [])]
    return " · ".join(spoken(name, language) for name in names)
