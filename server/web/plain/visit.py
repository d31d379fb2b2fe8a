"""One request to the plain page: who reads, in which language, and how a page or a form is answered."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from protocol.message import Command
from protocol.refusals import ProtocolError, Refusal, Refused
from server.addresses import place_of
from server.codes import Codes
from server.texts import LANGUAGES, Language, texts
from server.web.callers import Gate, address_of
from server.web.plain.announced import announced
from server.web.plain.forms import Form
from server.web.plain.pages import HEADERS, HOME, LANGUAGE_COOKIE, language_of, written
from server.web.plain.reasons import reason, wrong_field
from server.web.plain.sessions import COOKIE, Session, Sessions, new_cookie
from server.web.refusals import retry_headers, status_of
from server.web.view import CityView
from worlds.citizen import Citizen
from worlds.city import City
from worlds.services.petitions.turn import is_official

FORM = "form.html"
YEAR_SECONDS = 366 * 86_400
MAX_FIELDS = 200
"""Fields of a form: more than any of ours has."""

T = TypeVar("T")
Handler = Callable[["Visit"], Awaitable[Response]]
First = Callable[[Any], Awaitable[Command]]


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages share."""

    gate: Gate
    view: CityView
    codes: Codes
    sessions: Sessions
    version: str

    def session(self, cookie: str) -> Session | None:
        """The session of a cookie, if it has not ended; it ends with the token by which its citizen came, too."""
        session = self.sessions.find(cookie, self.gate.clock.monotonic())
        if session is not None and not self.gate.registry.holds(session.citizen):
            self.sessions.close(cookie)
            return None
        return session

    async def reader(self, session: Session | None, request: Request, language: Language) -> Citizen:
        """Who is signed in, or a visitor; raises ProtocolError where the city admits none."""
        if session is not None:
            return self.gate.standing(session.citizen)
        return await self.gate.citizen(None, address_of(request), language)


