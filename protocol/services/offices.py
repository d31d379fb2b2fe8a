"""Offices: what is given to a citizen inside the city, beside what their token says: by whom, where, until when.

An office of an event ends with it, a while after its end; any other at its time. What someone holds goes for all that
they do from that moment on, and for nothing any more from the moment it ends.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from protocol.handshake import Part, Text
from protocol.message import Answer, Command, Fact, Name, Natural, Result

Scope = Annotated[str, Field(max_length=64)]
"""`""` is the city; else a district (`culture`), a zone of one (`culture/hall`), or an event (`civil/qa-1`)."""

CitizenId = Annotated[str, Field(min_length=1, max_length=64)]
Page_ = Annotated[str, Field(max_length=64)]

EndOfOffice = Literal["time", "taken_back", "laid_down"]
"""Its time was over; who may give it took it back; who held it laid it down."""


# Parts


class GivenOffice(Part):
    """An office that was given; it stands while `ended_at` is missing and `until` is to come.

    `word`: the role, or the grant as `grant:NAME`, that it is in the citizen's card. `called`: by what name they were
    known when it was given, to those who give it.
    """

    given: Name
    office: Name
    name: Text
    word: str
    scope: Scope
    citizen: str
    called: str | None = None
    by: str
    at: Natural
    until: Natural
    is_of_event: bool
    words: str | None = None
    ended_at: Natural | None = None
    why: EndOfOffice | None = None
    ended_by: str | None = None
    end_words: str | None = None


class GivableOffice(Part):
    """An office that the reader may give where they asked; `longest_s`: for how long, None with the event."""

    office: Name
    name: Text
    longest_s: Natural | None = None


# Commands


class OfficeMade(Result):
    """What was given is called so, and stands until then as it is known now."""

    given: Name
    until: Natural


class GiveOffice(Command):
    """Give an office to somebody else: in an event until a while after its end, elsewhere until `until`."""

    answer: ClassVar[Answer] = OfficeMade

    type: Literal["offices.give"] = "offices.give"
    office: Name
    citizen: CitizenId
    scope: Scope
    until: Natural | None = None
    words: Annotated[str, Field(max_length=2_000)] | None = None


class EndOffice(Command):
    """Take an office back that one might have given, or lay down one's own."""

    type: Literal["offices.end"] = "offices.end"
    given: Name
    words: Annotated[str, Field(max_length=2_000)] | None = None


class OfficeList(Result):
    """A page of what was given, the newest first; `may_give` stands on the first."""

    offices: list[GivenOffice]
    may_give: list[GivableOffice]
    next: str | None = None


class ListOffices(Command):
    """What was given within a scope, for who works there; what stands, or all that ever did."""

    answer: ClassVar[Answer] = OfficeList
    reads: ClassVar[bool] = True

    type: Literal["offices.list"] = "offices.list"
    scope: Scope = ""
    which: Literal["standing", "all"] = "standing"
    after: Page_ | None = None


class OwnOffices(Result):
    """A page of one's own, the newest first."""

    offices: list[GivenOffice]
    next: str | None = None


class ShowOwnOffices(Command):
    """What was ever given to oneself, by whom, until when, and how it ended."""

    answer: ClassVar[Answer] = OwnOffices
    reads: ClassVar[bool] = True

    type: Literal["offices.mine"] = "offices.mine"
    after: Page_ | None = None


# Facts


class OfficeChanged(Fact):
    """An office as it is now: given, with another end, ended; to who holds it, and to who works there."""

    type: Literal["offices.changed"] = "offices.changed"
    office: GivenOffice


COMMANDS: tuple[type[Command], ...] = (GiveOffice, EndOffice, ListOffices, ShowOwnOffices)
FACTS: tuple[type[Fact], ...] = (OfficeChanged,)
