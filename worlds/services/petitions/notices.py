"""The sentences in which a step of a case is told, in Korean and English: notices to the petitioner, and the rest."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal, get_args

from protocol.handshake import Text
from protocol.services.petitions import (
    Correctable,
    ExtensionReason,
    NoticeCard,
    OfficerCard,
    Pause,
    State,
    UnprocessedReason,
)
from worlds.calendar import KST
from worlds.service import Personal, Texts
from worlds.services.petitions.events import NOT_IN_HISTORY, ON_PETITIONS, Alarmed, word_of
from worlds.services.petitions.ledger import Ledger
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.rules import Reason, Rules, Words

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")


def written(texts: Texts, owner: str, ref: str) -> str:
    """A personal text of the state by its reference; empty where there never was one."""
    return texts[Personal(owner=owner, ref=ref)] if ref else ""


def unread(petition: Petition, rules: Rules) -> Iterator[int]:
    """The steps that the petitioner is told of and has not read yet."""
    for step in range(petition.read, len(petition.history)):
        if petition.history[step][1] in rules.notices:
            yield step


def officer_card(ledger: Ledger, texts: Texts, petition: Petition) -> OfficerCard | None:
    """Who answers for it: department, name, contact (Decree 31)."""
    officer = ledger.officers.get(petition.officer or "")
    if officer is not None:
        return OfficerCard(
            department=officer.department,
            name=written(texts, officer.id, officer.name),
            contact=written(texts, officer.id, officer.contact),
        )
    department = ledger.rules.department(ledger.department_of(petition))
    return OfficerCard(department=department.id, contact=department.contact) if department else None


def notice(
    ledger: Ledger, texts: Texts, petition: Petition, step: int, *, with_text: bool = True
) -> NoticeCard:
    """What the petitioner is told of one step."""
    when, what, by, about = petition.history[step]
    officer = officer_card(ledger, texts, petition)
    return NoticeCard(
        petition=petition.id,
        notice=step,
        what=what,
        when=when,
        state=about.get("to", petition.state),
        number=petition.number,
        due_at=about.get("due_at"),
        officer=officer,
        message=sentence(ledger.rules, petition, what, about, officer),
        text=(_long_text(texts, petition, about) or None) if with_text and by != petition.citizen else None,
    )


def sentence(
    rules: Rules, petition: Petition, what: str, about: Mapping[str, Any], officer: OfficerCard | None
) -> Text:
    """The sentence of a step in both languages."""
    told = _told(rules, what, about)
    values = {language: _values(rules, petition, about, officer, language) for language in LANGUAGES}
    return Text(ko=told.ko.format_map(values["ko"]), en=told.en.format_map(values["en"]))


DECIDED_BY: Final[Mapping[str, tuple[str, str, str]]] = {
    "objection_decided": ("upheld", "objection_upheld", "objection_dismissed"),
    "corrected": ("agreed", "corrected", "correction_declined"),
    "answered": ("justified", "answered_justified", "answered_unjustified"),
    "publication_changed": ("agreed", "publication_agreed", "publication_ended"),
}
"""Steps whose sentence is another by what was decided: the value, the sentence for yes, the one for no."""


def _told(rules: Rules, what: str, about: Mapping[str, Any]) -> Words:
    value, yes, no = DECIDED_BY.get(what, ("", "", ""))
    if value in about:
        what = yes if about[value] else no
    return rules.notices.get(what) or rules.steps[what]


def untold(rules: Rules) -> list[str]:
    """Which sentences a city's content lacks: for steps, what they decide, and the values that stand in them."""
    steps = {word_of(event) for event in ON_PETITIONS} - NOT_IN_HISTORY
    steps |= {what for _, *decided in DECIDED_BY.values() for what in decided}
    lacking = [f"notices or steps: {what}" for what in steps - rules.notices.keys() - rules.steps.keys()]
    alarms = get_args(Alarmed.model_fields["reason"].annotation)
    for name, table, wanted in (
        ("states", rules.states, get_args(State)),
        ("parts", rules.parts, get_args(Correctable)),
        ("alarms", rules.alarms, alarms),
        ("extension_reasons", rules.extension_reasons, get_args(ExtensionReason)),
        ("unprocessed_reasons", rules.unprocessed_reasons, get_args(UnprocessedReason)),
        ("pauses", rules.pauses, get_args(Pause)),
    ):
        lacking += [f"{name}: {word}" for word in wanted if word not in table]
    return sorted(lacking)


def shown_time(at: int, language: Language) -> str:
    """A time for people: Korean time, to the minute."""
    time = datetime.fromtimestamp(at / 1000, KST)
    if language == "ko":
        return f"{time.year}년 {time.month}월 {time.day}일 {time:%H:%M}"
    return f"{time:%Y-%m-%d %H:%M} (KST)"


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "-"


def _values(
    rules: Rules,
    petition: Petition,
    about: Mapping[str, Any],
    officer: OfficerCard | None,
    language: Language,
) -> _Values:
    values = _Values(
        number=petition.number or petition.id,
        kind=getattr(rules.kinds[petition.kind].name, language),
        state=getattr(rules.states[about.get("to", petition.state)], language),
        people=str(petition.people),
    )
    times = {
        "due": _due_then(petition, about),
        "arrived": petition.arrived_at,
        "receive_by": petition.receive_by,
        "until": about.get("until") or petition.until,
        "remedies_until": about.get("remedies_until"),
        "would_be_due": about.get("would_be_due_at"),
        "expected": about.get("expected_at") or petition.shown_due,
        "other_due": about.get("other_due_at"),
    }
    values |= {name: shown_time(at, language) for name, at in times.items() if at}
    named = about.get("reason")
    for table in (rules.extension_reasons, rules.unprocessed_reasons, rules.pauses):
        reason: Reason | None = table.get(named) if isinstance(named, str) else None
        if reason is not None:
            values["reason"] = f"{getattr(reason.name, language)} ({getattr(reason.article, language)})"
    if isinstance(named, str) and named in rules.alarms:
        values["reason"] = getattr(rules.alarms[named], language)
    where = about.get("body", "")
    if (body := rules.body(where) or rules.department(where)) is not None:
        values["body"] = getattr(body.name, language)
    if (part := about.get("part")) is not None:
        values["part"] = getattr(rules.parts[part], language)
    if officer is not None:
        department = rules.department(officer.department)
        name = getattr(department.name, language) if department else officer.department
        values["department"] = name
        values["officer"] = ", ".join(part for part in (name, officer.name, officer.contact) if part)
    for name in ("other_number", "stars"):
        if name in about:
            values[name] = str(about[name])
    return values


def _due_then(petition: Petition, about: Mapping[str, Any]) -> int | None:
    """When it was due as a step was taken: what was told then stays told after it ended, or moved."""
    due: int | None = about.get("due_at")
    if due:
        return due
    for *_, told in petition.history:
        due = told.get("due_at") or due
        if told is about:
            return due
    return petition.shown_due


def _long_text(texts: Texts, petition: Petition, about: Mapping[str, Any]) -> str:
    """What the staff wrote with a step: items with their articles, reasons, answers, measures."""
    parts = [
        f"- {written(texts, petition.citizen, item['what']['ref'])} ({item['article']})"
        for item in about.get("items", ())
    ]
    for name in ("text", "measure", "missing", "reason"):
        if isinstance(about.get(name), dict):
            parts.append(written(texts, petition.citizen, about[name]["ref"]))
    return "\n".join(parts)
