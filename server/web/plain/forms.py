"""A form for any command of the city: its fields from the command's own, and what was written, read and told back.

A field is called as in the command; a part of one as `place.lat`, a row of a list as `items.0.what`. What is empty
counts as not given where the command allows it.
"""

import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from protocol.catalogue import type_of
from protocol.handshake import Text
from protocol.message import Command
from protocol.services.petitions import Holiday, Item, Spot
from worlds.calendar import KST

Kind: TypeAlias = Literal[
    "line", "long", "choice", "radio", "yes", "yes_no", "number", "day", "time", "lines", "spot", "both",
    "items", "days_off", "files",
]  # fmt: skip
Option: TypeAlias = tuple[str, str]
"""What is sent, and what is read."""

LONG_FROM = 1_000
"""Characters from which a text gets more than one line."""

MAX_LINE = 400
MAX_LONG = 6_000
"""Characters that a browser takes: more than the rules do, so that a text too long is told so and not cut off."""

ROWS = 5
"""Rows of a list that a form shows."""

DAYS: Final = frozenset({"last_day", "rejected_on"})
PARTS: Final[Mapping[str, Sequence[str]]] = {
    "spot": ("lat", "lon"),
    "both": ("ko", "en"),
    "items": ("what", "article"),
    "days_off": ("day", "name"),
}
AUTOCOMPLETE: Final[Mapping[str, str]] = {"name": "name", "address": "street-address", "contact": "tel"}


@dataclass(slots=True)
class Field:
    """One field as it is shown; a field of parts holds what was written under their names."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    options: Sequence[Option] = ()
    is_required: bool = False
    is_number: bool = False
    values: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def id(self) -> str:
        """Its id in the page."""
        return "f-" + self.name.replace(".", "-")

    @property
    def value(self) -> str:
        """What was written, where it has no parts."""
        return self.values.get(self.name, "")

    @property
    def chosen(self) -> Sequence[tuple[str, str, str]]:
        """Of files those that were brought: the name of what says so, the file's id, what it is called."""
        called = dict(self.options)
        return [(name, id, called[id]) for name, id in sorted(self.values.items()) if id in called]

    @property
    def parts(self) -> Sequence[Sequence[str]]:
        """The names of its parts, row by row."""
        names = PARTS[self.kind]
        if self.kind in ("spot", "both"):
            return [[f"{self.name}.{part}" for part in names]]
        return [[f"{self.name}.{row}.{part}" for part in names] for row in range(ROWS)]

    @property
    def longest(self) -> int:
        """Characters that the browser takes."""
        return MAX_LONG if self.kind in ("long", "lines") else MAX_LINE

    @property
    def autocomplete(self) -> str:
        """What the browser may fill in: a person's own."""
        return AUTOCOMPLETE.get(self.name, "off")


@dataclass(slots=True)
class Form:
    """A form in a page: for one command, sent to `action`; `fixed` is sent along unseen."""

    command: type[Command]
    action: str
    words: Mapping[str, str]
    fields: list[Field]
    fixed: dict[str, str]
    key: str
    token: str = ""
    error: str = ""
    asks_code: bool = False
    code_error: str = ""
    back: str = "/plain"
    buttons: Sequence[Option] = ()
    as_it_was: Mapping[str, str] = field(default_factory=dict)
    """What stood there before, where the command tells only what changes."""

    @property
    def files(self) -> Field | None:
        """Its field for files, if it has one."""
        return next((one for one in self.fields if one.kind == "files"), None)

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """What is wrong, in the order of the page: where, at which field, why."""
        told = [("f-code", "", self.code_error)] if self.code_error else []
        if self.error:
            told.append(("", "", self.error))
        return told + [(one.id, one.label, one.error) for one in self.fields if one.error]

    def fill(self, written: Mapping[str, str]) -> None:
        """Write in it what was written before."""
        for one in self.fields:
            if one.kind == "files":
                one.values = {name: id for name, id in written.items() if _is_file(name)}
                continue
            names = [one.name] if one.kind not in PARTS else [name for row in one.parts for name in row]
            one.values = {name: written[name] for name in names if name in written}

    def blame(self, name: str | None, reason: str) -> None:
        """Say at a field what is wrong with it, or above all where no field is named, or none is shown."""
        for one in self.fields:
            if name is not None and (name == one.name or name.startswith(one.name + ".")):
                one.error = reason
                return
        self.error = reason

    def read(self, written: Mapping[str, str], wrong: Callable[[str, Any], str]) -> Command | None:
        """The command, or None where it cannot be one: then its fields say why, in the words of `wrong`."""
        for one in self.fields:
            # All that is missing at once: the rules would tell one after the other.
            if (
                one.is_required
                and one.kind not in (*PARTS, "files")
                and not written.get(one.name, "").strip()
            ):
                one.error = wrong("missing" if one.kind not in ("choice", "yes_no") else "literal_error", {})
        if self.faults:
            return None
        given: dict[str, Any] = {"id": 0, "key": self.key}
        for name, value in self.fixed.items():
            given[name] = _fixed(self.command.model_fields[name], value)
        for one in self.fields:
            value = _given(one, written)
            if value is None:
                if one.kind not in ("line", "long") or not self._must_have(one):
                    continue
                value = ""
            if one.name not in self.as_it_was or value != self.as_it_was[one.name]:
                given[one.name] = value
        try:
            return self.command.model_validate(given)
        except ValidationError as error:
            for fault in error.errors():
                self.blame(".".join(map(str, fault["loc"])), wrong(fault["type"], fault.get("ctx", {})))
            return None

    def _must_have(self, one: Field) -> bool:
        return self.command.model_fields[one.name].is_required()


