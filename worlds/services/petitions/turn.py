"""What a rule decides on: the ledger, who asks, when; and what every rule asks of them."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from protocol.refusals import Refusal, Refused
from protocol.services.petitions import State
from worlds.calendar import Calendar, Interval, day_of, end_of
from worlds.citizen import Citizen
from worlds.service import Attached, Personal, Texts
from worlds.services.petitions.ledger import Ledger
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.rules import Figures, KindCode, Rules
from worlds.services.petitions.states import Row, Who, admit, rows
from worlds.words import Verdict

Judge = Callable[[str], Verdict]
"""The word filter: what it finds in a text."""


def all_clean(text: str) -> Verdict:
    """The filter of a city that lists no words."""
    return Verdict("clean")


FILE_DIGITS = 16
"""Hexadecimal digits of a copied file's id."""

TIMER = Citizen("", "")
"""Who acts when nobody does."""


def is_official(citizen: Citizen) -> bool:
    """Whether they are staff, in any scope."""
    return any(role.partition("@")[0] == "official" for role in citizen.roles)


def holds(citizen: Citizen, grant: str) -> bool:
    """Whether they are staff with an office."""
    return is_official(citizen) and grant in citizen.grants


@dataclass(frozen=True, slots=True)
class Turn:
    """One command of one citizen at one moment, or a timer's."""

    ledger: Ledger
    texts: Texts
    citizen: Citizen
    now: int
    chance: bytes = b""
    judge: Judge = all_clean

    @property
    def rules(self) -> Rules:
        return self.ledger.rules

    @property
    def figures(self) -> Figures:
        return self.ledger.rules.figures

    @property
    def calendar(self) -> Calendar:
        return self.ledger.calendar

    @property
    def by(self) -> str:
        return self.citizen.id

    # Who and what

    def petition(self, id: str, field: str = "petition") -> Petition:
        """The petition; another's draft does not exist. Raises Refused."""
        found = self.ledger.petitions.get(id)
        if found is None or (not found.is_filed and found.citizen != self.by):
            raise Refused(Refusal.NOT_FOUND, "there is no such petition", field=field)
        return found

    def who(self, petition: Petition) -> frozenset[Who]:
        """As what they may act on a petition; staff never on their own, nor on one that they signed."""
        letters: set[Who] = set()
        if self.citizen is TIMER:
            letters.add("T")
        elif petition.citizen == self.by:
            letters.add("C")
        elif is_official(self.citizen) and not self.ledger.is_party(petition, self.by):
            own_desk = self.citizen.department == self.ledger.department_of(petition)
            if "civil_service" in self.citizen.grants:
                letters.add("S")
            if "examiner" in self.citizen.grants:
                letters.add("X")
            if own_desk and "head" in self.citizen.grants:
                letters.add("H")
            if own_desk and petition.officer in (None, self.by):
                letters.add("O")
        return frozenset(letters)

    def admit(self, petition: Petition, verb: str, to: State | None = None) -> Row:
        """The line of the table by which they may do it now; raises Refused."""
        return admit(petition.state, verb, self.who(petition), to)

    def together(self, petition: Petition, verb: str) -> list[Petition]:
        """The petition and those treated as one with it, as far as the table lets them go along."""
        members = (self.ledger.petitions[id] for id in petition.members)
        return [petition, *(member for member in members if rows(member.state, verb))]

    # Texts

    def text(self, raw: str, field: str, longest: int | None = None, *, lines: bool = True) -> str:
        """What was written, trimmed; raises Refused when it is empty, too long or has control characters."""
        limit = self.rules.limits.text_length if longest is None else longest
        text = unicodedata.normalize("NFC", raw).strip()
        if not text:
            raise Refused(Refusal.BAD_MESSAGE, "there is nothing written", field=field)
        if limit and len(text) > limit:
            raise Refused(Refusal.TOO_LONG, f"at most {limit} characters", field=field)
        allowed = "\n\t" if lines else ""
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in text):
            raise Refused(Refusal.BAD_MESSAGE, "control characters are not text", field=field)
        return text

    def about(
        self, petition: Petition, raw: str, field: str = "text", longest: int | None = None
    ) -> Personal:
        """A text on somebody's case: it is theirs, whoever wrote it, and erased with them."""
        return Personal(owner=petition.citizen, text=self.text(raw, field, longest))

    def short(self, owner: str, raw: str, field: str, longest: int | None = None) -> Personal:
        """One line on somebody: a name, an address, a contact."""
        limit = self.rules.limits.person_length if longest is None else longest
        return Personal(owner=owner, text=self.text(raw, field, limit, lines=False))

    # Files

    def files(
        self, petition: Petition | None, owner: str, ids: Sequence[str], gone: int = 0
    ) -> tuple[Attached, ...]:
        """Files that the citizen brought, for a case of which so many go: theirs whose it is. Raises Refused."""
        had = len(petition.files) - gone if petition is not None else 0
        limit = self.rules.limits.files
        if limit and had + len(ids) > limit:
            raise Refused(
                Refusal.FULL, f"at most {limit} files in one petition", field="files", limit="petitions.files"
            )
        attached = []
        for number, id in enumerate(ids):
            brought = self.texts.brought.get(id)
            if (
                brought is None
                or brought.owner != self.by
                or id in self.ledger.attached
                or id in ids[:number]
            ):
                raise Refused(
                    Refusal.NOT_FOUND, "there is no such file of yours that waits", field=f"files.{number}"
                )
            name = Personal(owner=owner, text=brought.name)
            attached.append(
                Attached(name=name, file=id, kind=brought.kind, bytes=brought.bytes, hash=brought.hash)
            )
        return tuple(attached)

    def same_files(
        self, petition: Petition, files: Sequence[Attached], other: Petition
    ) -> tuple[Attached, ...]:
        """What is attached to a petition, for another that is answered with it: copies, of their own."""
        if other is petition:
            return tuple(files)
        return tuple(
            one.model_copy(
                update={
                    "name": Personal(owner=other.citizen, text=one.name.text),
                    "file": sha256(self.chance + one.file.encode() + other.id.encode()).hexdigest()[
                        :FILE_DIGITS
                    ],
                    "copied_from": one.file,
                }
            )
            for one in files
        )

    # Names of the content

    def department(self, id: str, field: str = "department") -> str:
        """A department's id; raises Refused."""
        if self.rules.department(id) is None:
            raise Refused(Refusal.NOT_FOUND, "there is no such department", field=field)
        return id

    def day(self, text: str, field: str) -> date:
        """A day as YYYY-MM-DD; raises Refused."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Refused(Refusal.BAD_MESSAGE, "there is no such day", field=field) from None

    def last_moment(self, text: str, field: str, longest_days: int) -> int:
        """The end of a day from today on; raises Refused."""
        day = self.day(text, field)
        if not 0 <= (day - day_of(self.now)).days <= longest_days:
            raise Refused(Refusal.BAD_MESSAGE, f"from today, at most {longest_days} days", field=field)
        return end_of(day)

    # Due dates

    def due_of(
        self,
        petition: Petition,
        *,
        kind: KindCode | None = None,
        type_id: str | None = None,
        extra: int = 0,
        out: Iterable[Interval] = (),
    ) -> int:
        """When a petition is due: its period with its extensions, without what is excluded."""
        period = self.rules.period(kind or petition.kind, type_id or petition.statutory_type)
        excluded = [*petition.excluded(self.now), *self.ledger.outages_until(self.now), *out]
        began = petition.received_at or self.now
        return self.calendar.due(began, period, petition.extra + extra, excluded)

    def objection_due(self, *, extended: bool, began: int) -> int:
        """When an objection is decided at the latest."""
        days = self.figures.objection_decision_days
        first = self._objection_days(began, days)
        return self._objection_days(first, days) if extended else first

    def _objection_days(self, began: int, days: int) -> int:
        match self.figures.objection_counted:
            case "earlier":
                return self.calendar.earlier_of_both(began, days)
            case "calendar":
                last = self.calendar.citizens_last_moment(began, days)
                return self.calendar.closing(day_of(last))
            case "working":
                return self.calendar.add_days(began, days)
