"""Behaviours of citizens in a real city with its services: what they do is kept, and the next one can go on from it."""

import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bots.behaviours import announcements, live_qa, moderation, offices, petitions
from bots.client import Client
from bots.lines import LINES
from protocol.refusals import Refusal, Refused
from protocol.services.announcements import AnnouncementList, ListAnnouncements
from protocol.services.live_qa import (
    Advance,
    ListPolls,
    ListQuestions,
    OpenPoll,
    PollList,
    QuestionList,
    QuestionTimeScheduled,
    Schedule,
)
from protocol.services.moderation import ModerationDesk, ShowDesk
from protocol.services.offices import OwnOffices, ShowOwnOffices
from protocol.services.petitions import MyPetitions, NoticePage, PetitionPage, UnreadNotices
from server.auth import Claims, issue_token, keep_secret
from server.config import DEFAULT_CITY
from tests.support.node import HAMLET, Served, served
from tests.support.patience import until


class Town:
    """The hamlet with Seoul's services, and whoever comes into it."""

    def __init__(self, at: Served, folder: Path, leaving: AsyncExitStack) -> None:
        self._at, self._folder, self._leaving = at, folder, leaving

    async def citizen(self, name: str, **claims: Any) -> Client:
        """Someone with a token, in its hall."""
        told = Claims.model_validate({"sub": name, "name": name, **claims})
        token = issue_token(keep_secret(self._folder), told, issuer="madang", now=int(time.time()), hours=1)
        return await self._come(Client(f"http://{self._at.address}", token, locale="en"))

    async def visitor(self) -> Client:
        """Someone without one."""
        return await self._come(Client(f"http://{self._at.address}", name="Guest", locale="en"))

    async def _come(self, client: Client) -> Client:
        me = await self._leaving.enter_async_context(client)
        await me.enter("hall")
        return me


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    city = folder / "city"
    shutil.copytree(HAMLET, city)
    shutil.copytree(DEFAULT_CITY / "services", city / "services")
    async with served(folder, city={"path": city}, crowd={"tick_hz": 1}) as at, AsyncExitStack() as leaving:
        yield Town(at, folder / "data", leaving)


async def open_session(host: Client) -> str:
    now = round(time.time() * 1000)
    times = {"collects_at": now, "doors_at": now, "starts_at": now + 60_000, "ends_at": now + 3_600_000}
    title = {"ko": "대화", "en": "Talk"}
    scheduled = await host.ask(Schedule, title=title, district="hall", stage="lectern", **times)
    assert isinstance(scheduled, QuestionTimeScheduled)
    await host.ask(Advance, session=scheduled.session, phase="live", mode="floor")
    return scheduled.session


async def open_questions(me: Client, session: str) -> QuestionList:
    listed = await me.ask(ListQuestions, session=session)
    assert isinstance(listed, QuestionList)
    return listed


async def open_poll(host: Client, session: str) -> None:
    await host.ask(Advance, session=session, phase="live", mode="poll")
    answers = [{"ko": text, "en": text} for text in ("yes", "no")]
    await host.ask(OpenPoll, session=session, question={"ko": "?", "en": "More?"}, answers=answers)


async def test_a_question_is_asked_published_and_voted_for_and_a_ballot_cast_once(tmp_path: Path) -> None:
    async with town(tmp_path) as city:
        host = await city.citizen("host", roles=["host@hall"])
        session = await open_session(host)
        asker, voter = await city.citizen("asker"), await city.citizen("voter")
        moderator = await city.citizen("moderator", roles=["moderator@hall"])
        await live_qa.ask_question(asker, random.Random(1))
        assert (await open_questions(voter, session)).questions == []
        await live_qa.publish(moderator, random.Random(1))
        [question] = (await open_questions(voter, session)).questions
        assert question.text in LINES.to_ask("en")
        await live_qa.vote(voter, random.Random(1))
        await live_qa.vote(asker, random.Random(1))
        [question] = (await open_questions(voter, session)).questions
        assert (question.backers, question.has_voted) == (2, True)
        await live_qa.raise_hand(voter, random.Random(1))
        await open_poll(host, session)
        for _ in range(2):
            await live_qa.cast_ballot(voter, random.Random(1))
        polls = await host.ask(ListPolls, session=session)
        assert isinstance(polls, PollList)
        assert [poll.turnout for poll in polls.polls] == [1]
        assert voter.tally.refusals == 0


