"""Every step of a case is told in Korean and in English: each kind of event, with each value that it may hold."""

import re
import types
from collections.abc import Iterator
from itertools import product
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from protocol.services import petitions as say
from tests.support.moderation_desk import WORDS
from tests.support.node import HAMLET
from tests.support.petition_office import CONTENT, MINA, OFFICER, RULES, Office
from worlds.plan import load
from worlds.service import Personal, Texts
from worlds.services.petitions import events as ev
from worlds.services.petitions import found
from worlds.services.petitions.notices import LANGUAGES, officer_card, sentence, untold

IN_HISTORY = [kind for kind in ev.ON_PETITIONS if ev.word_of(kind) not in ev.NOT_IN_HISTORY]
NOT_KEPT = {"type", "petition", "by", "timers", "to", "due_at", "cause"}
BODIES = (RULES.bodies[0].id, RULES.departments[2].id)
CODE = re.compile(r"[a-z]+_[a-z_]+|\{\w*\}|\bNone\b|\bTrue\b|\bFalse\b|(?<!\S)-(?!\S)")
"""What no sentence for people holds: codes, blanks, values of a program, and the dash that stands for nothing."""


def values(name: str, annotation: Any) -> Iterator[Any]:
    """Each value that a field may hold, where there are few; one, where there are many."""
    if get_origin(annotation) in (Union, types.UnionType):
        for one in get_args(annotation):
            if one is not type(None):
                yield from values(name, one)
    elif get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif annotation is bool:
        yield from (True, False)
    elif annotation is int:
        yield 1_790_000_000_000 if name.endswith("_at") or "until" in name else 3
    elif annotation is Personal:
        yield {"ref": ""}
    elif name == "body":
        yield from BODIES
    elif annotation is str:
        yield "7"
    else:
        yield []


def abouts(kind: type[ev.PetitionEvent]) -> Iterator[dict[str, Any]]:
    """The entries of the history that a kind of event may make."""
    fields = {name: field for name, field in kind.model_fields.items() if name not in NOT_KEPT}
    choices = [list(values(name, field.annotation)) for name, field in fields.items()]
    for chosen in product(*choices):
        about = dict(zip(fields, chosen, strict=True))
        yield about
        # What is not said has no entry.
        yield {name: value for name, value in about.items() if fields[name].is_required()}


@pytest.mark.parametrize("kind", IN_HISTORY, ids=ev.word_of)
def test_a_step_is_told_in_both_languages_without_a_raw_word(kind: type[ev.PetitionEvent]) -> None:
    office = Office()
    id = office.review()
    petition, rules = office.petition(id), office.rules
    officer = officer_card(office.ledger, office.texts, petition)
    petition.until = petition.shown_due or 0
    for about in abouts(kind):
        times = {"due_at": 1_790_000_000_000, "to": "in_review"}
        told = sentence(rules, petition, ev.word_of(kind), times | about, officer)
        for language in LANGUAGES:
            text = getattr(told, language)
            assert not CODE.search(text), text
        assert re.search("[가-힣]", told.ko)
        assert not re.search("[가-힣]", told.en.replace("김도로", "")), told.en
        assert not re.search("[A-Za-z]{2,}", told.ko.replace(petition.number or "", "")), told.ko


def test_what_was_decided_stands_in_the_sentence() -> None:
    office = Office()
    petition = office.petition(office.review())
    for what, name in (
        ("answered", "justified"),
        ("objection_decided", "upheld"),
        ("corrected", "agreed"),
        ("publication_changed", "agreed"),
    ):
        yes, no = (sentence(RULES, petition, what, {name: value}, None) for value in (True, False))
        assert yes.ko != no.ko
        assert yes.en != no.en
    alarms = {sentence(RULES, petition, "alarmed", {"reason": one}, None).ko for one in RULES.alarms}
    assert len(alarms) == len(RULES.alarms) > 4


def test_the_history_tells_each_step_and_the_guide_each_state() -> None:
    office = Office()
    id = office.review()
    office.ask(OFFICER, say.NoteOnCase, petition=id, text="메모")
    shown = office.ask(OFFICER, say.ShowPetition, petition=id, reason="검토")
    assert [one["what"] for one in shown["history"]] == [
        "submitted", "received", "routed", "started", "noted",
    ]  # fmt: skip
    assert shown["history"][-1]["message"]["ko"] == "내부 메모를 남겼습니다."
    mine = office.ask(MINA, say.ShowPetition, petition=id)
    assert mine["history"][-1]["message"]["en"].endswith("In charge: Roads, 김도로, 02-2133-0000.")
    guide = office.ask(MINA, say.GuideToFiling)
    assert {one["id"] for one in guide["states"]} == set(get_args(say.State))
    assert guide["kinds"][0]["basis"] == {
        "ko": "법 제2조제1호가목1), 제17조",
        "en": guide["kinds"][0]["article"],
    }


def test_content_that_lacks_a_sentence_is_no_city() -> None:
    assert untold(RULES) == []
    lacking_a_step = CONTENT.read_text("utf-8").replace("[steps.dunned]", "[notices.never]")
    with pytest.raises(ValueError, match="notices or steps: dunned"):
        found(Texts(), lacking_a_step, load(HAMLET), WORDS)
    for table, word in (("notices", "granted"), ("steps", "dunned"), ("parts", "gu"), ("alarms", "hops")):
        kept = {name: value for name, value in getattr(RULES, table).items() if name != word}
        (lacking,) = untold(RULES.model_copy(update={table: kept}))
        assert lacking.endswith(f": {word}")
