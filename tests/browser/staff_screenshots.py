"""Pictures of what staff and readers of plain pages see: `python -m tests.browser.staff_screenshots URL DATA FOLDER`.

DATA is the running city's folder with its secret: the script makes itself a host, a mayor and citizens who ask, report
and file, so take a city of its own (`madang serve --data /tmp/pictures`) and let bots walk in it first.
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, async_playwright

from bots.client import Client
from protocol.services.moderation import Appeal, Report
from server.auth import Claims, issue_token, keep_secret
from tests.support.browser import LAUNCH

DESKTOP, PHONE, HALL = (1280, 800), (390, 844), (1920, 1080)

QUESTIONS = (
    "심야 버스를 두 노선 더 늘릴 계획이 있나요?",
    "초등학교 앞 횡단보도의 신호를 더 길게 해 주실 수 있나요?",
    "한강 자전거 도로의 가로등은 언제 고치나요?",
    "어린이집 대기 순번을 앱에서 볼 수 있게 해 주세요.",
    "청년 월세 지원을 내년에도 이어 가나요?",
    "골목 주차 문제를 어떻게 풀 생각이신가요?",
    "Will the night buses also stop at the river parks?",
    "동네 도서관을 일요일에도 열 수 있을까요?",
    "폭염 쉼터를 더 가까운 곳에 만들어 주세요.",
    "전통시장 온라인 주문을 시에서 도와줄 수 있나요?",
)

HEARD = (
    ("c5", "여기 줄 선 거 안 보여요? 진짜 짜증나게."),
    ("c6", "광장 남쪽으로 들어오시면 덜 붐벼요."),
    ("c5", "그러니까 비키라고요. 말귀를 못 알아듣네."),
    ("c7", "무슨 일이에요?"),
)
"""What was said around a report: its evidence."""

REPORTS = (
    ("c1", "c5", "insult", "줄을 서 있는데 계속 화를 내며 몰아붙였어요."),
    ("c2", "c8", "spam", "같은 광고를 계속 올립니다."),
    ("c3", "c9", "blocking", "문 앞을 막고 서 있어요."),
)

HELD = (
    ("c8", "할인 쿠폰은 여기에서 받으세요 https://example.org/coupon"),
    ("c9", "Directions to the plaza: https://example.org/map"),
)

CITIZENS = ("미나", "준호", "서윤", "도윤", "하은", "지우", "시우", "예린", "민재", "소율")


@dataclass(frozen=True)
class Shot:
    """One picture of one address; `{session}` in it is the question time."""

    name: str
    path: str
    language: str = "ko"
    size: tuple[int, int] = DESKTOP
    who: str | None = "host"
    ready: str = ".desk main h1"


def console(name: str, view: str, ready: str = ".desk main h1", **how: Any) -> Shot:
    """A view of the console."""
    return Shot(name, f"/console#/{view}", ready=ready, **how)


SHOTS = (
    console("console_ko", "questions/{session}", ".run_sheet li:not([hidden])"),
    console("console_en", "questions/{session}", ".run_sheet li:not([hidden])", language="en"),
    console("console_phone", "questions/{session}", ".run_sheet li:not([hidden])", size=PHONE),
    console("console_live_ko", "live/civil", "canvas.ground"),
    console("console_live_en", "live/civil", "canvas.ground", language="en"),
    console("console_live_phone", "live/civil", "canvas.ground", size=PHONE),
    console("console_reports_ko", "reports", ".evidence"),
    console("console_reports_en_phone", "reports", ".evidence", language="en", size=PHONE),
    console("console_held_ko", "held", ".rows li"),
    console("console_appeals_en", "appeals", ".sanction", language="en", who="aide"),
    console("console_announcements_ko", "announcements/civil", ".announced li"),
    console("console_announcements_en_phone", "announcements", ".ready li", language="en", size=PHONE),
    console("console_citizens_ko", "citizens/{citizen}", "h2.person"),
    console("console_citizens_en_phone", "citizens/{citizen}", "h2.person", language="en", size=PHONE),
    console("console_audit_ko", "audit", "tbody tr"),
    console("console_audit_en_phone", "audit", "tbody tr", language="en", size=PHONE),
    console("console_petitions_ko", "petitions/roads", ".rows li", who="officer"),
    console(
        "console_petitions_en_phone", "petitions/roads", ".rows li", language="en", size=PHONE, who="officer"
    ),
    console("console_health_en", "health", ".charts canvas", language="en"),
    console("console_mayor_ko", "questions/{session}", ".answering .large", who="mayor"),
    Shot("stage_ko", "/stage#{session}", size=HALL, who=None, ready=".asked .text"),
    Shot("stage_en", "/stage#{session}", "en", HALL, None, ".asked .text"),
    Shot("presenter_ko", "/stage#{session}/presenter", size=HALL, ready=".asked .text"),
    Shot("plain_ko", "/plain", who=None, ready="main"),
    Shot("plain_en", "/plain/question-time/{session}", "en", who=None, ready="main"),
    Shot("plain_phone", "/plain/question-time/{session}", size=PHONE, who=None, ready="main"),
)


class Scene:
    """A city in which something is going on, as its own people make it by their commands."""

    def __init__(self, url: str, secret: str) -> None:
        self.url, self._secret = url, secret
        self.tokens: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self._browser = httpx.AsyncClient(base_url=url, trust_env=False, timeout=60)
        people: tuple[tuple[str, str, list[str], dict[str, Any]], ...] = (
            ("host", "한서연", ["host", "moderator", "operator"], {}),
            ("aide", "윤지호", ["moderator"], {}),
            ("mayor", "오시장", ["official"], {"grants": ["mayor"]}),
            ("room", "박접수", ["official"], {"grants": ["civil_service"], "department": "civil_service"}),
            ("officer", "김도로", ["official"], {"department": "roads"}),
            *((f"c{n}", name, ["citizen"], {}) for n, name in enumerate(CITIZENS)),
        )  # fmt: skip
        for sub, name, roles, more in people:
            claims = Claims.model_validate({"sub": f"picture-{sub}", "name": name, "roles": roles, **more})
            self.tokens[sub] = issue_token(secret, claims, issuer="madang", now=int(time.time()), hours=2)

    async def do(self, who: str, command: str, **fields: Any) -> Any:
        """A command of the city that must be done."""
        return await self._ask(who, "POST", "/api/v1/" + command.replace(".", "/"), json=fields)

    async def see(self, who: str, path: str, **query: Any) -> Any:
        """What is read."""
        return await self._ask(who, "GET", path, params=query)

    async def _ask(self, who: str, method: str, path: str, **how: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        while True:
            answer = await self._browser.request(method, path, headers=headers, **how)
            if answer.status_code != 429:
                break
            await asyncio.sleep(answer.json()["retry_after_ms"] / 1000)  # faster than people do it
        assert answer.status_code in (200, 204), (path, answer.text)
        return answer.json() if answer.content else None

    async def begin(self, stack: AsyncExitStack) -> dict[str, str]:
        """A question time that is answered, reports, a sanction, a petition, an announcement; where they are."""
        now = int(time.time() * 1000)
        began = now - 420_000
        told = await self.do(
            "host", "live_qa.schedule", title={"ko": "시장과의 대화", "en": "An hour with the mayor"},
            district="civil", stage="mayors_seat", collects_at=began, doors_at=began, starts_at=began,
            ends_at=now + 3_000_000,
        )  # fmt: skip
        session = told["session"]
        for n, text in enumerate(QUESTIONS):
            category = ("transport", "safety", "transport", "welfare", "housing")[n % 5]
            await self.do(f"c{n}", "live_qa.ask", session=session, text=text, category=category)
        for n in range(1, 8):
            row = await self.do("host", "live_qa.claim", session=session, question=n, version=1)
            await self.do(
                "host", "live_qa.approve", session=session, question=n, version=row["row"]["version"]
            )
        for n in range(1, 8):
            for voter in range(11 - n):
                if voter != n - 1:
                    await self.do(f"c{voter % 10}", "live_qa.vote", session=session, question=n)
        await self.do("host", "live_qa.advance", session=session, phase="live", mode="answering")
        await self.do("host", "live_qa.begin_cue", session=session, cue=2)
        await self.do("host", "live_qa.begin_cue", session=session, cue=3)
        for n, to in ((1, "now"), (2, "next"), (3, "next")):
            rows = (await self.see("host", "/api/v1/live_qa/desk", session=session, which="open"))[
                "questions"
            ]
            version = next(row["version"] for row in rows if row["question"] == n)
            await self.do(
                "host", "live_qa.pin", session=session, question=n, version=version, to=to, office="mayor"
            )
        for n in (4, 5, 6):
            await self.do(f"c{n}", "live_qa.raise_hand", session=session)
        await self.do("aide", "live_qa.claim", session=session, question=9, version=1)
        citizen = await self._moderate(stack)
        await self._petition()
        await self.do(
            "host", "announcements.announce", scope="civil", until=now + 1_800_000,
            text={"ko": "서울광장 서쪽 문이 붐빕니다. 남쪽 문으로 들어와 주세요.",
                  "en": "The west gate of Seoul Plaza is crowded. Please use the south gate."},
        )  # fmt: skip
        return {"session": session, "citizen": citizen}

    async def _moderate(self, stack: AsyncExitStack) -> str:
        """Some stand in the plaza and talk, one is reported for it and warned, one appeals; who was warned."""
        crowd = {
            who: await stack.enter_async_context(Client(self.url, self.tokens[who]))
            for who in ("c1", "c2", "c3", "c5", "c6", "c7", "c8", "c9")
        }
        for who in crowd:
            await crowd[who].enter("civil", near=(150, 120))
        ids = {who: one.welcome.citizen.id for who, one in crowd.items() if one.welcome is not None}
        for who, text in HEARD:
            await crowd[who].say(text, to="district")
        for who, about, reason, words in REPORTS:
            await crowd[who].ask(Report, citizen=ids[about], reason=reason, words=words)
        await self.do("host", "moderation.set_mode", scope="civil", slow_s=10, holds_links=True)
        for who, text in HELD:
            await crowd[who].say(text, to="district")
        for who, kind, words in (
            ("c5", "warn", "다른 사람을 몰아붙이는 말을 삼가 주세요."),
            ("c7", "mute", "같은 말을 되풀이하지 말아 주세요."),
        ):
            told = await self.do(
                "host", "moderation.sanction", citizens=[ids[who]], kind=kind, reason="insult",
                scope="civil", words=words,
            )  # fmt: skip
            if kind == "mute":
                text = "저는 한 번만 말했습니다. 기록을 다시 봐 주세요."
                await crowd[who].ask(Appeal, sanction=told["sanctions"][0], text=text)
        return ids["c5"]

    async def _petition(self) -> None:
        for n, title in enumerate(("깨진 보도블록", "가로등이 꺼져 있습니다", "횡단보도 선이 지워졌어요")):
            filed = await self.do(
                f"c{n}", "petitions.file", kind="other", title=title, text="세종대로 사거리입니다. 밤에 위험합니다.",
                name="김미나", address="서울 종로구 세종대로 1", contact="010-0000-0000", publish=True,
            )  # fmt: skip
            await self.do("room", "petitions.receive", petition=filed["petition"], department="roads")


async def take(browser: Browser, scene: Scene, shot: Shot, where: dict[str, str], folder: Path) -> None:
    """One picture, from a window of its own."""
    width, height = shot.size
    context = await browser.new_context(viewport={"width": width, "height": height}, locale=shot.language)
    page = await context.new_page()
    page.on("pageerror", lambda error: print(f"{shot.name}: {error}", file=sys.stderr))
    if shot.who is not None:
        kept = f"sessionStorage.setItem('madang.console.token', '{scene.tokens[shot.who]}')"
        await page.add_init_script(kept)
    await page.goto(scene.url + shot.path.format(**where))
    await page.locator(shot.ready).first.wait_for(timeout=60_000)
    if "health" in shot.name:
        await page.wait_for_timeout(20_000)  # its charts begin when it is opened
    await page.wait_for_timeout(1_500)
    await page.screenshot(
        path=folder / f"{shot.name}.jpg", type="jpeg", quality=76, full_page="phone" in shot.name
    )
    await context.close()


async def main(url: str, data: Path, target: Path, *names: str) -> None:
    """Takes them all, or those that are named."""
    scene = Scene(url.rstrip("/"), keep_secret(data))
    async with AsyncExitStack() as stack, async_playwright() as playwright:
        where = await scene.begin(stack)
        browser = await playwright.chromium.launch(**LAUNCH)
        for shot in SHOTS:
            if not names or shot.name in names:
                await take(browser, scene, shot, where, target)
                print(target / f"{shot.name}.jpg")
        await browser.close()


if __name__ == "__main__":
    folder = Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), folder, *sys.argv[4:]))
