"""What someone has seen and heard, as the journal keeps it beside a case."""

import json

from worlds.evidence import HeardLine, Seen
from worlds.service import Personal
from worlds.services.moderation import events as e


def kept_line(line: HeardLine) -> e.KeptLine:
    """A line as the journal keeps it: its words belong to who said them."""
    return e.KeptLine(
        citizen=line.citizen,
        name=Personal(owner=line.citizen, text=line.name),
        text=Personal(owner=line.citizen, text=line.text),
        at=line.at,
        message=line.message,
    )


def kept(seen: Seen) -> e.Evidence:
    """What someone had seen and heard as the journal keeps it: each piece belongs to whom it is of."""
    return e.Evidence(
        lines=tuple(kept_line(line) for line in seen.lines),
        tracks=tuple(
            e.KeptTrack(
                citizen=track.citizen,
                name=Personal(owner=track.citizen, text=track.name),
                points=Personal(owner=track.citizen, text=json.dumps(track.points)),
            )
            for track in seen.tracks
        ),
        avatar=seen.avatar,
        language=seen.language,
    )
