"""The plain page that the city shows to a browser: its districts, and how to come in; no script."""

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from protocol.handshake import SUBPROTOCOL, CityCard
from server.texts import LANGUAGES, Language, texts


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("landing.html")


def landing_page(
    language: Language,
    city: CityCard,
    *,
    is_ready: bool,
    visitors_admitted: bool,
    base_url: str,
    version: str,
    addresses: Sequence[str] = (),
) -> str:
    """The page in one language; `base_url` is where the browser found it, `addresses` are those of built pages."""
    return _template().render(
        t=texts(language)["landing"],
        language=language,
        languages=[(code, texts(code)["landing"]["language"]) for code in LANGUAGES],
        city=city,
        population=sum(district.population for district in city.districts),
        is_ready=is_ready,
        visitors_admitted=visitors_admitted,
        base_url=base_url.rstrip("/"),
        socket_url=base_url.replace("http", "ws", 1) + "ws",
        subprotocol=SUBPROTOCOL,
        version=version,
        addresses=addresses,
    )
