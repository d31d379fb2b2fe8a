"""A browser without scripts: it reads strictly, follows links, fills in forms as a person does, and keeps cookies."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib  # type: ignore[import-untyped]
import httpx

from tests.support.node import WITHOUT_TLS


def read(html: str) -> Element:
    """A page as a tree; raises html5lib's ParseError where it is no valid HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def text_of(element: Element) -> str:
    """What is read, with single spaces."""
    return " ".join("".join(element.itertext()).split())


class Form:
    """A form of a page, with what its fields hold."""

    def __init__(self, element: Element) -> None:
        self.action = element.get("action", "")
        self.method = element.get("method", "get")
        self.element = element
        self.values: dict[str, str] = {}
        self.names = {one.get("name", "") for one in element.iter() if one.get("name")}
        for one in element.iter("input"):
            if one.get("type") not in ("checkbox", "radio") or one.get("checked") is not None:
                self.values[one.get("name", "")] = one.get("value", "")
        for one in element.iter("textarea"):
            self.values[one.get("name", "")] = one.text or ""
        for one in element.iter("select"):
            chosen = [option for option in one.iter("option") if option.get("selected") is not None]
            self.values[one.get("name", "")] = (chosen or list(one.iter("option")))[0].get("value", "")

    def fill(self, values: Mapping[str, str]) -> None:
        """Write; a field that is not there, or an option that is not offered, is an error of the test."""
        for name, value in values.items():
            assert name in self.names, f"{name} is none of {sorted(self.names)}"
            for select in self.element.iter("select"):
                if select.get("name") == name:
                    offered = [option.get("value") for option in select.iter("option")]
                    assert value in offered, f"{value} is none of {offered}"
            self.values[name] = value


class Page:
    """A page that came, read strictly."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.path = answer.request.url.raw_path.decode()
        assert answer.headers["content-type"].startswith("text/html"), answer.text
        self.tree = read(answer.text)
        self.language = self.tree.get("lang", "")

    @property
    def text(self) -> str:
        """All that is read."""
        body = self.tree.find("body")
        assert body is not None
        return text_of(body)

    @property
    def heading(self) -> str:
        """Its first heading."""
        found = self.tree.find(".//h1")
        assert found is not None
        return text_of(found)

    @property
    def links(self) -> dict[str, str]:
        """Where its links lead, by what they say."""
        return {text_of(one): one.get("href", "") for one in self.tree.iter("a")}

    @property
    def targets(self) -> list[str]:
        """Where all its links and forms lead within the plain page."""
        found = [one.get("href", "") for one in self.tree.iter("a")]
        whole = [urljoin(f"http://here{self.path}", one) for one in found]
        return [
            urlsplit(one)._replace(scheme="", netloc="", fragment="").geturl()
            for one in whole
            if urlsplit(one).netloc == "here" and urlsplit(one).path.startswith("/plain")
        ]

    @property
    def forms(self) -> list[Form]:
        """Its forms."""
        return [Form(one) for one in self.tree.iter("form")]

    def form(self, ending: str = "") -> Form:
        """The form that is sent to an address with this end."""
        found = [one for one in self.forms if one.action.endswith(ending)]
        assert found, f"no form to {ending} on {self.path}: {self.text}"
        return found[0]

    def by_id(self, id: str) -> Element | None:
        """The element with this id."""
        return next((one for one in self.tree.iter() if one.get("id") == id), None)

    def error_at(self, field: str) -> str:
        """What is said to be wrong with a field, as a screen reader finds it."""
        element = self.by_id(f"f-{field}")
        assert element is not None
        assert element.get("aria-invalid") == "true"
        described = element.get("aria-describedby", "").split()
        told = [self.by_id(id) for id in described]
        assert None not in told
        errors = [one for one in told if one is not None and (one.get("id") or "").endswith("-error")]
        assert errors
        return text_of(errors[0]).removeprefix("▲ ")


class Reader:
    """Someone with such a browser."""

    def __init__(self, address: str, language: str = "ko") -> None:
        self.browser = httpx.AsyncClient(
            base_url=f"http://{address}",
            headers={"Accept-Language": language},
            follow_redirects=True,
            trust_env=False,
            timeout=300,
            verify=WITHOUT_TLS,
        )
        self.origin = f"http://{address}"

    async def close(self) -> None:
        """Close the browser."""
        await self.browser.aclose()

    async def open(self, path: str) -> Page:
        """Go to an address."""
        return Page(await self.browser.get(path))

    async def follow(self, page: Page, label: str) -> Page:
        """Follow a link by what it says."""
        assert label in page.links, f"{label} is none of {list(page.links)}"
        return await self.open(urljoin(page.path, page.links[label]))

    async def send(
        self, form: Form, values: Mapping[str, str] | None = None, do: str = "", **how: Any
    ) -> Page:
        """Fill in a form and send it, by the button `do` where there are several."""
        form.fill(values or {})
        written = form.values | ({"do": do} if do else {})
        headers = {"Origin": self.origin} | how.pop("headers", {})
        if "files" in how:
            assert form.element.get("enctype") == "multipart/form-data"
        return Page(await self.browser.post(form.action, data=written, headers=headers, **how))

    async def sign_in(self, code: str) -> Page:
        """Type a one-time code."""
        return await self.send((await self.open("/plain/enter")).form("/enter"), {"code": code})
