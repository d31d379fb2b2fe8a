"""Every no over a real socket: each refusal, goodbye, sanction and limit is met by a test in which its counter moves.

What there is is read from the code, so that a new limit, code or sanction without such a test fails here.
"""

import ast
from pathlib import Path
from typing import get_args

import pytest

from protocol.refusals import Farewell, Refusal
from protocol.services.moderation import SanctionKind
from server.config import Plain
from server.limits import Limits

ROOT = Path(__file__).parents[2]

REFUSALS = {
    "bad_message": "test_bad_input.py::test_a_command_that_cannot_be_is_refused_and_the_session_goes_on",
    "unknown_type": "test_bad_input.py::test_a_command_that_cannot_be_is_refused_and_the_session_goes_on",
    "not_allowed": "test_moderation.py::test_a_ban_survives_a_restart_and_another_token_of_the_same_subject",
    "not_found": "test_bad_input.py::test_a_command_that_cannot_be_is_refused_and_the_session_goes_on",
    "not_here": "test_refusals.py::test_what_is_done_in_a_place_is_not_done_elsewhere",
    "conflict": "test_refusals.py::test_what_contradicts_what_is_so_is_a_conflict",
    "closed": "test_supervised.py::test_it_opens_with_the_second_worker_and_closes_with_the_first_who_goes",
    "too_fast": "test_moderation.py::test_who_writes_listed_words_again_and_again_is_slowed_by_a_rule_and_may_appeal",
    "too_long": "test_bad_input.py::test_a_command_that_cannot_be_is_refused_and_the_session_goes_on",
    "full": "test_refusals.py::test_a_district_without_a_seat_is_full",
    "muted": "test_moderation.py::test_a_muted_citizen_is_told_why_and_until_when_and_may_petition_and_appeal",
    "frozen": "test_moderation.py::test_a_frozen_avatar_is_put_back_and_goes_nowhere_else",
    "unavailable": "test_refusals.py::test_what_the_disk_does_not_take_is_unavailable_and_done_when_it_is_asked_again",
}

FAREWELLS = {
    "bye": "test_refusals.py::test_who_says_goodbye_has_left",
    "draining": "test_app.py::test_a_drain_tells_everyone_in_waves_and_cuts_nobody",
    "handshake_timeout": "test_slow_senders.py::test_a_hello_that_drips_is_a_handshake_that_takes_too_long",
    "bad_protocol": "test_bad_input.py::test_a_wrong_opening_ends_with_its_reason",
    "bad_message": "test_bad_input.py::test_a_wrong_opening_ends_with_its_reason",
    "too_long": "test_breaches.py::test_a_frame_beyond_all_measure_is_told_too_long_by_its_head_alone",
    "bad_token": "test_bad_input.py::test_a_wrong_opening_ends_with_its_reason",
    "kicked": "test_moderation.py::test_who_is_kicked_out_of_the_city_is_told_goodbye_with_the_reason",
    "banned": "test_moderation.py::test_a_banned_address_is_turned_away_for_now_and_no_other_way",
    "idle": "test_slow_senders.py::test_a_message_that_drips_does_not_count_as_being_heard",
    "superseded": "test_refusals.py::test_a_newer_line_of_a_citizen_supersedes_the_older",
    "flooding": "test_breaches.py::test_a_flood_of_frames_ends_as_flooding",
    "too_slow": "test_gateway.py::test_who_asks_and_never_reads_is_cut_after_the_goodbye_had_its_time",
    "full": "test_bad_input.py::test_beyond_the_limit_of_connections_one_is_told_so_after_the_upgrade",
    "internal": "test_logins.py::test_an_issuer_that_cannot_be_reached_is_told_apart_from_a_bad_token",
}

SANCTIONS = dict.fromkeys(
    get_args(SanctionKind), "test_refusals.py::test_each_sanction_is_told_to_whom_it_concerns"
)

