"""Captions: what is said, written line by line in a language; and where sign language is to be seen.

Each language is a channel with one writer at a time; they take it from each other, as interpreters do every half hour.
Who follows a channel hears its lines. That is kept nowhere: what somebody needs, to hear, is nobody else's business.
"""

from collections.abc import Iterator

from protocol.handshake import Text
from protocol.refusals import Refusal, Refused
from protocol.services import live_qa as wire
from worlds.citizen import Citizen
from worlds.service import Personal
from worlds.services.live_qa import events as e
from worlds.services.live_qa import wording
from worlds.services.live_qa.changes import BURST_MS
from worlds.services.live_qa.inside import WitnessedFollow
from worlds.services.live_qa.roles import Office, require
from worlds.services.live_qa.state import ENDED, Channel, Session
from worlds.services.live_qa.venue import Venue

WRITTEN_IN: frozenset[wire.Phase] = frozenset({"doors", "live", "closing"})
"""From the doors on; also while the venue is stopped, as that has to be understood too."""

LAST = 6
"""Lines that who begins to follow is given, to read what is being talked about."""


def open_channel(
    venue: Venue, command: wire.OpenChannel, citizen: Citizen, now: int
) -> Iterator[e.OfSession]:
    """A new channel, or one of another writer: whoever opens it writes it from now on."""
    session, rules = venue.state.session(command.session), venue.rules
    require(citizen, session, Office.CAPTIONER)
    if session.phase in ENDED:
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    known = session.channels.get(command.channel)
    if known is not None and known.kind != command.kind:
        raise Refused(Refusal.CONFLICT, f"the channel is {known.kind}", field="kind")
    if known is None and rules.channels and len(session.channels) >= rules.channels:
        raise Refused(Refusal.FULL, f"at most {rules.channels} channels", limit="live_qa.channels")
    where = None
    if command.where is not None:
        where = Text(
            ko=wording.text_of(command.where.ko, "where.ko", rules.longest_where),
            en=wording.text_of(command.where.en, "where.en", rules.longest_where),
        )
    if command.kind == "sign" and where is None:
        raise Refused(Refusal.BAD_MESSAGE, "say where it is to be seen", field="where")
    if known is not None and (known.writer, known.where) == (citizen.id, where):
        return
    yield e.ChannelOpened(
        session=session.id, by=citizen.id, channel=command.channel, kind=command.kind, where=where
    )


def close_channel(
    venue: Venue, command: wire.CloseChannel, citizen: Citizen, now: int
) -> Iterator[e.OfSession]:
    """Nobody writes it for now; what was written stays."""
    session = venue.state.session(command.session)
    require(citizen, session, Office.CAPTIONER, Office.HOST)
    if channel_of(session, command.channel).writer is not None:
        yield e.ChannelClosed(session=session.id, by=citizen.id, channel=command.channel)


def caption(venue: Venue, command: wire.WriteCaption, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """One line, by who writes the channel."""
    session, rules = venue.state.session(command.session), venue.rules
    require(citizen, session, Office.CAPTIONER)
    channel = channel_of(session, command.channel)
    if session.phase not in WRITTEN_IN:
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    if channel.kind == "sign":
        raise Refused(Refusal.BAD_MESSAGE, "sign language is seen, not written", field="channel")
    if channel.writer != citizen.id:
        raise Refused(Refusal.NOT_ALLOWED, "somebody else writes this channel: open it to take it over")
    text = wording.text_of(command.text, "text", rules.longest_caption)
    if rules.captions and len(channel.lines) >= rules.captions:
        raise Refused(Refusal.FULL, f"at most {rules.captions} lines", limit="live_qa.captions")
    wait = channel.burst_at + BURST_MS - now
    limit = rules.captions_per_10_s
    if limit and channel.burst >= limit and wait > 0:
        raise Refused(Refusal.TOO_FAST, retry_after_ms=wait, limit="live_qa.captions_per_10_s")
    # Nobody's own words: who wrote them only heard them, and who said them is not always known.
    words = Personal(owner="", text=text)
    yield e.Captioned(
        session=session.id, by=citizen.id, channel=channel.channel, line=len(channel.lines) + 1, text=words
    )


def require_channels(
    venue: Venue, command: wire.FollowCaptions, citizen: Citizen, now: int
) -> Iterator[e.OfSession]:
    """What is followed is there; nothing of it is kept."""
    session = venue.state.session(command.session)
    for channel in command.channels:
        channel_of(session, channel)
    if session.phase in ENDED and command.channels:
        raise Refused(Refusal.CLOSED, f"the session is {session.phase}")
    yield from ()


def follow(venue: Venue, command: wire.FollowCaptions, citizen: Citizen) -> wire.Following:
    """Hear these channels from now on, and read their last lines; none: hear none. Who has no line only reads."""
    session = venue.state.session(command.session)
    following = venue.followers.setdefault(session.id, {})
    if command.channels and isinstance(command, WitnessedFollow) and command.is_here:
        following[citizen.id] = frozenset(command.channels)
    else:
        following.pop(citizen.id, None)
    chosen = [channel_of(session, name) for name in dict.fromkeys(command.channels)]
    return wire.Following(
        channels=[
            wire.ChannelLines(channel=channel.channel, lines=last_lines(venue, channel)) for channel in chosen
        ]
    )


def strike(venue: Venue, command: wire.StrikeCaption, citizen: Citizen, now: int) -> Iterator[e.OfSession]:
    """A line that tells what must not stand there, as an address that was shouted: its words are erased."""
    session = venue.state.session(command.session)
    require(citizen, session, Office.DESK, Office.CAPTIONER)
    channel = channel_of(session, command.channel)
    if not 1 <= command.line <= len(channel.lines):
        raise Refused(Refusal.NOT_FOUND, field="line")
    if channel.lines[command.line - 1].is_struck:
        return
    reason = wording.text_of(command.reason, "reason", venue.rules.longest_reason)
    yield e.CaptionStruck(
        session=session.id, by=citizen.id, channel=channel.channel, line=command.line, reason=reason
    )


def channel_of(session: Session, name: str) -> Channel:
    """A channel by its name; raises Refused not_found."""
    found = session.channels.get(name)
    if found is None:
        raise Refused(Refusal.NOT_FOUND, field="channel")
    return found


def channel_row(channel: Channel) -> wire.CaptionChannel:
    """As everyone may know it: not who writes."""
    return wire.CaptionChannel(
        channel=channel.channel, kind=channel.kind, where=channel.where, is_open=channel.writer is not None
    )


def line_row(venue: Venue, channel: Channel, number: int) -> wire.CaptionLine:
    """One line by its number; of one that was struck the words are gone."""
    line = channel.lines[number - 1]
    text = "" if line.is_struck else venue.texts[line.text]
    return wire.CaptionLine(line=number, at=line.at, text=text, is_struck=line.is_struck)


def last_lines(venue: Venue, channel: Channel, count: int = LAST) -> list[wire.CaptionLine]:
    """The newest, in their order."""
    first = max(len(channel.lines) - count, 0) + 1
    return [line_row(venue, channel, number) for number in range(first, len(channel.lines) + 1)]
