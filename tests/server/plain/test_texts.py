"""The words of the plain page: both languages say the same, nothing that a form or a refusal needs is missing."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from protocol.catalogue import type_of
from protocol.refusals import REFUSAL_MEANINGS, Refusal, Refused
from protocol.services import live_qa, moderation, petitions
from server.texts import LANGUAGES, Language, texts
from server.web.plain import petition_desk, question_desk, question_time, sanctions
from server.web.plain.case import VERBS
from server.web.plain.forms import form_for
from server.web.plain.pages import apart, tongue
from server.web.plain.petitions import STEPS
from server.web.plain.reasons import reason, wrong_field

ROOT = Path(__file__).parents[3]
COMMANDS = [
    petitions.DraftPetition,
    petitions.FilePetition,
    petitions.PetitionStatus,
    *STEPS.values(),
    *petition_desk.FORMS.values(),
    *question_time.FORMS.values(),
    *sanctions.FORMS.values(),
]
OF_THE_DESK = {verb: command for verb, command in question_desk.FORMS.items() if verb != "claim"}
"""Forms that show a part of their command: the rest is known from where they stand."""

CHOICES = {"kind": [("other", "기타민원")], "reason": [("similar", "그 밖")], "stars": [("5", "5")]}
FIXED = ("petition", "session", "sanction")
NOT_SHOWN = {"origin", "citizen", "all"}
"""What only the city itself sets, or who runs the queue of hands."""


def leaves(told: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in told.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, name))
        else:
            yield (*above, name), value


def blanks(text: str) -> list[str]:
    return sorted(part.split("}")[0] for part in text.split("{")[1:])


def test_both_languages_have_the_same_texts_with_the_same_blanks() -> None:
    korean, english = (dict(leaves(texts(language, "plain"))) for language in LANGUAGES)
    assert korean.keys() == english.keys()
    for name, text in korean.items():
        assert text.strip()
        if name[0] != "reasons":
            assert blanks(text) == blanks(english[name]), name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=type_of)
def test_every_command_has_a_form_with_words(command: Any, language: Language) -> None:
    fixed = {name: "x" for name in FIXED if name in command.model_fields}
    shown = [name for name in command.model_fields if name not in {"type", "id", "key", *fixed, *NOT_SHOWN}]
    form = form_for(
        command, "/plain/x", texts(language, "plain"), key="k", choices=CHOICES, fixed=fixed, only=shown
    )
    assert {"title", "submit", "done"} <= set(form.words)
    assert {one.name for one in form.fields} == set(shown)
    assert all(one.label for one in form.fields)
    for one in form.fields:
        if one.kind == "choice":
            assert one.options
            assert all(label for _, label in one.options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_of_the_question_desk_and_every_state_and_reason_has_words(language: Language) -> None:
    told = texts(language, "plain")
    for verb, command in OF_THE_DESK.items():
        only = [name for name in ("text", "reason", "into") if name in command.model_fields]
        choices = {"reason": list(told["options"]["hold"].items())}
        form = form_for(command, "/plain/x", told, key="k", choices=choices, only=only)
        assert {"title", "submit", "done"} <= set(form.words), verb
        assert [one.label for one in form.fields if one.label] == [one.label for one in form.fields]
    assert set(question_desk.LISTS) == told["question_desk"]["lists"].keys() == question_desk.VERBS.keys()
    assert told["options"]["hold"].keys() == set(get_args(live_qa.HoldReason))
    assert told["options"]["dismissal"].keys() == set(get_args(live_qa.DismissReason))
    assert told["options"]["question_state"].keys() == set(get_args(live_qa.QuestionState))
    assert told["polls"]["state"].keys() == set(get_args(live_qa.PollState))
    assert told["polls"]["eligible"].keys() == set(get_args(live_qa.Eligible))
    assert told["options"]["phase"].keys() == set(get_args(live_qa.Phase))
    assert told["options"]["sanction"].keys() == set(get_args(moderation.SanctionKind))
    assert told["sanctions"]["effect"].keys() == set(get_args(moderation.SanctionKind))
    assert told["options"]["sanction_state"].keys() == set(get_args(moderation.SanctionState))
    assert told["options"]["appeal_state"].keys() == set(get_args(moderation.AppealState))
    assert told["options"]["report_state"].keys() == set(get_args(moderation.ReportState))


def test_what_somebody_wrote_says_its_language_where_it_is_known() -> None:
    assert tongue("버스는 언제 옵니까?") == ' lang="ko"'
    assert tongue("When does the bus come?") == ' lang=""'
    assert tongue("When?", "en") == ' lang="en"'
    assert tongue("?", '"><script>') == ' lang="&#34;&gt;&lt;script&gt;"'


def test_every_step_of_a_petition_is_offered_somewhere() -> None:
    assert set(VERBS) == STEPS.keys()
    known = {type_of(command).partition(".")[2] for command in petitions.COMMANDS if not command.reads}
    assert known == set(VERBS) | set(petition_desk.FORMS) | {
        "draft", "file", "submit", "show", "status", "read_notice",
    }  # fmt: skip


HEARD = (
    "live_qa/asking", "live_qa/captions", "live_qa/wording", "live_qa/floor", "live_qa/moderation", "live_qa/polls",
    "live_qa/roles",
    "moderation/appealing", "moderation/wording",
)  # fmt: skip
"""Whose refusals the plain page may hear, beside those of petitions."""


def sentences() -> Iterator[str]:
    """What the rules of petitions and of an audience say when they refuse, with {} for what they fill in."""
    files = [
        *sorted((ROOT / "worlds/services/petitions").glob("*.py")),
        *(
            ROOT / f"worlds/services/live_qa/{name}.py"
            for name in ("asking", "captions", "wording", "floor", "moderation", "polls", "roles")
        ),
        *(ROOT / f"worlds/services/moderation/{name}.py" for name in ("appealing", "wording")),
    ]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "Refused"
                and len(node.args) > 1
            ):
                match node.args[1]:
                    case ast.Constant(value=str(text)):
                        yield text
                    case ast.JoinedStr(values=parts):
                        yield "".join(
                            str(one.value) if isinstance(one, ast.Constant) else "{}" for one in parts
                        )
                    case _:
                        pass


def test_whatever_the_rules_say_is_said_in_korean() -> None:
    found = set(sentences())
    assert len(found) > 80
    missing = found - texts("ko", "plain")["reasons"].keys()
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_is_told_with_what_the_rules_filled_in(language: Language) -> None:
    told = reason(language, Refused(Refusal.TOO_LONG, "at most 4000 characters", field="text"))
    assert "4000" in told
    told = reason(language, Refused(Refusal.TOO_FAST, "at most 30 petitions a day", retry_after_ms=7_200_000))
    assert "30" in told
    assert "120" in told
    for code, meaning in REFUSAL_MEANINGS.items():
        assert reason(language, Refused(code)) == texts(language, "plain")["codes"][code.value] or meaning
    assert (
        reason(language, Refused(Refusal.CONFLICT, "nobody translated this"))
        == (texts(language, "plain")["codes"]["conflict"])
    )
    assert wrong_field(language, "missing", {}) == texts(language, "plain")["form"]["missing"]
    assert "400" in wrong_field(language, "string_too_long", {"max_length": 400})


@pytest.mark.parametrize("name", ["מינה", "مدينة 7", "\u202eMina", "\u2067Mina"])
def test_a_name_turns_no_other_word_of_the_sentence_it_stands_in(name: str) -> None:
    assert apart(name) == f"\u2068{name}\u2069"


@pytest.mark.parametrize("name", ["미나", "Mina 7", "Zoë", ""])
def test_a_name_that_turns_nothing_is_left_as_it_is(name: str) -> None:
    assert apart(name) == name
