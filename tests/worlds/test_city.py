"""The gate: one order for all services, all or nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protocol.message import Command
from protocol.refusals import Refusal, Refused
from tests.support.guestbook import Guestbook, LineWritten, Shout, Write
from worlds import plan
from worlds.citizen import Citizen
from worlds.city import City
from worlds.founding import founder
from worlds.service import ERASED, Event, Personal, Service, Texts

KIM = Citizen(id="kim", name="Kim", roles=("citizen",), level=2)
WORLDS = Path(plan.__file__).parent


class Echo(Service[Event]):
    """Writes a line of its own for every loud one; refuses what is too loud."""

    name = "echo"
    events = ()
    commands = ()

    def follow(self, event: Event, now: int) -> Iterator[tuple[Command, Citizen]]:
        if isinstance(event, LineWritten) and event.is_loud:
            yield Write(id=0, text="" if "!!" in event.text.text else "echo"), KIM


def kept(event: Event) -> Event:
    return event


def test_a_command_is_decided_applied_and_answered() -> None:
    city = City([Guestbook(Texts())])
    entries, answer = city.handle(Write(id=1, text="hello"), KIM, 5, bytes(16), kept)
    assert [(entry.service, entry.actor) for entry in entries] == [("guestbook", "kim")]
    assert answer is not None
    assert answer.model_dump() == {"number": 1}
    assert city.answers(Write(id=1, text=""))


def test_what_follows_is_decided_with_it_and_a_refusal_there_undoes_all() -> None:
    texts = Texts()
    city = City([Guestbook(texts), Echo(texts)])
    entries, _ = city.handle(Shout(id=1, text="hello"), KIM, 5, bytes(16), kept)
    assert len(entries) == 2
    before = city.services["guestbook"].snapshot()
    with pytest.raises(Refused):
        city.handle(Shout(id=2, text="hello!!"), KIM, 5, bytes(16), kept)
    assert city.services["guestbook"].snapshot() == before


def test_what_no_service_answers_is_unknown() -> None:
    class Sing(Command):
        type: str = "choir.sing"

    with pytest.raises(Refused) as refused:
        City([]).handle(Sing(id=1), KIM, 0, bytes(16), kept)
    assert refused.value.code is Refusal.UNKNOWN_TYPE
    assert City([]).next_due() is None


def test_a_text_that_was_erased_is_shown_as_erased() -> None:
    texts = Texts()
    personal = Personal(owner="kim", ref="r", hash="h")
    texts.put("r", "my words")
    assert texts[personal] == "my words"
    texts.drop(["r"])
    assert texts[personal] == ERASED


def test_a_service_that_lacks_a_part_says_so() -> None:
    service: Service[Any] = Echo(Texts())
    with pytest.raises(LookupError):
        list(service.decide(Write(id=1, text="x"), KIM, 0, bytes(16)))
    with pytest.raises(LookupError):
        service.snapshot()


def test_seoul_is_founded_with_its_services_and_hamlet_without() -> None:
    seoul = founder(WORLDS / "seoul", plan.load(WORLDS / "seoul"))(Texts())
    assert set(seoul.services) == {"announcements", "live_qa", "moderation", "offices", "petitions"}
    assert not founder(WORLDS / "hamlet", plan.load(WORLDS / "hamlet"))(Texts()).services


def test_content_of_a_service_that_does_not_exist_or_is_wrong_is_told(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "choir.toml").write_text("")
    with pytest.raises(plan.PlanError, match=r"services/choir\.toml: there is no service of that name"):
        founder(tmp_path, plan.load(WORLDS / "hamlet"))
    (tmp_path / "services" / "choir.toml").unlink()
    (tmp_path / "services" / "petitions.toml").write_text("departments = 5")
    with pytest.raises(plan.PlanError, match=r"services/petitions\.toml"):
        founder(tmp_path, plan.load(WORLDS / "hamlet"))
