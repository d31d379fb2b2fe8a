"""The procedure as one table: from which state, by whom, what may be done, where it leads, what is told, on what basis.

What is not in the table cannot be done: a return after a review of substance, a return by a timer, a decision
while no officer is in charge (only `in_review` is decided, and who starts it is in charge).
"""

from typing import Literal, NamedTuple, get_args

from protocol.refusals import Refusal, Refused
from protocol.services.petitions import State

Who = Literal["C", "S", "O", "H", "X", "T"]
"""C petitioner, S civil service room, O officer in charge, H head of department, X examiner, T timer."""

STATES: tuple[State, ...] = get_args(State)

BEFORE_RECEIPT: frozenset[State] = frozenset({"draft", "submitted"})
REVIEWED: frozenset[State] = frozenset({"in_review", "supplement", "clock_out"})
UNROUTED: frozenset[State] = frozenset({"draft", "submitted", "received", "transferred"})
"""Where no department has it: it lies with the civil service room."""

WAITING: frozenset[State] = frozenset({"submitted", "received", "assigned", "transferred"})
UNDECIDED: frozenset[State] = WAITING | REVIEWED
OBJECTION: frozenset[State] = frozenset({"objection"})
OPEN: frozenset[State] = UNDECIDED | OBJECTION
RUNNING: frozenset[State] = frozenset({"received", "assigned", "in_review", "objection"})
"""Where the clock runs: not while the citizen or somebody else has to act."""

DECIDED: frozenset[State] = frozenset({"answered", "granted", "rejected", "upheld", "dismissed"})
CLOSED: frozenset[State] = frozenset(state for state in STATES if state not in OPEN and state != "draft")
NOTIFIED: frozenset[State] = DECIDED | {"not_processed", "closed_repeat"}
"""Where a result was notified, as repeats are counted."""


class Row(NamedTuple):
    """One line of the table. `to` None: the state stays. `told`: the event of which the citizen hears, or none."""

    sources: frozenset[State]
    verb: str
    who: frozenset[Who]
    to: State | None
    told: str | None
    basis: str


def _row(
    sources: str | frozenset[State], verb: str, who: str, to: State | None, told: str, basis: str
) -> Row:
    named = sources.split() if isinstance(sources, str) else sources
    found: frozenset[State] = frozenset(state for state in STATES if state in named)
    letters: frozenset[Who] = frozenset(letter for letter in get_args(Who) if letter in who)
    return Row(found, verb, letters, to, told or None, basis)


