"""The ticker: each crowd at its rate and its own moment, silence looked after, overload noticed, faults told."""

import asyncio
from collections.abc import Iterator

import pytest

from protocol.handshake import Draining
from protocol.refusals import Farewell
from server.crowd import Crowd
from server.overload import Step
from server.ticker import Ticker
from tests.support.city import MemoryLine, Town, district
from tests.support.patience import until


def ticking(town: Town) -> Ticker:
    return Ticker(town.router, town.settings, town.metrics)


async def test_each_crowd_ticks_at_its_rate_and_at_its_own_moment() -> None:
    town = Town(district("one"), district("other"))
    ticker = ticking(town)
    ticker.start()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    moments: dict[str, list[float]] = {"one": [], "other": []}
    crowds = town.router.crowds
    for name, crowd in crowds.items():
        crowd.__class__ = NotedCrowd
        crowd.__dict__["moments"] = moments[name]
    await asyncio.sleep(5.0)
    await ticker.stop()
    for name in crowds:
        assert len(moments[name]) == pytest.approx((loop.time() - begun) * 10, abs=3)
    gaps = {
        round((other - one) % 0.1, 2) for one, other in zip(moments["one"], moments["other"], strict=False)
    }
    assert gaps == {0.05}
    after = [len(noted) for noted in moments.values()]
    await asyncio.sleep(1.0)
    assert [len(noted) for noted in moments.values()] == after


class NotedCrowd(Crowd):
    """A crowd that notes when it ticks."""

    moments: list[float]

    def ticking(self, now: float) -> Iterator[None]:
        self.moments.append(now)
        return super().ticking(now)


async def test_what_was_queued_is_sent_with_the_tick() -> None:
    town = Town(district("here"))
    person = town.visitor()
    person.enter("here")
    ticker = ticking(town)
    ticker.start()
    person.connection.tell_count(Draining(after_ms=5))
    await until(lambda: not town.router.crowds["here"].to_flush)
    await ticker.stop()
    person.listen()
    assert Draining(after_ms=5) in person.heard


async def test_a_tick_that_comes_late_is_counted_and_not_made_up_for() -> None:
    town = Town(district("here"))
    ticker = ticking(town)
    ticker.start()
    await asyncio.sleep(0.35)
    selector = asyncio.get_running_loop()._selector_clock  # type: ignore[attr-defined]
    selector.now += 3.0
    crowd = town.router.crowds["here"]
    before = crowd.district.tick
    await asyncio.sleep(0.25)
    assert crowd.district.tick - before in (2, 3, 4)
    assert town.count("madang_tick_late_total") == 1
    assert town.count("madang_loop_lag_seconds_count") > 0
    await ticker.stop()


async def test_the_silent_are_looked_after_once_a_second() -> None:
    town = Town(district("here"))
    line = MemoryLine()
    town.router.connect(line, asyncio.get_running_loop().time())
    ticker = ticking(town)
    ticker.start()
    await until(lambda: line.closed)
    assert line.closed == (4400, Farewell.HANDSHAKE_TIMEOUT)
    assert 5 <= asyncio.get_running_loop().time() <= 7
    await ticker.stop()


async def test_a_node_that_has_too_much_to_do_goes_up_the_ladder_and_down_again() -> None:
    always_too_much = {"busy_high": 2e-9, "busy_low": 1e-9, "step_up_seconds": 0, "step_down_seconds": 0}
    town = Town(district("here"), crowd=always_too_much)
    town.visitor().enter("here")
    ticker = ticking(town)
    ticker.start()
    assert ticker.step is Step.EASY
    await until(lambda: ticker.step is Step.TICK_HALVED)
    assert town.count("madang_overload_step") == 4
    assert town.router.crowds["here"].district.tick_hz == 5
    assert town.visitor().line.closed == (4453, "full")
    await ticker.stop()

    never_too_much = {"busy_high": 1.0, "busy_low": 0.999, "step_down_seconds": 0}
    town = Town(district("here"), crowd=never_too_much)
    ticker = ticking(town)
    ticker.start()
    ticker._ladder.step = Step.TICK_HALVED
    await until(lambda: ticker.step is Step.EASY)
    assert town.router.crowds["here"].district.tick_hz == 10
    assert town.visitor().line.closed is None
    await ticker.stop()


class FaultyCrowd(Crowd):
    """A crowd with a bug."""

    def ticking(self, now: float) -> Iterator[None]:
        raise ZeroDivisionError("a bug of ours")


async def test_a_fault_in_a_tick_is_told_to_who_waits_for_it() -> None:
    town = Town(district("here"))
    ticker = ticking(town)
    ticker.start()
    failing = asyncio.create_task(ticker.wait_failed())
    await asyncio.sleep(0.5)
    assert not failing.done()
    town.router.crowds["here"].__class__ = FaultyCrowd
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(failing, 1)
    await ticker.stop()