async def test_without_a_question_time_the_audience_waits_and_asks_for_nothing_else(tmp_path: Path) -> None:
    async with town(tmp_path) as city:
        asker = await city.citizen("asker")
        await live_qa.ask_question(asker, random.Random(1))
        assert asker.tally.refusals == 0


async def test_a_host_makes_a_captioner_of_who_stands_near_and_takes_it_back(tmp_path: Path) -> None:
    async with town(tmp_path) as city:
        host, citizen = await city.citizen("host", roles=["host@hall"]), await city.citizen("citizen")
        await offices.appoint(host, random.Random(1))
        assert host.tally.refusals == 0, "without an event there is nothing to give"
        await open_session(host)
        await until(lambda: len(host.others()) == 1)
        await offices.appoint(host, random.Random(1))
        mine = await citizen.ask(ShowOwnOffices)
        assert isinstance(mine, OwnOffices)
        assert [(one.office, one.ended_at) for one in mine.offices] == [("captioner", None)]
        await offices.look_up(citizen, random.Random(1))
        await offices.appoint(host, random.Random(1))
        mine = await citizen.ask(ShowOwnOffices)
        assert isinstance(mine, OwnOffices)
        assert [one.why for one in mine.offices] == ["taken_back"]
        assert (host.tally.refusals, citizen.tally.refusals) == (0, 0)


async def test_a_host_announces_once_and_citizens_stop_to_read_it(tmp_path: Path) -> None:
    async with town(tmp_path) as city:
        host, citizen = await city.citizen("host", roles=["host@hall"]), await city.citizen("citizen")
        await announcements.heed(citizen, random.Random(1))
        for _ in range(2):
            await announcements.announce(host, random.Random(1))
        listed = await citizen.ask(ListAnnouncements)
        assert isinstance(listed, AnnouncementList)
        [standing] = listed.announcements
        assert (standing.scope, listed.ready) == ("hall", [])
        await announcements.heed(citizen, random.Random(1))
        await announcements.announce(citizen, random.Random(1))
        assert (host.tally.refusals, citizen.tally.refusals) == (0, 0)


async def test_a_petition_is_filed_received_routed_reviewed_answered_and_its_notices_read(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as city:
        petitioner = await city.citizen("petitioner")
        counter = await city.citizen(
            "counter", roles=["official"], grants=["civil_service"], department="civil_service"
        )
        await petitions.file(petitioner, random.Random(1))
        await petitions.process(counter, random.Random(1))
        await petitions.process(counter, random.Random(1))
        [card] = (await mine(petitioner)).items
        assert card.state == "assigned"
        officer = await city.citizen("officer", roles=["official"], department=card.department)
        await petitions.process(officer, random.Random(1))
        await petitions.process(officer, random.Random(1))
        assert [card.state for card in (await mine(petitioner)).items] == ["answered"]
        await petitions.read_notices(petitioner, random.Random(1))
        unread = await petitioner.ask(UnreadNotices)
        assert isinstance(unread, NoticePage)
        assert unread.unread == 0


async def mine(me: Client) -> PetitionPage:
    page = await me.ask(MyPetitions)
    assert isinstance(page, PetitionPage)
    return page


async def test_a_visitor_files_nothing_and_processes_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as city:
        visitor = await city.visitor()
        with pytest.raises(Refused) as refused:
            await petitions.file(visitor, random.Random(1))
        assert refused.value.code is Refusal.NOT_ALLOWED
        await petitions.process(visitor, random.Random(1))
        assert visitor.tally.refusals == 1


async def test_a_citizen_reports_and_a_moderator_works_the_queue_to_its_end(tmp_path: Path) -> None:
    async with town(tmp_path) as city:
        reporter, other = await city.citizen("reporter"), await city.citizen("other")
        moderator = await city.citizen("moderator", roles=["moderator@hall"])
        async with asyncio.timeout(60):
            while not (await reports(moderator)).reports:
                await moderation.report(reporter, random.Random(1))
        await moderation.work_the_queue(moderator, random.Random(1))
        assert (await reports(moderator)).reports == []
        newcomer = await city.citizen("newcomer", level=1)
        await newcomer.say("see example.org")
        await moderation.read_held_lines(moderator, random.Random(1))
        assert (await reports(moderator)).waiting["held"] == 0
        assert other.tally.refusals == 0


async def reports(me: Client) -> ModerationDesk:
    desk = await me.ask(ShowDesk)
    assert isinstance(desk, ModerationDesk)
    return desk
