"""The limits: how many, how often, how long, each with its unit and its reason; 0 is off."""

from typing import Annotated

from pydantic import Field

from server.setting import (
    Burst,
    Bytes,
    Characters,
    Connections,
    Facts,
    Milliseconds,
    PerSecond,
    Seconds,
    Section,
    Sessions,
    Unit,
)


class Limits(Section):
    """How many, how often, how long; 0 is off."""

    connections: Connections = 12_000
    """Open at once in all; beyond what the machine's memory holds everyone would suffer."""

    connections_per_address: Connections = 64
    """Open at once from one address (IPv6: one /64); schools and offices share one."""

    handshakes_per_s: PerSecond = 50
    """New connections from one address: a storm from one place must not shut out the others."""

    loopback_exempt: bool = True
    """Whether this machine's own addresses are free of the two limits per address."""

    max_message_bytes: Annotated[int, Field(ge=256, le=1 << 20), Unit("bytes")] = 65_536
    """The longest message a citizen may send."""

    visitor_message_bytes: Annotated[int, Field(ge=256, le=1 << 20), Unit("bytes")] = 4_096
    """The longest message a visitor may send: they have nothing long to say."""

    commands_per_s: PerSecond = 10
    """Commands of one citizen: more than hands can do."""

    command_burst: Burst = 20
    """Commands at once, as when a client arrives."""

    chat_per_s: PerSecond = 0.667
    """Lines of one citizen: one per 1.5 s keeps a crowd's chat readable."""

    chat_burst: Burst = 4
    """Lines at once, as in a lively exchange."""

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
