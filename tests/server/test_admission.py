"""The door and the pace: who is let in, how often one may ask, and that it costs bounded memory."""

import pytest
from pydantic import ValidationError

from protocol.refusals import Farewell, ProtocolError, Refusal, Refused
from server.admission import Attempts, Door, Pace, Shut
from server.limits import Limits
from server.metrics import Metrics

OFF = {"connections": 0, "connections_per_address": 0, "handshakes_per_s": 0.0}
HOME = "203.0.113.7"


def door(metrics: Metrics | None = None, **limits: float | bool) -> Door:
    return Door(Limits.model_validate(OFF | limits), metrics or Metrics())


def reached(metrics: Metrics, limit: str) -> float | None:
    return metrics.registry.get_sample_value("madang_limit_reached_total", {"limit": limit})


def test_the_city_takes_so_many_and_one_more_when_one_has_left() -> None:
    metrics = Metrics()
    city = door(metrics, connections=3)
    for i in range(3):
        city.enter(f"203.0.113.{i}", 0.0)
    with pytest.raises(Shut) as shut:
        city.enter(HOME, 0.0)
    assert shut.value.code is Farewell.FULL
    assert (shut.value.after_ms or 0) > 0
    assert reached(metrics, "connections") == 1
    city.leave("203.0.113.1")
    city.enter(HOME, 0.0)
    assert city.connections == 3
    assert metrics.registry.get_sample_value("madang_connections") == 3


def test_an_address_has_so_many_connections_and_the_others_do_not_notice() -> None:
    metrics = Metrics()
    city = door(metrics, connections_per_address=2)
    city.enter(HOME, 0.0)
    city.enter(HOME, 0.0)
    with pytest.raises(Shut):
        city.enter(HOME, 0.0)
    city.enter("203.0.113.8", 0.0)
    assert reached(metrics, "connections_per_address") == 1
    city.leave(HOME)
    city.enter(HOME, 0.0)


def test_an_address_has_so_many_handshakes_a_second() -> None:
    city = door(handshakes_per_s=5)
    for _ in range(5):
        city.enter(HOME, 0.0)
    with pytest.raises(Shut):
        city.enter(HOME, 0.0)
    city.enter("203.0.113.8", 0.0)
    city.enter(HOME, 0.2)


def test_while_it_is_busy_who_came_often_waits_and_who_comes_once_does_not() -> None:
    metrics = Metrics()
    city = Door(Limits(busy_handshakes_per_s=1, busy_handshake_burst=3), metrics)
    for _ in range(9):
        city.enter(HOME, 0.0)
    city.is_busy = True
    with pytest.raises(Shut, match="came often"):
        city.enter(HOME, 0.5)
    city.enter("203.0.113.8", 0.5)
    city.enter(HOME, 1.0)
    with pytest.raises(Shut, match="came often"):
        city.enter(HOME, 1.5)
    city.is_busy = False
    city.enter(HOME, 1.5)
    assert reached(metrics, "busy_handshakes_per_s") == 2


def test_who_was_turned_away_did_not_enter() -> None:
    city = door(connections_per_address=1)
    city.enter(HOME, 0.0)
    for _ in range(10):
        with pytest.raises(Shut):
            city.enter(HOME, 0.0)
    city.leave(HOME)
    assert city.connections == 0
    city.enter(HOME, 0.0)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_exempt_unless_set(address: str) -> None:
    city = door(connections_per_address=1, handshakes_per_s=1.0)
    for _ in range(10):
        city.enter(address, 0.0)
    strict = door(connections_per_address=1, handshakes_per_s=1.0, loopback_exempt=False)
    strict.enter(address, 0.0)
    with pytest.raises(Shut):
        strict.enter(address, 0.0)


def test_the_limit_of_all_holds_for_this_machine_too() -> None:
    city = door(connections=1)
    city.enter("127.0.0.1", 0.0)
    with pytest.raises(Shut):
        city.enter("127.0.0.1", 0.0)


