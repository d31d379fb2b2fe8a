"""Sessions and one-time codes of the plain page: bounded, ending by themselves, and guessed by nobody."""

import pytest

from protocol.refusals import Refusal, Refused
from server.codes import LENGTH, LETTERS, Codes
from server.config import Plain
from server.metrics import Metrics
from server.web.plain.sessions import MAX_REASONS, Session, Sessions
from worlds.citizen import Citizen

MINA = Citizen("c-mina", "미나", ("citizen",), level=2)
JUNHO = Citizen("c-junho", "준호", ("citizen",), level=2)


def reached(metrics: Metrics, limit: str) -> float:
    return metrics.registry.get_sample_value("madang_limit_reached_total", {"limit": limit}) or 0.0


def test_a_session_ends_when_nothing_is_asked_for_an_hour() -> None:
    sessions = Sessions(Plain(), Metrics())
    cookie = sessions.open(MINA, 0)
    assert sessions.find(cookie, 3_599) is not None
    assert sessions.find(cookie, 7_198) is not None
    assert sessions.find(cookie, 10_799) is None
    assert len(sessions) == 0


def test_a_session_ends_after_half_a_day_however_busy() -> None:
    sessions = Sessions(Plain(), Metrics())
    cookie = sessions.open(MINA, 0)
    for minute in range(0, 12 * 60 + 1, 30):
        assert sessions.find(cookie, minute * 60) is not None
    assert sessions.find(cookie, 12 * 3600 + 1) is None


def test_zero_is_off() -> None:
    limits = Plain(
        session_idle_minutes=0,
        session_hours=0,
        sessions=0,
        sessions_per_citizen=0,
        code_attempts=0,
        code_guesses=0,
    )
    sessions = Sessions(limits, Metrics())
    cookies = [sessions.open(MINA, 0) for _ in range(100)]
    assert all(sessions.find(cookie, 1e9) is not None for cookie in cookies)
    codes = Codes(limits, Metrics())
    assert all(codes.redeem("WRONG", "10.0.0.1", 0) is None for _ in range(100))


def test_too_many_sessions_end_the_one_that_is_longest_unused() -> None:
    metrics = Metrics()
    sessions = Sessions(Plain(sessions=3, sessions_per_citizen=2), metrics)
    first, second = sessions.open(MINA, 0), sessions.open(MINA, 1)
    sessions.find(first, 2)
    third = sessions.open(MINA, 3)
    assert sessions.find(second, 4) is None
    assert sessions.find(first, 4) is not None
    assert reached(metrics, "plain.sessions_per_citizen") == 1
    others = [sessions.open(Citizen(f"c{i}", "x", level=2), 5) for i in range(2)]
    assert sessions.find(third, 6) is None
    assert all(sessions.find(cookie, 6) is not None for cookie in others)
    assert reached(metrics, "plain.sessions") == 1


def test_a_cookie_that_was_never_given_finds_nothing_and_one_that_left_no_more() -> None:
    sessions = Sessions(Plain(), Metrics())
    cookie = sessions.open(MINA, 0)
    for other in (None, "", "x", cookie[:-1], cookie + "x"):
        assert sessions.find(other, 0) is None
    sessions.close(None)
    sessions.close(cookie)
    assert sessions.find(cookie, 0) is None


def test_a_form_is_of_one_browser_and_one_address() -> None:
    sessions, other = Sessions(Plain(), Metrics()), Sessions(Plain(), Metrics())
    token = sessions.form_token("cookie", "/plain/a")
    assert sessions.is_ours("cookie", "/plain/a", token)
    assert not sessions.is_ours("cookie", "/plain/b", token)
    assert not sessions.is_ours("other", "/plain/a", token)
    assert not sessions.is_ours(None, "/plain/a", token)
    assert not sessions.is_ours("cookie", "/plain/a", "토큰")
    assert not other.is_ours("cookie", "/plain/a", token)


def test_reasons_are_remembered_up_to_a_bound() -> None:
    session = Session(MINA, 0, 0)
    for number in range(MAX_REASONS + 10):
        session.note_reason(f"p{number}", "검토")
    assert len(session.reasons) == MAX_REASONS
    assert "p0" not in session.reasons


def test_a_code_is_good_once_and_for_five_minutes() -> None:
    codes = Codes(Plain(), Metrics())
    code = codes.issue(MINA, 0)
    assert len(code.replace("-", "")) == LENGTH
    assert set(code) <= set(LETTERS + "-")
    assert codes.redeem(code, "10.0.0.1", 299) == MINA
    assert codes.redeem(code, "10.0.0.1", 299) is None
    late = codes.issue(MINA, 300)
    assert codes.redeem(late, "10.0.0.1", 601) is None
    assert codes.valid_ms == 300_000


def test_a_code_is_read_as_people_write() -> None:
    codes = Codes(Plain(code_attempts=0), Metrics())
    for _ in range(50):
        code = codes.issue(MINA, 0)
        typed = f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
        assert codes.redeem(typed, "10.0.0.1", 0) == MINA


def test_codes_are_tried_so_often_from_one_address_and_no_more() -> None:
    metrics = Metrics()
    codes = Codes(Plain(), metrics)
    good = codes.issue(MINA, 0)
    for _ in range(10):
        assert codes.redeem("AAAA-AAAA", "10.0.0.1", 0) is None
    with pytest.raises(Refused) as refused:
        codes.redeem(good, "10.0.0.1", 0)
    assert refused.value.code == Refusal.TOO_FAST
    assert refused.value.retry_after_ms is not None
    assert reached(metrics, "plain.code_attempts") == 1
    assert codes.redeem(good, "10.0.0.2", 0) == MINA
    again = codes.issue(JUNHO, 60)
    assert codes.redeem(again, "10.0.0.1", 61) == JUNHO


def test_codes_are_bounded_and_for_who_has_a_token() -> None:
    metrics = Metrics()
    codes = Codes(Plain(codes=2), metrics)
    first, second, third = (codes.issue(MINA, 0) for _ in range(3))
    assert codes.redeem(first, "a", 0) is None
    assert codes.redeem(second, "a", 0) == MINA
    assert codes.redeem(third, "a", 0) == MINA
    assert reached(metrics, "plain.codes") == 1
    with pytest.raises(Refused):
        codes.issue(Citizen("v1", "손님"), 0)


def test_codes_are_short_again_ten_minutes_after_the_last_guess_too_many_and_zero_is_off() -> None:
    codes = Codes(Plain(code_attempts=0, code_guesses=2), Metrics())
    for number in range(3):
        assert codes.redeem("AAAA-AAAA", f"10.0.0.{number}", 0) is None
    assert codes.redeem(codes.issue(MINA, 599), "10.0.0.9", 599) == MINA
    assert len(codes.issue(MINA, 599)) == 14
    assert len(codes.issue(MINA, 601)) == 9
    free = Codes(Plain(code_attempts=0, code_guesses=0), Metrics())
    assert all(free.redeem("AAAA-AAAA", f"10.0.0.{number}", 0) is None for number in range(200))
    assert len(free.issue(MINA, 0)) == 9
