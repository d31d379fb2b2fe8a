"""What was decided about announcements: the journal's words, one class each."""

from typing import Literal

from protocol.handshake import Text
from protocol.services.announcements import AnnouncementLevel
from worlds.service import Event


class OfAnnouncement(Event):
    """Something about one announcement, by its number; `by` is who decided it."""

    announcement: int
    by: str


class Announced(OfAnnouncement):
    """It was made."""

    type: Literal["announcements.announced"] = "announcements.announced"
    scope: str
    level: AnnouncementLevel
    text: Text
    until: int


class Withdrawn(OfAnnouncement):
    """It was ended before its time."""

    type: Literal["announcements.withdrawn"] = "announcements.withdrawn"


EVENTS: tuple[type[OfAnnouncement], ...] = (Announced, Withdrawn)