TABLE: tuple[Row, ...] = (
    _row("draft", "draft", "C", None, "", "ours"),
    _row("draft", "submit", "C", "submitted", "submitted", "Act 8, Decree 5"),
    _row("draft", "draft_expired", "T", None, "", "ours"),
    _row("submitted", "correct", "S", None, "correction_proposed", "Decree 6(5)"),
    _row("submitted", "consent_correction", "C", None, "corrected", "Decree 6(5)"),
    _row("submitted", "receive", "ST", "received", "received", "Act 9, Decree 6(2)-(4)(8)"),
    _row("received", "route", "S", "assigned", "routed", "Decree 13(1)(2)(4)"),
    _row("assigned", "route", "SOH", None, "routed", "Decree 13(2), wrong department"),
    _row("assigned in_review supplement clock_out objection", "assign", "H", None, "officer_assigned", "ours"),
    _row("received assigned", "transfer", "SO", "transferred", "transferred", "Act 16, Decree 13(3)(5)"),
    _row("transferred", "confirm_transfer", "S", "closed_transferred", "transfer_confirmed", "Decree 13(3)"),
    _row("transferred", "confirm_transfer", "S", "received", "transfer_sent_back", "Decree 13(3)"),
    _row("assigned", "start", "O", "in_review", "started", "Decree 13; told: ours"),
    _row("in_review", "ask_supplement", "O", "supplement", "supplement_asked", "Act 10, 22(1), Decree 24(1), Rule 9"),
    _row("supplement", "ask_longer", "C", None, "supplement_lengthened", "Decree 24(2)"),
    _row("supplement", "answer_supplement", "C", "in_review", "supplement_answered", "Decree 20"),
    _row("supplement", "supplement_expired", "T", None, "supplement_expired", "ours"),
    _row("supplement", "ask_supplement_again", "O", None, "supplement_asked_again", "Decree 24(3)"),
    _row("supplement", "return", "O", "returned", "returned", "Decree 25(1)"),
    _row("supplement", "mark_undeliverable", "S", None, "", "Decree 25(2), the first time"),
    _row("supplement", "mark_undeliverable", "S", "deemed_withdrawn", "deemed_withdrawn", "Decree 25(2)"),
    _row("in_review", "clock_out", "O", "clock_out", "clocked_out", "Decree 17(4), 20"),
    _row("clock_out", "clock_out", "O", None, "clocked_out", "Decree 17(5)"),
    _row("clock_out", "clock_in", "OT", "in_review", "clocked_in", "Decree 20"),
    _row("clock_out", "name_representatives", "CO", "in_review", "representatives_named", "Decree 8"),
    _row("in_review", "name_representatives", "O", None, "representatives_named", "Decree 8, none in time"),
    _row("in_review", "extend", "H", None, "extended", "Decree 21(1)-(3)"),
    _row("in_review", "consent_extension", "C", None, "extended", "Decree 21(1)"),
    _row("in_review", "ask_cooperation", "O", None, "", "Act 20"),
    _row("in_review", "cooperate", "O", None, "", "Act 20"),
    _row("in_review", "answer", "O", "answered", "answered", "Act 27(1)(2), Decree 29"),
    _row("in_review", "grant", "H", "granted", "granted", "Act 27(3)"),
    _row("in_review", "reject", "H", "rejected", "rejected", "Act 27(3), 35"),
    _row("in_review", "leave_unprocessed", "H", "not_processed", "left_unprocessed", "Act 21"),
    _row(UNDECIDED, "withdraw", "C", "withdrawn", "withdrawn", "Act 22(2), Decree 25(3)"),
    _row("objection", "withdraw", "C", "rejected", "objection_withdrawn", "Act 22(2)"),
    _row(UNDECIDED, "amend", "C", None, "amended", "Act 22(2)"),
    _row(RUNNING, "overdue", "T", None, "became_overdue", "Decree 18, 28(2)"),
    _row(RUNNING, "demand", "C", None, "correction_demanded", "Decree 18"),
    _row(RUNNING, "dun", "X", None, "", "Decree 28(2)"),
    _row(OPEN, "progress", "T", None, "progress_told", "Decree 23"),
    _row(OPEN, "ask_progress", "C", None, "progress_told", "Decree 23"),
    _row("received", "close_repeat", "H", "closed_repeat", "closed_as_repeat", "Act 23, Decree 26"),
    _row("granted", "collect", "SO", None, "", "Decree 25(4)"),
    _row("granted", "warn_uncollected", "T", None, "collection_warned", "Decree 25(4)"),
    _row("granted", "uncollected", "T", "closed_uncollected", "closed_uncollected", "Decree 25(4)"),
    _row("rejected", "object", "C", "objection", "objected", "Act 35(1), Decree 40(1)"),
    _row("objection", "extend_objection", "H", None, "objection_extended", "Act 35(2), Decree 40(2)"),
    _row("objection", "decide_objection", "H", "upheld", "objection_decided", "Act 35(2), Decree 40(2)(3)"),
    _row("objection", "decide_objection", "H", "dismissed", "objection_decided", "Act 35(2), Decree 40(2)(3)"),
    _row("answered granted rejected", "rate", "C", None, "rated", "Act 26"),
    _row("answered granted rejected", "ask_more", "CX", None, "more_asked", "ours"),
    _row("answered granted rejected", "add_answer", "O", None, "answer_added", "ours"),
    _row(OPEN | DECIDED, "note", "SOHX", None, "", "Act 7"),
    _row("received assigned in_review", "merge", "SO", None, "merged", "Decree 6(7)"),
    _row(OPEN, "unmerge", "SO", None, "unmerged", "Decree 6(7)"),
    _row(OPEN | CLOSED, "summarise", "OH", None, "", "Act 7"),
    _row(OPEN | CLOSED, "publish", "C", None, "", "Act 7"),
    _row(OPEN, "move_due", "T", None, "due_moved", "Decree 20(2), Act 19"),
    _row("supplement", "remind_supplement", "T", None, "supplement_reminded", "ours"),
    _row("received", "late_routing", "T", None, "", "Decree 13(1), ours"),
    _row("transferred", "late_transfer", "T", None, "", "Decree 13(3), ours"),
    _row(REVIEWED, "late_cooperation", "T", None, "", "Act 20, ours"),
)  # fmt: skip

_ROWS: dict[tuple[State, str], list[Row]] = {}
_ACTORS: dict[str, frozenset[Who]] = {}
for _one in TABLE:
    _ACTORS[_one.verb] = _ACTORS.get(_one.verb, frozenset()) | _one.who
    for _state in _one.sources:
        _ROWS.setdefault((_state, _one.verb), []).append(_one)


def rows(state: State, verb: str) -> list[Row]:
    """The lines of the table for a state and a verb; two where the outcome decides."""
    return _ROWS.get((state, verb), [])


def admit(state: State, verb: str, who: frozenset[Who], to: State | None = None) -> Row:
    """The line by which someone may do it now; `to` picks among two outcomes; raises Refused."""
    if not who & _ACTORS[verb]:
        raise Refused(Refusal.NOT_ALLOWED, "this is for others to do")
    found = rows(state, verb)
    if not found:
        raise Refused(Refusal.CLOSED, f"a petition that is {state} is not open for {verb}")
    if len(found) > 1:
        found = [row for row in found if row.to == to]
    if not who & found[0].who:
        raise Refused(Refusal.NOT_ALLOWED, "in this state it is for others to do")
    return found[0]