def form_for(
    command: type[Command],
    action: str,
    texts: Mapping[str, Any],
    *,
    key: str,
    fixed: Mapping[str, str] | None = None,
    choices: Mapping[str, Sequence[Option]] | None = None,
    only: Sequence[str] | None = None,
    required: Sequence[str] = (),
    **more: Any,
) -> Form:
    """An empty form; `choices` are the options of fields that name content, `only` the fields that are shown."""
    fixed = dict(fixed or {})
    choices = choices or {}
    fields = []
    for name, info in command.model_fields.items():
        if name in ("type", "id", "key") or name in fixed or (only is not None and name not in only):
            continue
        made = _field(command, name, info, texts, choices.get(name))
        made.is_required = made.is_required or name in required
        fields.append(made)
    if only is not None:
        fields.sort(key=lambda one: list(only).index(one.name))
    words = texts["commands"][type_of(command)]
    return Form(command, action, words, fields, fixed, key, **more)


def _field(
    command: type[Command],
    name: str,
    info: FieldInfo,
    texts: Mapping[str, Any],
    choices: Sequence[Option] | None,
) -> Field:
    own = f"{type_of(command)}.{name}"
    label = texts["fields"].get(own) or texts["fields"][name]
    hint = texts["hints"].get(own) or texts["hints"].get(name, "")
    base, longest = _unwrapped(info.annotation, info.metadata)
    kind = _kind(name, base, info, longest)
    options: Sequence[Option] = ()
    if kind == "yes_no":
        options = [("yes", texts["words"]["yes"]), ("no", texts["words"]["no"])]
    if kind == "choice":
        named = texts["options"].get(own) or texts["options"].get(name, {})
        options = choices or [(value, named[value]) for value in get_args(base)]
    elif choices is not None:
        kind, options = ("lines" if kind == "lines" else "choice"), choices
    is_required = info.is_required() and kind not in ("yes", "lines")
    return Field(name, kind, label, hint, options, is_required, is_number=base is int)


def _unwrapped(annotation: Any, metadata: Sequence[Any] = ()) -> tuple[Any, int]:
    """The type itself, without None and notes on it; and the longest that a text may be (0: not told)."""
    longest = max((getattr(note, "max_length", None) or 0 for note in metadata), default=0)
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *notes = get_args(annotation)
            for note in notes:
                for one in [note, *getattr(note, "metadata", ())]:
                    longest = max(longest, getattr(one, "max_length", None) or 0)
        elif get_origin(annotation) in (Union, types.UnionType):
            (annotation,) = (one for one in get_args(annotation) if one is not type(None))
        else:
            return annotation, longest


def _kind(name: str, base: Any, info: FieldInfo, longest: int) -> Kind:
    if base is bool:
        return "yes_no" if info.is_required() or info.default is None else "yes"
    if base is int:
        return "time" if name.endswith("_at") else "number"
    if get_origin(base) is Literal:
        return "choice"
    if base is Spot:
        return "spot"
    if base is Text:
        return "both"
    if get_origin(base) is list:
        if name == "files":
            return "files"
        element, _ = _unwrapped(get_args(base)[0])
        return "items" if element is Item else "days_off" if element is Holiday else "lines"
    if base is not str:
        raise TypeError(f"no form shows {name}: {base}")
    if name in DAYS:
        return "day"
    return "long" if longest >= LONG_FROM else "line"


# Reading what was written


def _given(one: Field, written: Mapping[str, str]) -> Any:
    text = written.get(one.name, "")
    if one.kind == "choice" and one.is_number:
        return _number(text)
    match one.kind:
        case "yes":
            return one.name in written
        case "yes_no":
            return {"yes": True, "no": False}.get(text)
        case "number":
            return _number(text)
        case "time":
            return _moment(text)
        case "spot":
            place = {part: _float(written.get(f"{one.name}.{part}", "")) for part in PARTS["spot"]}
            return place if any(value is not None for value in place.values()) else None
        case "both":
            told = {part: written.get(f"{one.name}.{part}", "").strip() for part in PARTS["both"]}
            return told if any(told.values()) else None
        case "items" | "days_off":
            return list(_rows(one, written))
        case "files":
            ids = [
                written[name]
                for name in sorted(written)
                if _is_file(name) and f"{name}.without" not in written
            ]
            return ids if ids or f"{one.name}.sent" in written else None
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "line" | "long" | "choice" | "radio" | "day":
            if not text.strip():
                return None
            return text.replace("\r\n", "\n")


def _is_file(name: str) -> bool:
    return re.fullmatch(r"files\.[0-9]{1,2}", name) is not None


def _rows(one: Field, written: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for names in one.parts:
        row = {name.rpartition(".")[2]: written.get(name, "").strip() for name in names}
        if any(row.values()):
            yield row


def _number(text: str) -> int | str | None:
    text = text.strip()
    if not text:
        return None
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) and text.isascii() else text


def _float(text: str) -> float | str | None:
    text = text.strip()
    if not text:
        return None
    return float(text) if re.fullmatch(r"-?\d{1,3}(\.\d{1,12})?", text) and text.isascii() else text


def _moment(text: str) -> int | str | None:
    """What a browser writes for a date and time, in Korea's time, as ms."""
    text = text.strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return round((at if at.tzinfo else at.replace(tzinfo=KST)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return text


def _fixed(info: FieldInfo, value: str) -> Any:
    base, _ = _unwrapped(info.annotation)
    if base is int:
        return _number(value)
    if base is bool:
        return {"yes": True, "no": False}.get(value, value)
    return value
