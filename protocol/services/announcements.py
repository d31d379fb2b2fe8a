"""Announcements: what a city tells everyone in a zone, a district or all of it, in its two languages, until a time.

They are told whole whenever they change; the newest replaces the one before. One ends by the clock, without a word.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from protocol.handshake import Part, Text
from protocol.message import Answer, Command, Fact, Name, Natural, Result

AnnouncementLevel = Literal["notice", "warning", "emergency"]

Scope = Annotated[str, Field(max_length=64)]
"""`""` is the city; else a district (`culture`), or a zone of one (`culture/hall`)."""


# Parts


class Announcement(Part):
    """What is announced; it stands until `until`, or until it was withdrawn."""

    announcement: Name
    scope: Scope
    level: AnnouncementLevel
    text: Text
    at: Natural
    until: Natural
    withdrawn_at: Natural | None = None


class ReadyAnnouncement(Part):
    """Words that the city has ready, for when there is no time to find them."""

    level: AnnouncementLevel
    text: Text
    lasts_s: Natural


# Commands


class AnnouncementMade(Result):
    """The announcement's name."""

    announcement: Name


class Announce(Command):
    """Tell everyone in a scope."""

    answer: ClassVar[Answer] = AnnouncementMade

    type: Literal["announcements.announce"] = "announcements.announce"
    scope: Scope
    level: AnnouncementLevel = "notice"
    text: Text
    until: Natural


class Withdraw(Command):
    """End an announcement before its time."""

    type: Literal["announcements.withdraw"] = "announcements.withdraw"
    announcement: Name


class AnnouncementList(Result):
    """A page of announcements, the newest first; `ready` stands on the first, for who may announce."""

    announcements: list[Announcement]
    ready: list[ReadyAnnouncement]
    next: str | None = None


class ListAnnouncements(Command):
    """What stands, in the whole city; or all that was ever announced."""

    answer: ClassVar[Answer] = AnnouncementList
    reads: ClassVar[bool] = True

    type: Literal["announcements.list"] = "announcements.list"
    which: Literal["standing", "all"] = "standing"
    after: Annotated[str, Field(max_length=64)] | None = None


# Facts


class AnnouncementChanged(Fact):
    """An announcement, as it is now: made, or withdrawn."""

    type: Literal["announcements.changed"] = "announcements.changed"
    announcement: Announcement


COMMANDS: tuple[type[Command], ...] = (Announce, Withdraw, ListAnnouncements)
FACTS: tuple[type[Fact], ...] = (AnnouncementChanged,)
