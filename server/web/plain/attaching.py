"""Files in a form of the plain page: each is brought as soon as it came, so that a form sent again has them still."""

from typing import TYPE_CHECKING

from protocol.refusals import Refused
from server.web.plain.forms import Form, Option

if TYPE_CHECKING:
    from server.web.plain.visit import Visit


async def attach(visit: "Visit", form: Form) -> None:
    """Bring what came with a form that was checked; what is refused is told at its field."""
    one = form.files
    if one is None:
        return
    number = 1 + max((int(name.partition(".")[2]) for name in one.values), default=-1)
    uploads = visit.site.gate.uploads
    for name, said, content in visit.brought:
        if name != one.name:
            continue
        try:
            uploads.keep_pace(visit.citizen)
            # Under the form's key: what is sent twice is brought once, and so the command is the same.
            waiting = await uploads.take(visit.citizen, said, content, key=f"{form.key} {number}")
        except Refused as refused:
            uploads.note_refused(refused)
            one.error = f"{said}: {visit.told(refused)[0]}"
            continue
        visit.written[f"{one.name}.{number}"] = waiting.file
        number += 1
    visit.brought = []
    form.fill(visit.written)
    one.options = [*one.options, *await _called(visit, list(one.values.values()))]


async def _called(visit: "Visit", ids: list[str]) -> list[Option]:
    """What one's own files that wait are called."""
    if not ids:
        return []
    waiting = await visit.site.gate.uploads.files.waiting(ids)
    return [(id, waiting[id].name) for id in ids if id in waiting and waiting[id].owner == visit.citizen.id]