@dataclass(slots=True)
class Visit:
    """A request while it is answered. `cookie` is the browser's; a new one is set with the answer."""

    site: Site
    request: Request
    language: Language
    cookie: str
    session: Session | None
    citizen: Citizen
    written: dict[str, str] = field(default_factory=dict)
    is_new_cookie: bool = False

    @property
    def texts(self) -> dict[str, Any]:
        """All that the plain page says in the reader's language."""
        return texts(self.language, "plain")

    @property
    def path(self) -> str:
        return self.request.url.path

    @property
    def is_staff(self) -> bool:
        """Whether a desk waits for them."""
        return is_official(self.citizen) or self.citizen.has("operator")

    @property
    def is_moderator(self) -> bool:
        """Whether they may moderate questions somewhere."""
        heads = any(one.partition("@")[0] == "head_moderator" for one in self.citizen.grants)
        return heads or any(one.partition("@")[0] == "moderator" for one in self.citizen.roles)

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    def named(self, words: Any) -> str:
        """The reader's own of a text in both languages."""
        told = words.get(self.language) if isinstance(words, Mapping) else getattr(words, self.language)
        return str(told)

    def in_language(self, language: Language) -> str:
        """The address of this page in a language."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name != "lang"]
        return f"{self.path}?{urlencode([*kept, ('lang', language)])}"

    # What is asked of the city

    async def ask(self, command: type[Command], **fields: Any) -> Any:
        """What a command answers; raises Refused. What an address says wrongly is not found."""
        try:
            whole = command.model_validate({"id": 0, **fields})
        except ValidationError:
            raise Refused(Refusal.NOT_FOUND) from None
        answer = await self.site.gate.ask(whole, self.citizen)
        return command.answer.model_validate(answer) if command.answer is not None else None

    async def look(self, question: Callable[[City, int], T]) -> T:
        """Something of the city as it is kept."""
        return await self.site.gate.host.read(question)

    def note(self, text: str) -> None:
        """Tell it on the next page."""
        if self.session is not None:
            self.session.notes.append(text)

    # What is answered

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A whole page."""
        notes: list[str] = []
        if self.session is not None:
            notes, self.session.notes = self.session.notes, []
        body = written(
            template,
            t=self.texts,
            language=self.language,
            languages=[(code, texts(code, "plain")["site"]["language"]) for code in LANGUAGES],
            city=self.site.view.city(),
            services=self.site.gate.host.city.services,
            citizen=None if self.session is None else self.citizen,
            visit=self,
            path=self.path,
            notes=notes,
            announced=announced(
                self.site.gate.host.city, self.site.view, self.language, self.site.gate.clock.unix_ms()
            ),
            version=self.site.version,
            **values,
        )
        answer = HTMLResponse(body, status, {**HEADERS, "Content-Language": self.language})
        return self._with_cookies(answer)

    def go(self, path: str) -> Response:
        """See another page instead, after something was done."""
        return self._with_cookies(RedirectResponse(path, 303, HEADERS))

    def form_page(self, form: Form, status: int = 200, template: str = FORM, **values: Any) -> Response:
        """A page with one form."""
        self.sign(form)
        return self.page(template, status, form=form, **values)

    def sign(self, form: Form) -> Form:
        """Make a form one of ours: its token, and whether it must ask who writes."""
        form.token = self.token(form.action)
        form.asks_code = self.session is None
        return form

    def token(self, action: str) -> str:
        """What a form to this path carries."""
        return self.site.sessions.form_token(self.cookie, action)

    def refused(self, error: Refused) -> Response:
        """A page that says why not."""
        told, status, headers = self.told(error)
        answer = self.page("refused.html", status, reason=told)
        answer.headers.update(headers)
        return answer

    def _with_cookies(self, answer: Response) -> Response:
        secure = self.request.url.scheme == "https"
        if self.is_new_cookie:
            answer.set_cookie(COOKIE, self.cookie, path=HOME, secure=secure, httponly=True, samesite="lax")
        if self.query.get("lang") in LANGUAGES:
            answer.set_cookie(
                LANGUAGE_COOKIE,
                self.language,
                max_age=YEAR_SECONDS,
                path=HOME,
                secure=secure,
                httponly=True,
                samesite="lax",
            )
        return answer

    # Who it is

    def sign_in(self, citizen: Citizen) -> None:
        """A new session; its cookie is never one that was there before."""
        self.site.sessions.close(self.cookie)
        self.cookie, self.is_new_cookie = self.site.sessions.open(citizen, self._now()), True
        self.session = self.site.sessions.find(self.cookie, self._now())
        self.citizen = citizen

    def sign_out(self) -> None:
        """The end of the session."""
        self.site.sessions.close(self.cookie)
        self.cookie, self.is_new_cookie, self.session = new_cookie(), True, None

    def redeem(self, code: str) -> bool:
        """Sign in by a one-time code; whether it was good. Raises Refused(too_fast)."""
        citizen = self.site.codes.redeem(code, place_of(address_of(self.request)), self._now())
        if citizen is None or not self.site.gate.registry.holds(citizen):
            return False
        self.sign_in(citizen)
        return True

    def _now(self) -> float:
        return self.site.gate.clock.monotonic()

    # Forms

    def is_own_form(self, action: str) -> bool:
        """Whether a form that was sent was made here for this browser."""
        return not self.is_new_cookie and self.site.sessions.is_ours(
            self.cookie, action, self.written.get("form_token", "")
        )

    def check(self, form: Form, template: str = FORM, **values: Any) -> Response | None:
        """Whether a form that was sent may be acted upon; else the answer, in which nothing written is lost."""
        form.fill(self.written)
        if (key := self.written.get("key", "")) and len(key) <= 64:
            form.key = key
        if not self.is_own_form(form.action):
            form.error = self.texts["form"]["stale"]
            return self.form_page(form, 403, template, **values)
        if self.session is not None:
            return None
        status, headers = 401, dict[str, str]()
        if not (typed := self.written.get("code", "").strip()):
            form.code_error = self.texts["form"]["code_missing"]
        else:
            try:
                if self.redeem(typed):
                    return None
                form.code_error = self.texts["form"]["code_wrong"]
            except Refused as error:
                form.code_error, status, headers = self.told(error)
        answer = self.form_page(form, status, template, **values)
        answer.headers.update(headers)
        return answer

    async def filled(self, form: Form) -> Response | None:
        """The form, empty or with what is wrong in it; None when what it asks is done, and noted."""
        if self.request.method != "POST":
            return self.form_page(form)
        answer = await self.submit(form)
        if isinstance(answer, Response):
            return answer
        self.note(form.words["done"])
        return None

    async def submit(
        self, form: Form, template: str = FORM, *, first: First | None = None, **values: Any
    ) -> Any:
        """What the form's command answers, or, as a Response, the form with what is wrong in it.

        `first` does what has to be done before, and tells the command as it is given then.
        """
        if (stopped := self.check(form, template, **values)) is not None:
            return stopped
        command = form.read(self.written, self.wrong)
        if command is None:
            return self.form_page(form, 422, template, **values)
        try:
            if first is not None:
                command = await first(command)
            return await self.site.gate.ask(command, self.citizen) or {}
        except Refused as error:
            return self.again(form, error, template, **values)

    def again(self, form: Form, error: Refused, template: str = FORM, **values: Any) -> Response:
        """The form as it was written, with what the rules say to it."""
        told, status, headers = self.told(error)
        if error.code == Refusal.CONFLICT and error.field == "key":
            form.key = new_key()
            form.error = self.texts["form"]["sent_before"]
        else:
            form.blame(error.field, told)
        answer = self.form_page(form, status, template, **values)
        answer.headers.update(headers)
        return answer

    def told(self, error: Refused) -> tuple[str, int, dict[str, str]]:
        """A refusal as people read it, with its status and when to come back."""
        return reason(self.language, error), status_of(error), retry_headers(error)

    def wrong(self, kind: str, told: Mapping[str, Any]) -> str:
        """What is wrong with a field before any rule saw it."""
        return wrong_field(self.language, kind, told)


def new_key() -> str:
    """The key of a command that was not sent yet: sent twice, it is done once."""
    return secrets.token_hex(16)


def answering(site: Site, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """What FastAPI calls: the visit, and refusals as pages."""

    async def answer(request: Request) -> Response:
        cookie = request.cookies.get(COOKIE, "")[:64]
        session = site.session(cookie)
        language = language_of(request)
        is_new = not cookie
        visit = Visit(site, request, language, cookie or new_cookie(), session, NOBODY, is_new_cookie=is_new)
        if request.method == "POST":
            visit.written = dict(
                parse_qsl((await request.body()).decode("utf-8", "replace"), True)[:MAX_FIELDS]
            )
        try:
            visit.citizen = await site.reader(session, request, language)
        except ProtocolError:
            # The city admits no visitors: nothing is open to them but the way in.
            if visit.path == f"{HOME}/enter":
                return await handler(visit)
            return visit.page("enter.html", 401, form_token=visit.token(f"{HOME}/enter"), then="", error="")
        try:
            site.gate.keep_pace(visit.citizen, address_of(request))
            return await handler(visit)
        except Refused as error:
            return visit.refused(error)

    return answer


NOBODY = Citizen(id="", name="")
