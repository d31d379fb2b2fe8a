"""Notices: the sentences in which a petitioner is told of a step, in Korean and English."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from protocol.handshake import Text
from protocol.services.petitions import NoticeCard, OfficerCard
from worlds.service import Personal, Texts
from worlds.services.petitions.calendar import KST
from worlds.services.petitions.ledger import Ledger
from worlds.services.petitions.petition import Petition
from worlds.services.petitions.rules import Reason, Rules

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
    told = rules.notices[what]
    if what == "objection_decided":
        told = rules.notices["objection_upheld" if about.get("upheld") else "objection_dismissed"]
    values = {language: _values(rules, petition, about, officer, language) for language in LANGUAGES}
    return Text(ko=told.ko.format_map(values["ko"]), en=told.en.format_map(values["en"]))


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
        "due": about.get("due_at") or petition.shown_due,
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
            values["reason"] = f"{getattr(reason.name, language)} ({reason.article})"
    if (body := rules.body(about.get("body", ""))) is not None:
        values["body"] = getattr(body.name, language)
    if officer is not None:
        department = rules.department(officer.department)
        name = getattr(department.name, language) if department else officer.department
        values["department"] = name
        values["officer"] = ", ".join(part for part in (name, officer.name, officer.contact) if part)
    for name in ("other_number", "part", "stars"):
        if name in about:
            values[name] = str(about[name])
    return values


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