LIMITS = {
    "connections": "test_bad_input.py::test_beyond_the_limit_of_connections_one_is_told_so_after_the_upgrade",
    "connections_per_address": "test_logins.py::test_behind_a_proxy_people_are_counted_where_they_are",
    "lines_per_s": "test_doorstep.py::test_an_address_that_knocks_too_often_is_cut_unread_and_others_come_in",
    "handshakes_per_s": "test_floods.py::test_an_address_opens_so_many_connections_a_second",
    "requests_per_s": "test_logins.py::test_http_requests_are_counted_by_address",
    "citizens_per_address": "test_floods.py::test_an_address_has_the_limits_of_so_many_citizens",
    "malformed_per_min": "test_floods.py::test_who_sends_too_much_that_cannot_be_read_is_sent_away",
    "logins_failed_per_account": (
        "test_logins.py::test_an_account_whose_genuine_tokens_fail_is_slowed_and_a_forger_cannot_slow_it"
    ),
    "logins_failed_per_address": (
        "test_logins.py::test_an_address_whose_logins_fail_is_sent_away_but_not_who_proves_who_they_are"
    ),
    "join_tickets": "test_refusals.py::test_past_the_limit_of_tickets_the_oldest_is_no_ticket",
    "max_message_bytes": "test_bad_input.py::test_a_message_over_the_limit_is_too_long",
    "visitor_message_bytes": "test_bad_input.py::test_a_message_over_the_limit_is_too_long",
    "commands_per_s": "test_floods.py::test_a_citizen_who_asks_too_often_is_told_when_to_come_back",
    "kinds": "test_floods.py::test_a_citizen_who_asks_too_often_is_told_when_to_come_back",
    "chat_per_s": "test_floods.py::test_a_citizen_who_asks_too_often_is_told_when_to_come_back",
    "chat_length": "test_bad_input.py::test_a_command_that_cannot_be_is_refused_and_the_session_goes_on",
    "who_per_s": "test_floods.py::test_a_citizen_who_asks_too_often_is_told_when_to_come_back",
    "enter_at_per_s": "test_floods.py::test_a_citizen_who_asks_too_often_is_told_when_to_come_back",
    "pose_hz": "test_bad_input.py::test_a_thousand_poses_a_second_are_dropped_and_then_end_the_session",
    "flooding_seconds": "test_bad_input.py::test_a_thousand_poses_a_second_are_dropped_and_then_end_the_session",
    "facts_unacknowledged": "test_refusals.py::test_who_acknowledges_nothing_is_too_slow",
    "resume_seconds": "test_refusals.py::test_who_comes_back_too_late_starts_afresh",
    "detached": "test_refusals.py::test_of_too_many_lines_that_broke_the_oldest_session_is_over",
    "unread_bytes": "test_gateway.py::test_who_asks_and_never_reads_is_cut_after_the_goodbye_had_its_time",
    "goodbye_seconds": "test_gateway.py::test_who_asks_and_never_reads_is_cut_after_the_goodbye_had_its_time",
    "round_ms": "test_floods.py::test_where_many_speak_at_once_some_wait_for_the_next_round_and_all_are_heard",
    "frames_per_s": "test_breaches.py::test_a_flood_of_frames_ends_as_flooding",
    "head_bytes": "test_slow_senders.py::test_a_head_that_is_too_long_is_told_431",
    "request_seconds": "test_slow_senders.py::test_a_head_that_drips_is_cut_when_its_time_is_over",
    "unread_seconds": "test_slow_senders.py::test_an_answer_that_nobody_reads_is_cut",
    "http_lines": "test_slow_senders.py::test_nobody_can_hold_all_lines",
}
PLAIN = {
    "session_idle_minutes": "test_refusals.py::test_a_plain_session_that_nobody_uses_ends",
    "session_hours": "test_refusals.py::test_a_plain_session_ends_however_much_it_is_used",
    "sessions": "test_refusals.py::test_past_the_limit_of_plain_sessions_the_one_longest_unused_ends",
    "sessions_per_citizen": "test_refusals.py::test_past_the_limit_of_plain_sessions_the_one_longest_unused_ends",
    "code_minutes": "test_refusals.py::test_a_code_that_is_too_old_is_none",
    "codes": "test_refusals.py::test_past_the_limit_of_codes_the_oldest_is_none",
    "code_guesses": "test_codes_http.py::test_while_codes_are_guessed_from_many_addresses_they_are_longer",
    "code_attempts": "plain/test_signing_in.py::test_codes_are_guessed_so_often_and_no_more",
}

NO_LIMITS = {"loopback_exempt", "retry_after_ms"}
"""Settings among the limits that never say no."""

ALL = {f"{what} {name}": test for what, table in
       {"refusal": REFUSALS, "goodbye": FAREWELLS, "sanction": SANCTIONS, "limits": LIMITS, "plain": PLAIN}.items()
       for name, test in table.items()}  # fmt: skip


def test_every_no_that_the_code_has_stands_here_and_no_other() -> None:
    limits = {name for name in Limits.model_fields if not name.endswith("burst")} - NO_LIMITS
    assert set(REFUSALS) == set(Refusal)
    assert set(FAREWELLS) == set(Farewell)
    assert set(LIMITS) == limits
    assert set(PLAIN) == set(Plain.model_fields)


def sources(file: str) -> dict[str, str]:
    """The text of each function of a test file, by name."""
    text = (ROOT / "tests/server" / file).read_text("utf-8")
    functions = (ast.AsyncFunctionDef, ast.FunctionDef)
    return {
        node.name: ast.get_source_segment(text, node) or ""
        for node in ast.parse(text).body
        if isinstance(node, functions)
    }


def calls(source: str) -> set[str]:
    """What a function calls, by its last name."""
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in called}


def listens(source: str) -> bool:
    """Whether the test is given a node that listens on a port, or opens one."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef)
    given = {one.annotation.id for one in function.args.args if isinstance(one.annotation, ast.Name)}
    return bool(given & NODES or calls(source) & OPENED)


def asserts_a_count(source: str, beside: dict[str, str]) -> bool:
    """Whether it, or a function beside it that it calls, asserts or waits for what a counter of the node says."""
    read = {"count"} | {name for name, other in beside.items() if "count" in calls(other)}
    inside = [other for name, other in beside.items() if name in calls(source)]
    nodes = (node for text in (source, *inside) for node in ast.walk(ast.parse(text)))
    return any(
        isinstance(node, ast.Assert | ast.Await)
        and calls(ast.unparse(node)) & read
        and (isinstance(node, ast.Assert) or "until" in calls(ast.unparse(node)))
        for node in nodes
    )


@pytest.mark.parametrize("name", ALL)
def test_it_is_met_over_a_real_socket_and_its_counter_moves(name: str) -> None:
    file, _, test = ALL[name].partition("::")
    beside = sources(file)
    assert test in beside, f"{file} has no test {test}"
    assert listens(beside[test]), "no real socket"
    assert asserts_a_count(beside[test], beside), "no counter is read"


NODES = {"Served", "WebCity", "ModeratedTown"}
OPENED = {"served", "moderated_town", "web_city", "trusting"}
"""What listens on a port: as a test is given it, and as it opens it."""
