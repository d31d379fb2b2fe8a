"""Sessions resumed while the city decides: the welcome waits for what is being kept, and lines break meanwhile."""

from protocol.avatars import Who
from protocol.districts import Enter
from protocol.handshake import Done, Goodbye
from protocol.refusals import Farewell
from tests.support.link import Commuter, Square


def test_what_is_told_between_a_resume_and_its_welcome_follows_the_welcome() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    me.cut()
    here.tell(other, "before")
    waiting = here.hold_back()
    me.come_back()
    here.tell(other, "meanwhile")
    here.tick(2)
    me.settle()
    assert len(me.welcomes) == 1
    waiting.pop()()
    here.tell(other, "after")
    here.tick()
    me.settle()
    assert me.welcomes[-1].resumed
    assert me.lines() == ["before", "meanwhile", "after"]


def test_a_line_that_breaks_before_its_welcome_is_kept_waiting_for_the_next() -> None:
    here = Square()
    other, me = here.neighbour(), here.commuter()
    waiting = here.hold_back()
    for line in "one", "two":
        me.cut()
        me.come_back()
        me.link.notice()
        here.tell(other, line)
    for act in waiting:
        act()
    assert here.router.crowds["square"].population == 2
    waiting.clear()
    me.come_back()
    assert len(waiting) == 1
    waiting[0]()
    me.settle()
    assert me.welcomes[-1].resumed
    assert me.lines() == ["one", "two"]


def test_who_is_let_in_after_the_line_broke_is_there_and_away() -> None:
    here = Square()
    other, me = here.neighbour(), Commuter(here)
    me.settle()
    waiting = here.hold_back()
    asked = me.give(Enter, district="square")
    me.cut(up=1)
    me.link.notice()
    waiting.pop()()
    here.tick(3)
    slot = here.router.present[me.welcomes[0].citizen.id].slot
    (card,) = other.ask(Who, slots=[slot])["result"]["avatars"]
    assert card["away"] is True
    me.connect()
    me.carry()
    waiting.pop()()
    me.settle()
    assert me.welcomes[-1].place is not None
    (answer,) = me.answers[asked]
    assert isinstance(answer, Done)


def test_who_said_goodbye_before_being_let_in_is_not_there() -> None:
    here = Square()
    me = Commuter(here)
    me.settle()
    waiting = here.hold_back()
    me.give(Enter, district="square")
    me.say(me.session.send(Goodbye(code=Farewell.BYE, message="")))
    me.settle()
    waiting.pop()()
    assert here.router.crowds["square"].population == 0
