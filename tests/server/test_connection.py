"""A connection: answers once, refusals, silence, a line that is full, and an end that is always told."""

from dataclasses import replace
from typing import Any

import msgpack
import pytest

from protocol import codec
from protocol.avatars import Emote, Who
from protocol.chat import ChatSaid, Say
from protocol.handshake import Done, Hello, Ping, Pong, RefusedAnswer
from protocol.message import Command
from protocol.poses import encode_pose
from protocol.refusals import Farewell, Refusal
from protocol.session import HELLO_SECONDS, IDLE_SECONDS, PING_SECONDS, State
from server.connection import Connection
from server.router import Router
from tests.support.city import MemoryLine, Person, Town, district


@pytest.fixture
def town() -> Town:
    return Town(district("here"), district("there"))


@pytest.fixture
def kim(town: Town) -> Person:
    person = town.visitor(name="Kim")
    person.enter("here")
    return person


def again(person: Person, command: Command) -> Any:
    """Say a command as it is, whatever id it has; the one answer."""
    before = len(person.heard)
    person.say(codec.encode(command))
    person.listen()
    [answer] = person.heard[before:]
    return answer


def test_a_command_is_answered_once_and_its_id_the_same_again(town: Town, kim: Person) -> None:
    first = again(kim, Say(id=70, text="hello", to="district"))
    assert isinstance(first, Done)
    assert again(kim, Say(id=70, text="hello", to="district")) == first
    assert again(kim, Emote(id=70, emote=5)) == first
    assert town.count("madang_commands_total", type="chat.say", result="done") == 1


def test_a_refusal_is_the_same_again_but_too_fast_may_be_tried_under_its_id(town: Town, kim: Person) -> None:
    refused = again(kim, Who(id=70, slots=[]))
    assert isinstance(refused, Done)
    assert isinstance(again(kim, Who(id=71, slots=[])), Done)
    fast = again(kim, Who(id=72, slots=[]))
    assert isinstance(fast, RefusedAnswer)
    assert (fast.code, fast.retry_after_ms) == (Refusal.TOO_FAST, 500)
    town.clock.move(0.5)
    assert isinstance(again(kim, Who(id=72, slots=[])), Done)


def test_what_cannot_be_read_under_an_id_that_was_answered_is_answered_the_same(
    town: Town, kim: Person
) -> None:
    first = again(kim, Emote(id=70, emote=5))
    kim.say(msgpack.packb({"type": "avatar.emote", "id": 70, "emote": "wave"}))
    kim.listen()
    assert kim.heard[-1] == first
    assert town.count("madang_refused_total", reason="bad_message") == 0


def test_every_refusal_is_counted_by_its_code_and_its_command(town: Town, kim: Person) -> None:
    kim.say(msgpack.packb({"type": "avatar.emote", "id": 50, "emote": "wave"}))
    kim.say(msgpack.packb({"type": "no.such", "id": 51}))
    kim.listen()
    again(kim, Say(id=52, text="x", to="citizen", citizen="nobody"))
    for code in ("bad_message", "unknown_type", "not_found"):
        assert town.count("madang_refused_total", reason=code) == 1
    assert town.count("madang_commands_total", type="unreadable", result="refused") == 2
    assert town.count("madang_commands_total", type="chat.say", result="refused") == 1


def test_a_ping_is_answered_at_once_with_the_servers_time(town: Town, kim: Person) -> None:
    kim.say(kim.session.send(Ping(t=12.5)))
    kim.listen()
    assert kim.heard[-1] == Pong(t=12.5, server_time=town.clock.unix_ms())


def test_a_goodbye_is_answered_and_nothing_is_heard_after_it(town: Town, kim: Person) -> None:
    kim.say(msgpack.packb([{"type": "goodbye", "code": "bye", "message": ""}, {"type": "ping", "t": 1}]))
    kim.listen()
    assert kim.line.closed == (1000, "bye")
    assert not [item for item in kim.heard if isinstance(item, Pong)]
    kim.say(codec.encode(Emote(id=9, emote=1)))
    assert not kim.line.sent
    assert town.router.crowds["here"].population == 0
    assert town.count("madang_connections_closed_total", reason="bye") == 1


def test_a_hello_and_a_command_in_one_message_end_the_session(town: Town) -> None:
    line = MemoryLine()
    connection = town.router.connect(line, town.clock.monotonic())
    bundle = codec.bundle([codec.encode(Hello(protocol=1)), codec.encode(Emote(id=1, emote=1))])
    connection.receive(bundle, town.clock.monotonic())
    assert line.closed == (4400, "bad_message")
    assert town.count("madang_connections") == 0


