"""Every no of the city, the test over a real socket that meets it, and the counter that moves in it.

What there is is read from the code (tests/server/test_every_no.py), that it is counted from the nodes of each test
(tests/server/conftest.py): so a limit, code or sanction without such a test fails, and a test in which none is met.
"""

from collections.abc import Iterator
from typing import NamedTuple, get_args

from prometheus_client import CollectorRegistry

from protocol.services.moderation import SanctionKind

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
    "busy_handshakes_per_s": "test_floods.py::test_while_it_is_busy_an_address_opens_fewer",
    "flooded_seconds": "test_floods.py::test_after_a_flood_its_address_opens_fewer_for_a_while",
    "refusals_per_s": "test_doorstep.py::test_who_was_told_in_words_and_comes_again_at_once_is_cut_unread",
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
    "hearings_per_s": "test_floods.py::test_what_a_district_hears_in_a_moment_has_a_limit_and_newcomers_have_half",
    "newcomer_seconds": "test_floods.py::test_what_a_district_hears_in_a_moment_has_a_limit_and_newcomers_have_half",
    "chat_length": "test_refusals.py::test_a_line_that_is_too_long_is_counted_by_its_limit",
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

FILES = {
    "bytes": "test_files.py::test_a_file_that_is_too_long_is_told_so",
    "pixels": "test_files.py::test_a_picture_that_unpacks_to_too_much_is_told_so",
    "seconds": "test_files.py::test_a_file_that_does_not_come_is_told_so",
    "at_once": "test_files.py::test_so_many_files_come_at_once",
    "at_once_per_citizen": "test_files.py::test_so_many_files_come_at_once",
    "per_min": "test_files.py::test_a_citizen_brings_so_many_files_a_minute",
    "waiting_bytes": "test_files.py::test_so_many_bytes_of_a_citizen_wait",
}

OTHERS = {
    "district_capacity": (
        "test_floods.py::test_who_waits_before_a_full_district_is_told_the_place_and_who_works_there_walks_in"
    ),
    "hall_seats": "test_refusals.py::test_a_hall_without_a_seat_is_full",
    "shield_joins": "test_moderation.py::test_under_the_shield_newcomers_come_in_a_few_at_a_time",
    "supervised": "test_supervised.py::test_it_opens_with_the_second_worker_and_closes_with_the_first_who_goes",
    "kept_out": "test_moderation.py::test_a_banned_address_is_turned_away_for_now_and_no_other_way",
    "overload": "test_refusals.py::test_while_the_crowd_is_too_much_new_arrivals_wait",
    "slots": "test_refusals.py::test_who_left_rests_their_slot_and_of_too_many_the_next_waits",
    "pipelined": "test_slow_senders.py::test_requests_that_pile_up_behind_another_are_refused",
}
"""Limits that are no setting of `limits`: of a district, of moderation, of the machine."""

OF_SERVICES = dict.fromkeys(
    (
        "announcements.standing",
        "live_qa.captions",
        "live_qa.captions_per_10_s",
        "live_qa.channels",
        "live_qa.cues",
        "live_qa.hands",
        "live_qa.labels",
        "live_qa.next_questions",
        "live_qa.polls",
        "live_qa.question_every_s",
        "live_qa.questions_open_per_person",
        "live_qa.seats",
        "live_qa.votes_per_minute",
        "moderation.blocks",
        "moderation.held_per_citizen",
        "moderation.held_waiting",
        "moderation.held_waiting_visitors",
        "moderation.notes_per_case",
        "moderation.report_waiting",
        "moderation.report_waiting_visitors",
        "moderation.reports_if_wrong",
        "moderation.reports_per_10_min",
        "offices.standing",
        "petitions.drafts",
        "petitions.files",
        "petitions.filings_per_day",
        "petitions.signers",
    ),
    "test_service_limits.py::test_a_service_says_no_at_its_limit_and_it_is_counted",
)
"""Limits of the services' own rules, by service and name."""


class No(NamedTuple):
    """One no: what kind of, its name, the test that meets it, the counter that moves, with which labels."""

    kind: str
    name: str
    test: str
    counter: str
    labels: tuple[tuple[str, str], ...]

    def is_counted(self, registry: CollectorRegistry) -> bool:
        """Whether a node counted it."""
        return any(
            sample.name == self.counter and sample.value > 0 and self._fits(sample.labels)
            for family in registry.collect()
            for sample in family.samples
        )

    def _fits(self, labels: dict[str, str]) -> bool:
        # A limit may be told more closely: `kinds district.enter`, `commands_per_s of an address`.
        return all(labels[key] == value or labels[key].startswith(f"{value} ") for key, value in self.labels)


COUNTED_AS = {
    "max_message_bytes": ("madang_connections_closed_total", ("reason", "too_long")),
    "visitor_message_bytes": ("madang_connections_closed_total", ("reason", "too_long")),
    "pose_hz": ("madang_poses_total", ("result", "over_rate")),
    "flooding_seconds": ("madang_connections_closed_total", ("reason", "flooding")),
    "citizens_per_address": ("madang_limit_reached_total", ("limit", "commands_per_s of an address")),
    "facts_unacknowledged": ("madang_connections_closed_total", ("reason", "too_slow")),
    "goodbye_seconds": ("madang_connections_closed_total", ("reason", "too_slow")),
    "plain.code_minutes": ("madang_tokens_refused_total", ("reason", "code")),
    "resume_seconds": ("madang_handshakes_total", ("result", "welcome")),
}
"""Limits whose no has another name than theirs: that of the goodbye, of the pose; who is too late is only welcomed."""


AT_THE_DOOR = frozenset({"full", "banned"})
"""Goodbyes to who has not come in: no connection ends by them."""


def _all() -> Iterator[No]:
    for name, test in REFUSALS.items():
        yield No("refusal", name, test, "madang_refused_total", (("reason", name),))
    for name, test in FAREWELLS.items():
        if name in AT_THE_DOOR:
            yield No("goodbye", name, test, "madang_handshakes_total", (("result", name),))
        else:
            yield No("goodbye", name, test, "madang_connections_closed_total", (("reason", name),))
    for name, test in SANCTIONS.items():
        labels = (("event", "moderation.sanctioned"), ("kind", name))
        yield No("sanction", name, test, "madang_decided_total", labels)
    plain = {f"plain.{name}": test for name, test in PLAIN.items()}
    files = {f"files.{name}": test for name, test in FILES.items()}
    for name, test in (LIMITS | OTHERS | OF_SERVICES | plain | files).items():
        counter, label = COUNTED_AS.get(name, ("madang_limit_reached_total", ("limit", name)))
        yield No("limit", name, test, counter, (label,))


ALL = tuple(_all())
