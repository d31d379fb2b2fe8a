"""Question time on the plain page: the schedule, asking and voting, one's place among the hands, and past records."""

from fastapi import Response

from protocol.message import Command
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as say
from protocol.services.petitions import GuideToFiling
from server.web.plain.forms import Option, form_for
from server.web.plain.pages import HOME
from server.web.plain.visit import Visit, new_key
from worlds.city import City
from worlds.services.live_qa import LiveQa
from worlds.services.live_qa.venue import Venue

AT = f"{HOME}/question-time"

FORMS: dict[str, type[Command]] = {
    "ask": say.Ask,
    "vote": say.Vote,
    "withdraw": say.Withdraw,
    "ask_split": say.AskSplit,
    "reserve": say.Reserve,
    "raise_hand": say.RaiseHand,
    "lower_hand": say.LowerHand,
    "take_floor": say.TakeFloor,
}
FIXED = ("question", "on")
"""What the button says that leads to a form, so that the form need not ask it."""

OVER = frozenset({"follow_up", "archived"})
TAKING_PART = frozenset({"collecting", "doors", "live"})


async def listed(visit: Visit) -> tuple[list[say.QuestionTime], list[say.QuestionTime], str | None]:
    """What is to come, what is over, and where the list goes on."""
    found = await visit.ask(say.ListSessions, after=visit.query.get("after") or None)
    coming = [one for one in found.sessions if one.phase not in OVER]
    return coming, [one for one in found.sessions if one.phase in OVER], found.next


async def sessions(visit: Visit) -> Response:
    """All question times."""
    coming, past, after = await listed(visit)
    return visit.page("question_times.html", coming=coming, past=past, next=after, where=where(visit))


async def audience(visit: Visit) -> Response:
    """One question time as its audience sees it."""
    name = visit.request.path_params["session"]
    view = (await visit.ask(say.Look, session=name)).audience
    questions, after = view.questions, view.next_page
    if visit.query.get("after"):
        more = await visit.ask(say.ListQuestions, session=name, which="open", after=visit.query["after"])
        questions, after = more.questions, more.next
    done = await visit.ask(say.ListQuestions, session=name, which="done")
    now = view.now.question if view.now is not None else None
    return visit.page(
        "question_time.html",
        view=view,
        session=view.session,
        questions=questions,
        next=after,
        done=[one for one in done.questions if one.question != now],
        names=await names(visit),
        where=where(visit),
        at=f"{AT}/{name}",
        takes_part=view.session.phase in TAKING_PART,
        is_over=view.session.phase in OVER,
    )


async def record(visit: Visit) -> Response:
    """What anyone can read of a question time that is over."""
    name = visit.request.path_params["session"]
    found = await visit.ask(say.ReadRecord, session=name, after=visit.query.get("after") or None)
    return visit.page(
        "record.html",
        record=found,
        session=found.session,
        names=await names(visit),
        where=where(visit),
        at=f"{AT}/{name}",
    )


async def act(visit: Visit) -> Response:
    """A form for one thing that the audience does."""
    name, verb = visit.request.path_params["session"], visit.request.path_params["verb"]
    command = FORMS.get(verb)
    if command is None:
        raise Refused(Refusal.NOT_FOUND)
    action = f"{AT}/{name}/{verb}"
    fixed = {"session": name}
    given = visit.written if visit.request.method == "POST" else visit.query
    fixed |= {part: given[part] for part in FIXED if part in command.model_fields and given.get(part)}
    only = [
        part
        for part in command.model_fields
        if part in ("text", "category", "nickname", "language", "lane", "accept")
    ]
    choices = {
        "category": list((await categories(visit)).items()),
        "language": list[Option](visit.texts["options"]["language"].items()),
    }
    form = form_for(
        command,
        action,
        visit.texts,
        key=new_key(),
        fixed=fixed,
        choices=choices,
        only=only,
        back=f"{AT}/{name}",
    )
    if visit.request.method != "POST":
        form.fill({"language": visit.language, "lane": "away"})
        return visit.form_page(form)
    answer = await visit.submit(form)
    if isinstance(answer, Response):
        return answer
    visit.note(form.words["done"])
    question = answer.get("question") or fixed.get("question")
    return visit.go(f"{AT}/{name}" + (f"#q{question}" if question and verb == "vote" else ""))


def venue_of(city: City) -> Venue:
    """Where the city keeps its question times."""
    service = city.services["live_qa"]
    assert isinstance(service, LiveQa)
    return service.venue


async def categories(visit: Visit) -> dict[str, str]:
    """What the city calls the categories of questions."""

    def told(city: City, _: int) -> dict[str, str]:
        return {id: visit.named(name) for id, name in venue_of(city).content.categories.items()}

    return await visit.look(told)


async def names(visit: Visit) -> dict[str, dict[str, str]]:
    """What categories are called, and those who answer: offices, and departments where the city has petitions."""
    offices: dict[str, str] = visit.texts["options"]["office"]
    try:
        guide = await visit.ask(GuideToFiling)
    except Refused:
        departments = {}
    else:
        departments = {one["id"]: visit.named(one["name"]) for one in guide.departments}
    return {"categories": await categories(visit), "offices": departments | offices}


def where(visit: Visit) -> dict[tuple[str, str], str]:
    """What a stage is called, by district and stage."""
    return {
        (district.id, stage.id): f"{visit.named(district.name)} · {visit.named(stage.name)}"
        for district in visit.site.view.districts()
        for stage in district.stages
    }


PAGES = [
    (AT, sessions),
    (AT + "/{session}", audience),
    (AT + "/{session}/record", record),
    (AT + "/{session}/{verb}", act),
]