def test_a_line_that_breaks_leaves_the_avatar_where_it_is(town: Town, kim: Person) -> None:
    kim.connection.lost()
    kim.connection.lost()
    assert kim.goodbye() is None
    assert town.router.crowds["here"].population == 1
    assert town.count("madang_connections_closed_total", reason="lost") == 1
    assert town.count("madang_connections") == 0
    assert town.count("madang_sessions_detached") == 1


def test_a_line_that_is_closed_in_order_leaves_the_city_without_a_word(town: Town, kim: Person) -> None:
    kim.connection.left()
    kim.connection.left()
    kim.connection.lost()
    assert kim.goodbye() is None
    assert town.router.crowds["here"].population == 0
    assert town.count("madang_connections_closed_total", reason="bye") == 1
    assert town.count("madang_connections") == town.count("madang_sessions_detached") == 0


def test_poses_before_a_district_is_entered_are_nowhere(town: Town) -> None:
    person = town.visitor()
    person.say(encode_pose(1, 0, 1, 0))
    town.tick()
    assert person.goodbye() is None
    assert town.count("madang_poses_total", result="accepted") == 0


class FaultyRouter(Router):
    """A router with a bug."""

    def carry_out(self, connection: Connection, citizen: Any, command: Command, now: float) -> Done:
        raise ZeroDivisionError("a bug of ours")


def test_a_fault_of_ours_ends_the_one_session_and_says_so(town: Town, kim: Person) -> None:
    other = town.visitor()
    town.router.__class__ = FaultyRouter
    kim.say(codec.encode(Emote(id=90, emote=1)))
    kim.listen()
    goodbye = kim.goodbye()
    assert goodbye is not None
    assert (goodbye.code, goodbye.retry) == (Farewell.INTERNAL, "later")
    assert "bug" not in goodbye.message
    assert kim.line.closed == (1011, "internal")
    assert other.goodbye() is None


def test_who_says_no_hello_is_sent_away_in_time(town: Town) -> None:
    line = MemoryLine()
    town.router.connect(line, town.clock.monotonic())
    town.clock.move(HELLO_SECONDS - 0.1)
    town.router.check_silence(town.clock.monotonic())
    assert line.closed is None
    town.clock.move(0.1)
    town.router.check_silence(town.clock.monotonic())
    assert line.closed == (4400, "handshake_timeout")
    assert town.count("madang_handshakes_total", result="handshake_timeout") == 1


def test_whose_hello_waits_for_us_is_not_sent_away_for_it(town: Town) -> None:
    line = MemoryLine()
    town.router.connect(line, town.clock.monotonic())
    line.is_unheard = True
    town.clock.move(HELLO_SECONDS + 5)
    town.router.check_silence(town.clock.monotonic())
    assert line.closed is None
    line.is_unheard = False
    town.clock.move(1)
    town.router.check_silence(town.clock.monotonic())
    assert line.closed == (4400, "handshake_timeout")


def test_who_stays_beyond_their_token_is_sent_away_within_a_second_of_its_end(town: Town) -> None:
    kim = town.visitor(token=town.token("kim"))
    ends_at = town.clock.unix_ms() + 10_500
    citizen = kim.connection.citizen
    assert citizen is not None
    kim.connection.citizen = replace(citizen, until=ends_at)
    for second in range(1, 12):
        town.clock.move(1.0)
        kim.say(kim.session.send(Ping(t=1)))
        town.router.check_silence(town.clock.monotonic())
        assert (kim.line.closed is not None) == (second > 10)
    assert kim.line.closed == (4401, "bad_token")


def test_nothing_is_done_by_a_token_that_has_just_ended(town: Town) -> None:
    kim = town.visitor(token=town.token("kim"))
    kim.enter("here")
    citizen = kim.connection.citizen
    assert citizen is not None
    kim.connection.citizen = replace(citizen, until=town.clock.unix_ms())
    kim.say(codec.encode(Emote(id=90, emote=1)))
    kim.listen()
    assert not any(isinstance(item, Done) and item.id == 90 for item in kim.heard)
    assert kim.line.closed == (4401, "bad_token")
    assert town.count("madang_tokens_refused_total", reason="expired") == 1


def test_who_is_quiet_is_pinged_and_who_is_silent_is_sent_away(town: Town, kim: Person) -> None:
    lee = town.visitor()
    for second in range(1, int(IDLE_SECONDS) + 1):
        town.clock.move(1.0)
        if second % 15 == 0:
            lee.say(lee.session.send(Ping(t=1)))
        town.router.check_silence(town.clock.monotonic())
        assert kim.line.pings == min(second, IDLE_SECONDS - 1) // PING_SECONDS
    kim.listen()
    assert kim.line.closed == (4408, "idle")
    assert lee.line.closed is None
    assert lee.line.pings == 0


