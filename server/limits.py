"""The limits: how many, how often, how long, each with its unit and its reason; 0 is off."""

from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from protocol.catalogue import COMMANDS, type_of
from server.setting import (
    Amount,
    Burst,
    Bytes,
    Characters,
    Citizens,
    Connections,
    Facts,
    Milliseconds,
    PerMinute,
    PerSecond,
    PerTenMinutes,
    Seconds,
    Section,
    Sessions,
    Unit,
    parsed,
)


class Rate(NamedTuple):
    """How often: so many a second (0 is no limit), after so many at once."""

    per_s: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    burst: Annotated[int, Field(ge=1)]


def _commands(kinds: dict[str, Rate]) -> dict[str, Rate]:
    unknown = kinds.keys() - {type_of(command) for command in COMMANDS}
    if unknown:
        raise ValueError(f"no such command: {', '.join(sorted(unknown))}")
    return kinds


Kinds = Annotated[
    dict[str, Rate], NoDecode, BeforeValidator(parsed), AfterValidator(_commands), Unit("per s, at once")
]


class Limits(Section):
    """How many, how often, how long; 0 is off."""

    connections: Connections = 12_000
    """Open at once in all; beyond what the machine's memory holds everyone would suffer."""

    connections_per_address: Connections = 64
    """Open at once from one address (IPv6: one /64); schools and offices share one."""

    lines_per_s: PerSecond = 150
    """New lines from one address, whatever for: all its requests and handshakes. Past it they are cut unread."""

    line_burst: Burst = 450
    """New lines from one address at once: a school whose pages all open with one bell."""

    handshakes_per_s: PerSecond = 50
    """New connections from one address: a storm from one place must not shut out the others."""

    busy_handshakes_per_s: PerSecond = 1
    """New connections from one address while the core is busy (`crowd.busy_low`): raiders come again and again."""

    busy_handshake_burst: Burst = 8
    """New connections from one address at once, also while it is busy: a family, or a page opened anew."""

    flooded_seconds: Seconds = 60
    """How long an address from which someone flooded is let in as rarely as while it is busy: they are soon back."""

    refusals_per_s: PerSecond = 1
    """Refusals in words to one address; past it, it is cut unread: each costs 1 ms, and raiders come again."""

    refusal_burst: Burst = 10
    """How often one address is told so at once: a family, each for themselves."""

    requests_per_s: PerSecond = 100
    """HTTP requests from one address: a page with its parts at once, and a school that opens it together."""

    request_burst: Burst = 400
    """HTTP requests from one address at once."""

    citizens_per_address: Citizens = 50
    """How many times what one citizen may send, one address may: those of a school come from one."""

    malformed_per_min: PerMinute = 5
    """Messages of one citizen a minute that cannot be read: a program in order sends none; then it is ended."""

    logins_failed_per_account: PerMinute = 5
    """Tokens of one citizen a minute that are genuine but do not hold (too old, for another service)."""

    logins_failed_per_address: PerTenMinutes = 10
    """Tokens and tickets from one address in 10 min that do not hold; who brings a good one comes in all the same."""

    join_tickets: Annotated[Amount, Unit("tickets")] = 10_000
    """Join tickets at once that nobody has used; past them the oldest ends."""

    loopback_exempt: bool = True
    """Whether this machine's own addresses are free of the limits per address."""

    max_message_bytes: Annotated[int, Field(ge=256, le=1 << 20), Unit("bytes")] = 65_536
    """The longest message a citizen may send."""

    visitor_message_bytes: Annotated[int, Field(ge=256, le=1 << 20), Unit("bytes")] = 4_096
    """The longest message a visitor may send: they have nothing long to say."""

    commands_per_s: PerSecond = 10
    """Commands of one citizen: more than hands can do."""

    command_burst: Burst = 20
    """Commands at once, as when a client arrives."""

    kinds: Kinds = {"district.enter": Rate(1, 20), "avatar.change": Rate(0.5, 10)}  # noqa: RUF012 - frozen
    """Commands of one citizen by their type, [a second, at once]: what costs others more than other commands."""

    chat_per_s: PerSecond = 0.667
    """Lines of one citizen: one per 1.5 s keeps a crowd's chat readable."""

    chat_burst: Burst = 4
    """Lines at once, as in a lively exchange."""

    hearings_per_s: PerSecond = 40_000
    """Lines in one district, each as often as it is heard: 20 a second to 2,000 take an eighth of a core."""

    hearing_burst: Burst = 20_000
    """Hearings at once: 20 lines to a thousand; more than that in a second is read by nobody."""

    newcomer_seconds: Seconds = 300
    """Who came to a district so lately leaves half of its hearings to the others: raiders have only just come."""

    chat_length: Characters = 300
    """The longest line: one that is read in passing."""

    who_per_s: PerSecond = 2
    """Questions who is behind a slot: enough for names to appear, too few to list a crowd."""

    enter_at_per_s: PerSecond = 0.2
    """Arrivals at a chosen place: else it would be a way to walk faster than walking."""

    pose_hz: PerSecond = 20
    """Poses of one avatar: twice the tick, so that a jittery line loses none."""

    pose_burst: Burst = 25
    """Poses at once, as when a stalled line catches up."""

    flooding_seconds: Seconds = 5
    """How long ten times the pose rate is borne before the connection is ended."""

    facts_unacknowledged: Facts = 1_024
    """Facts kept for one client that does not acknowledge; past them it is too slow and must resume."""

    resume_seconds: Seconds = 60
    """How long a session is kept whose line broke: a tunnel, a lift, another network; 0 keeps none."""

    detached: Sessions = 4_000
    """Sessions kept at once whose line broke; past them the oldest is over."""

    unread_bytes: Bytes = 1_048_576
    """What waits for one client whose line is full, frames apart; past it it is too slow: it does not read."""

    retry_after_ms: Milliseconds = 5_000
    """After how long those told `later` may come back; those turned away at the door are spread around it."""

    goodbye_seconds: Seconds = 2
    """How long a goodbye may take to leave before the line is cut."""

    round_ms: Milliseconds = 2
    """What hearing messages may take in one go, poses apart: then it is the turn of ticks, commits and answers."""

    frames_per_s: PerSecond = 200
    """WebSocket frames on one line, poses apart: messages, their parts, pings. Ten times what a busy client sends."""

    frame_burst: Burst = 2_000
    """Such frames at once: a message that an odd library sends in many small parts."""

    head_bytes: Bytes = 16_384
    """The longest head of an HTTP request: a token, some cookies of the same host, and room."""

    request_seconds: Seconds = 10
    """How long the head of an HTTP request may take to come: else a thousand halves would hold a thousand lines."""

    unread_seconds: Seconds = 30
    """How long an HTTP answer waits for who does not read on; about 2 kB/s are enough."""

    http_lines: Connections = 2_048
    """Lines that speak HTTP at once; past it that which asked longest ago is cut, so nobody can hold them all."""


class Files(Section):
    """What citizens attach to petitions; 0 is off."""

    bytes: Bytes = 10_485_760
    """The longest file: a photograph of a telephone, some dozens of scanned pages. It is in memory once, whole."""

    pixels: Annotated[Amount, Unit("pixels")] = 50_000_000
    """The largest picture, once it is unpacked: 150 MB for a moment. A small file may unpack to gigabytes."""

    seconds: Seconds = 120
    """How long a file may take to come: 10 MB over a weak line, and no line held for ever."""

    at_once: Annotated[Amount, Unit("files")] = 16
    """Files that come at once: each is in memory whole."""

    at_once_per_citizen: Annotated[Amount, Unit("files")] = 3
    """Files of one citizen that come at once: else a few would hold all places."""

    per_min: PerMinute = 30
    """Files of one citizen a minute."""

    waiting_bytes: Bytes = 52_428_800
    """Bytes of one citizen that wait to be attached to something."""

    waiting_hours: Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("h")] = 24
    """How long a file waits to be attached before it is deleted: as long as a petition is written in one go."""
