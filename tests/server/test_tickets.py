"""Join tickets: good once and not for long, kept under their hashes, and not without bound."""

import pytest

from protocol.handshake import Hello
from protocol.refusals import Farewell
from server.auth import Registry
from server.config import Settings
from server.metrics import Metrics
from server.tickets import OF_ONE_CITIZEN, JoinTickets
from server.tokens import BadToken
from tests.support.clock import MovedClock
from worlds.citizen import Citizen

KIM = Citizen("c1", "Kim", ("citizen",), level=2)
LEE = Citizen("c2", "Lee", ("citizen",), level=2)


def test_a_ticket_is_good_once() -> None:
    tickets = JoinTickets(60, 10, Metrics())
    ticket = tickets.issue(KIM, 0.0)
    assert tickets.redeem(ticket, 1.0) is KIM
    with pytest.raises(BadToken) as bad:
        tickets.redeem(ticket, 1.0)
    assert (bad.value.code, bad.value.reason, bad.value.account) == (Farewell.BAD_TOKEN, "ticket", None)
    assert ticket not in bad.value.message


def test_a_ticket_is_good_for_its_time_and_then_costs_no_memory() -> None:
    tickets = JoinTickets(60, 10, Metrics())
    early, late = tickets.issue(KIM, 0.0), tickets.issue(KIM, 30.0)
    assert tickets.redeem(early, 60.0) is KIM
    with pytest.raises(BadToken):
        tickets.redeem(late, 90.1)
    assert len(tickets) == 0
    assert tickets.valid_ms == 60_000


def test_beyond_the_bound_the_oldest_ends_and_it_is_counted() -> None:
    metrics = Metrics()
    tickets = JoinTickets(60, 3, metrics)
    issued = [tickets.issue(KIM, 0.0) for _ in range(4)]
    assert len(tickets) == 3
    assert metrics.registry.get_sample_value("madang_limit_reached_total", {"limit": "join_tickets"}) == 1
    with pytest.raises(BadToken):
        tickets.redeem(issued[0], 0.0)
    assert tickets.redeem(issued[3], 0.0) is KIM
    unbounded = JoinTickets(60, 0, metrics)
    for _ in range(1_000):
        unbounded.issue(KIM, 0.0)
    assert len(unbounded) == 1_000


def test_nobodys_flood_of_tickets_uses_up_those_of_others() -> None:
    metrics = Metrics()
    tickets = JoinTickets(60, 32, metrics)
    other = tickets.issue(LEE, 0.0)
    own = [tickets.issue(KIM, 0.0) for _ in range(100)]
    assert len(tickets) == 1 + OF_ONE_CITIZEN
    assert tickets.redeem(other, 1.0) is LEE
    assert all(tickets.redeem(ticket, 1.0) is KIM for ticket in own[-OF_ONE_CITIZEN:])
    with pytest.raises(BadToken):
        tickets.redeem(own[0], 1.0)
    assert len(tickets) == 0


def test_no_ticket_is_kept_as_it_is_and_no_two_are_alike() -> None:
    tickets = JoinTickets(60, 0, Metrics())
    issued = {tickets.issue(KIM, 0.0) for _ in range(100)}
    assert len(issued) == 100
    kept = repr(vars(tickets))
    assert not any(ticket in kept for ticket in issued)


@pytest.mark.parametrize("text", ["", "x", "\ud800", "\x00", "é" * 64])
def test_what_is_no_ticket_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        JoinTickets(60, 10, Metrics()).redeem(text, 0.0)


def test_a_ticket_goes_before_a_token_and_ends_by_the_citys_clock() -> None:
    clock, settings = MovedClock(), Settings()
    registry = Registry("s" * 64, settings, Metrics(), clock)
    ticket = registry.tickets.issue(KIM, clock.monotonic())
    assert registry.identify(Hello(protocol=1, ticket=ticket, token="forged"), "") is KIM
    ticket = registry.tickets.issue(KIM, clock.monotonic())
    clock.move(settings.auth.ticket_seconds + 0.1)
    with pytest.raises(BadToken):
        registry.identify(Hello(protocol=1, ticket=ticket), "")
