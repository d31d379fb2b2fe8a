"""Personal texts leave an event before it is kept: each is replaced by its reference, wherever it stands."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel

from worlds.service import Event, Personal

Keep = Callable[[Personal], Personal]
"""Puts a text away; returns its owner with the reference and the salted hash."""


def sealed(keep: Keep, event: Event) -> Event:
    """The event without texts."""
    return event.model_copy(update=dict(_fields(keep, event)))


def _fields(keep: Keep, model: BaseModel) -> Iterator[tuple[str, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        without = _sealed(keep, value)
        if without is not value:
            yield name, without


def _sealed(keep: Keep, value: Any) -> Any:
    match value:
        case Personal(text=text):
            return keep(value) if text else value
        case BaseModel():
            fields = dict(_fields(keep, value))
            return value.model_copy(update=fields) if fields else value
        case tuple() | list():
            items = [_sealed(keep, item) for item in value]
            changed = any(a is not b for a, b in zip(items, value, strict=True))
            return type(value)(items) if changed else value
        case dict():
            new_items = {name: _sealed(keep, item) for name, item in value.items()}
            return new_items if any(new_items[name] is not value[name] for name in value) else value
        case _:
            return value
