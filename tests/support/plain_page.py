"""What people do on the plain page, for its tests: they sign in by a code, write, look and take steps."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from server.texts import Language, texts
from tests.support.moderated_town import Citizen
from tests.support.reader import Page, Reader
from tests.support.web_city import WebCity

MARKUP = "<script>alert('x')</script><b>굵게</b> & \"따옴표\""
Visit = Callable[..., Awaitable[Reader]]


async def code(city: WebCity, who: str) -> str:
    answer = await city.browser.post("/api/codes", headers={"Authorization": f"Bearer {city.tokens[who]}"})
    assert answer.status_code == 201
    told: str = answer.json()["code"]
    return told


async def came(city: WebCity, who: str) -> str:
    """Someone was in the hall; their citizen's number."""
    async with city.city.guest() as guest:
        citizen = Citizen(guest, await guest.greet(token=city.tokens[who]))
        await citizen.enter()
        return citizen.id


async def sanctioned(city: WebCity, who: str, kind: str, **fields: str) -> str:
    """The host gives someone a sanction; its number."""
    given = {"reason": "insult", "words": "욕설을 하셨습니다.", "scope": "hall"} | fields
    done = await city.done(
        "moderation.sanction", "host", citizens=[await came(city, who)], kind=kind, **given
    )
    number: str = done["sanctions"][0]
    return number


def words(language: Language) -> dict[str, Any]:
    return texts(language, "plain")


async def file(reader: Reader, kind: str = "other", **written: str) -> Page:
    """A petition is written and filed; the receipt."""
    page = await reader.open(f"/plain/petitions/new?kind={kind}")
    told = {
        "title": "보도블록",
        "text": "깨졌습니다.",
        "name": "김미나",
        "address": "종로구 1",
        "contact": "010",
    }
    return await reader.send(page.form("/new"), told | written, do="file")


def petition_in(page: Page) -> str:
    """The address of the petition that a page is about."""
    found = re.match(r"/plain/petitions/[0-9a-z]{10,}", page.path)
    assert found, page.path
    return found[0]


async def do(reader: Reader, at: str, verb: str, then: str = "", **written: str) -> Page:
    """A step is chosen on the petition's page, its form filled and sent."""
    page = await reader.open(at)
    assert f"{at}/{verb}" in page.targets, page.text
    page = await reader.open(f"{at}/{verb}")
    done = await reader.send(page.form(verb), written)
    assert done.status == 200, done.text
    assert done.path == (then or at), done.text
    return done


async def look(reader: Reader, at: str) -> Page:
    """Staff say why they look at a case."""
    page = await reader.open(at)
    return await reader.send(page.form(at), {"reason": "처리"})


async def announced(city: WebCity) -> str:
    """A question time that takes questions."""
    now = city.city.node.router.clock.unix_ms()
    hour = 3_600_000
    scheduled = await city.done(
        "live_qa.schedule",
        "host",
        title={"ko": "시장과의 시간", "en": "Mayor's hour"},
        district="hall",
        stage="lectern",
        starts_at=now + hour,
        ends_at=now + 2 * hour,
        options={"hide_counts": "never", "hands_open": True},
    )
    session: str = scheduled["session"]
    await city.done("live_qa.advance", "host", session=session, phase="live", mode="answering")
    return session


async def publish(city: WebCity, session: str, number: int) -> None:
    """A moderator publishes a question."""
    desk = (await city.get("/api/v1/live_qa/desk", "host", session=session)).json()["questions"]
    version = next(one["version"] for one in desk if one["question"] == number)
    claimed = await city.done("live_qa.claim", "host", session=session, question=number, version=version)
    version = claimed["row"]["version"]
    await city.done("live_qa.approve", "host", session=session, question=number, version=version)


async def ended(city: WebCity, session: str) -> None:
    """It is brought to its end."""
    for phase in ("closing", "follow_up"):
        await city.done("live_qa.advance", "host", session=session, phase=phase)