def test_those_turned_away_together_do_not_come_back_together() -> None:
    city = door(connections=1)
    city.enter(HOME, 0.0)
    told = []
    for _ in range(1000):
        with pytest.raises(Shut) as shut:
            city.enter(HOME, 0.0)
        told.append(shut.value.after_ms or 0)
    tenths = [sum(at // 500 == tenth for at in told) for tenth in range(min(told) // 500, max(told) // 500)]
    assert max(tenths) < 1.2 * min(tenths)


def test_arrivals_wait_while_the_crowd_is_too_much() -> None:
    metrics = Metrics()
    city = door(metrics)
    city.bound_arrivals(0)
    with pytest.raises(Shut) as shut:
        city.enter(HOME, 0.0)
    assert shut.value.code is Farewell.FULL
    assert reached(metrics, "overload") == 1
    city.bound_arrivals(2)
    for _ in range(2):
        city.enter(HOME, 0.0)
    with pytest.raises(Shut):
        city.enter(HOME, 0.0)
    city.bound_arrivals(None)
    for _ in range(3):
        city.enter(HOME, 0.0)


def test_a_node_that_goes_away_takes_nobody() -> None:
    city = door()
    city.is_draining = True
    with pytest.raises(Shut) as shut:
        city.enter("127.0.0.1", 0.0)
    assert shut.value.code is Farewell.DRAINING


def test_a_citizen_asks_so_often_and_is_told_when_again() -> None:
    metrics = Metrics()
    pace = Pace(Limits(commands_per_s=10, command_burst=2), metrics)
    pace.command("kim", HOME, 0.0)
    pace.command("kim", HOME, 0.0)
    with pytest.raises(Refused) as refused:
        pace.command("kim", HOME, 0.0)
    assert refused.value.code is Refusal.TOO_FAST
    assert refused.value.retry_after_ms == 100
    assert reached(metrics, "commands_per_s") == 1
    pace.command("lee", HOME, 0.0)
    pace.command("kim", HOME, 0.1)


def test_chat_who_and_arrivals_have_paces_of_their_own() -> None:
    pace = Pace(Limits(chat_per_s=0.5, chat_burst=2, who_per_s=2, enter_at_per_s=0.2), Metrics())
    for ask, burst, retry_after_ms in ((pace.chat, 2, 2000), (pace.who, 2, 500), (pace.enter_at, 1, 5000)):
        for _ in range(burst):
            ask("kim", HOME, 0.0)
        with pytest.raises(Refused) as refused:
            ask("kim", HOME, 0.0)
        assert refused.value.retry_after_ms == retry_after_ms


def test_a_pace_of_zero_is_off() -> None:
    pace = Pace(Limits(commands_per_s=0, chat_per_s=0, who_per_s=0, enter_at_per_s=0), Metrics())
    for ask in (pace.command, pace.chat, pace.who, pace.enter_at):
        for _ in range(100):
            ask("kim", HOME, 0.0)


def test_an_address_asks_as_often_as_so_many_citizens_whatever_their_names() -> None:
    metrics = Metrics()
    limits = Limits(commands_per_s=1, command_burst=2, citizens_per_address=3)
    pace = Pace(limits, metrics)
    for citizen in "abc":
        for _ in range(2):
            pace.command(citizen, HOME, 0.0)
    with pytest.raises(Refused) as refused:
        pace.command("d", HOME, 0.0)
    assert (refused.value.code, refused.value.retry_after_ms) == (Refusal.TOO_FAST, 334)
    assert reached(metrics, "commands_per_s of an address") == 1
    pace.command("d", "203.0.113.8", 0.0)
    pace.command("e", HOME, 0.334)
    for number in range(100):
        pace.command(f"own {number}", "127.0.0.1", 0.0)


def test_a_site_of_ipv6_is_one_address() -> None:
    pace = Pace(Limits(chat_per_s=1, chat_burst=1, citizens_per_address=2), Metrics())
    pace.chat("a", "2001:db8:1:2::1", 0.0)
    pace.chat("b", "2001:db8:1:2::2", 0.0)
    with pytest.raises(Refused):
        pace.chat("c", "2001:db8:1:2::3", 0.0)
    pace.chat("d", "2001:db8:1:3::3", 0.0)


def test_a_factor_of_zero_leaves_addresses_alone() -> None:
    pace = Pace(Limits(commands_per_s=1, command_burst=1, citizens_per_address=0), Metrics())
    for number in range(200):
        pace.command(f"c{number}", HOME, 0.0)


def test_a_kind_of_command_has_a_pace_beside_that_of_all() -> None:
    metrics = Metrics()
    limits = Limits.model_validate({"kinds": {"avatar.change": [1, 2], "avatar.emote": [0, 1]}})
    pace = Pace(limits, metrics)
    for _ in range(2):
        pace.command("kim", HOME, 0.0, "avatar.change")
    with pytest.raises(Refused) as refused:
        pace.command("kim", HOME, 0.0, "avatar.change")
    assert refused.value.retry_after_ms == 1_000
    assert reached(metrics, "kinds avatar.change") == 1
    for _ in range(10):
        pace.command("kim", HOME, 0.0, "avatar.emote")
    pace.command("lee", HOME, 0.0, "avatar.change")


def test_a_kind_that_is_no_command_is_no_setting() -> None:
    with pytest.raises(ValidationError, match=r"no such command: avatar\.sing"):
        Limits.model_validate({"kinds": {"avatar.sing": [1, 1]}})


def test_who_sends_what_cannot_be_read_is_borne_for_a_while() -> None:
    metrics = Metrics()
    pace = Pace(Limits(malformed_per_min=3), metrics)
    for _ in range(3):
        pace.malformed("kim", HOME, 0.0)
    with pytest.raises(ProtocolError) as ended:
        pace.malformed("kim", HOME, 0.0)
    assert ended.value.code is Farewell.FLOODING
    assert reached(metrics, "malformed_per_min") == 1
    pace.malformed("kim", HOME, 20.0)
    off = Pace(Limits(malformed_per_min=0), metrics)
    for _ in range(1_000):
        off.malformed("kim", HOME, 0.0)


def test_failed_logins_are_counted_by_account_and_by_address() -> None:
    metrics = Metrics()
    attempts = Attempts(Limits(logins_failed_per_account=2, logins_failed_per_address=4), metrics)
    for _ in range(2):
        attempts.failed(HOME, "kim", 0.0)
    with pytest.raises(Shut) as shut:
        attempts.failed(HOME, "kim", 0.0)
    assert (shut.value.code, shut.value.after_ms) == (Farewell.FLOODING, 30_000)
    attempts.failed(HOME, None, 0.0)
    attempts.failed(HOME, "lee", 0.0)
    with pytest.raises(Shut) as shut:
        attempts.failed(HOME, None, 0.0)
    assert shut.value.after_ms == 150_000
    attempts.failed("203.0.113.8", None, 0.0)
    attempts.failed(HOME, None, 150.0)
    assert reached(metrics, "logins_failed_per_account") == 1
    assert reached(metrics, "logins_failed_per_address") == 1


def test_requests_over_http_have_a_pace_by_address() -> None:
    metrics = Metrics()
    city = door(metrics, requests_per_s=2.0, request_burst=3)
    for _ in range(3):
        city.request(HOME, 0.0)
    with pytest.raises(Refused) as refused:
        city.request(HOME, 0.0)
    assert (refused.value.code, refused.value.retry_after_ms) == (Refusal.TOO_FAST, 500)
    assert reached(metrics, "requests_per_s") == 1
    city.request("203.0.113.8", 0.0)
    city.request(HOME, 0.5)
    for _ in range(100):
        city.request("127.0.0.1", 0.0)