# A line that is full


def chatter(town: Town, speaker: Person, lines: int, length: int = 300) -> None:
    for _ in range(lines):
        speaker.ask(Say, text="가" * length, to="district")


@pytest.fixture
def talkative() -> Town:
    return Town(district("here"), limits={"chat_per_s": 0, "commands_per_s": 0, "who_per_s": 0})


def test_facts_wait_for_who_reads_slowly_in_order_and_complete(talkative: Town) -> None:
    slow, speaker = talkative.visitor(), talkative.visitor()
    for person in (slow, speaker):
        person.enter("here")
    slow.stall()
    chatter(talkative, speaker, 200)
    talkative.tick(5)
    assert slow.facts(ChatSaid) == []
    slow.read_on()
    assert [fact.n for fact in slow.facts(ChatSaid)] == list(range(1, 201))


def test_past_the_bound_of_facts_who_does_not_acknowledge_is_too_slow(talkative: Town) -> None:
    slow, speaker = talkative.visitor(), talkative.visitor()
    for person in (slow, speaker):
        person.enter("here")
    chatter(talkative, speaker, 1_024, length=1)
    assert slow.line.closed is None
    chatter(talkative, speaker, 1, length=1)
    talkative.tick()
    assert slow.line.closed == (4431, "too_slow")
    goodbye = slow.goodbye()
    assert goodbye is not None
    assert goodbye.retry == "now"
    assert len(slow.facts(ChatSaid)) == 1_025
    speaker.ask(Say, text="too much to keep for who is away", to="district")
    talkative.tick()
    assert speaker.ask(Say, text="still here", to="district")["result"]["heard_by"] == 0


def test_answers_that_are_not_read_are_bounded(talkative: Town) -> None:
    most = talkative.settings.limits.unread_bytes
    slow, other = talkative.visitor(), talkative.visitor()
    slow.enter("here")
    slow.stall()
    before = slow.line.bytes
    for number in range(13_000):
        slow.say(codec.encode(Say(id=1_000 + number, text="x", to="citizen", citizen="nobody")))
    assert most * 0.9 < slow.line.bytes - before < most + 500
    assert slow.line.closed == (4431, "too_slow")
    assert talkative.count("madang_limit_reached_total", limit="unread_bytes") == 1
    assert talkative.count("madang_clients_behind") == 0
    assert other.goodbye() is None


def test_what_was_read_counts_no_more(talkative: Town) -> None:
    slow = talkative.visitor()
    slow.enter("here")
    for number in range(20):
        slow.stall()
        for part in range(1_000):
            command = Say(id=number * 1_000 + part + 10, text="x", to="citizen", citizen="nobody")
            slow.say(codec.encode(command))
        slow.read_on()
    assert slow.line.closed is None


def test_a_bound_of_zero_is_none() -> None:
    town = Town(district("here"), limits={"unread_bytes": 0, "commands_per_s": 0, "chat_per_s": 0})
    slow = town.visitor()
    slow.stall()
    for number in range(13_000):
        slow.say(codec.encode(Say(id=number, text="x", to="citizen", citizen="nobody")))
    assert slow.line.closed is None


def test_who_is_gone_is_not_behind(town: Town, kim: Person) -> None:
    kim.stall()
    assert town.count("madang_clients_behind") == 1
    kim.connection.end(Farewell.KICKED)
    assert town.count("madang_clients_behind") == 0
    town.router.fall_behind(kim.connection)
    assert town.count("madang_clients_behind") == 0


def test_a_goodbye_to_come_back_later_tells_when(town: Town, kim: Person) -> None:
    kim.connection.end(Farewell.KICKED)
    kim.connection.end(Farewell.BANNED)
    kim.listen()
    goodbye = kim.goodbye()
    assert goodbye is not None
    assert (goodbye.code, goodbye.after_ms) == (Farewell.KICKED, town.settings.limits.retry_after_ms)
    assert kim.connection.session.state is State.CLOSED
    assert kim.line.closed == (4403, "kicked")


def test_the_bytes_of_messages_are_counted(town: Town, kim: Person) -> None:
    before = town.count("madang_received_bytes_total")
    data = kim.session.send(Ping(t=1))
    kim.say(data)
    kim.stand(50, 50)
    town.tick()
    assert town.count("madang_received_bytes_total") == before + len(data) + 18
