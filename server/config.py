"""Every setting of the server, with its unit and its reason, and where its value may come from.

Four sources, each stronger than the one before: the defaults below, a TOML file, the environment
(`MADANG_LIMITS__POSE_HZ=10`), the command line (`--set limits.pose_hz=10`). A limit of 0 is off, or refused
where that would be unsafe.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from ipaddress import ip_network
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from server.limits import Files, Limits
from server.origins import ANY, is_origin
from server.setting import (
    Bytes,
    BytesPerSecond,
    Citizens,
    Metres,
    Seconds,
    Section,
    Sessions,
    Share,
    Unit,
    Words,
    parsed,
)
from server.trust import Trust

ENVIRONMENT_PREFIX = "MADANG_"
DEFAULT_FILE = Path("madang.toml")
DEFAULT_CITY = Path(str(files("worlds"))) / "seoul"


class WrongSetting(Exception):
    """What was set cannot be used; `lines` say each what, which value, and why not."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def _host(value: str) -> str:
    if not re.fullmatch(r"[\w:%-]+(\.[\w%-]+)*", value):
        raise ValueError("neither an address nor a host's name")
    return value


def _database(value: str) -> str:
    if value and not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("neither empty nor postgresql://...")
    return value


def _networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(ip_network(network, strict=False)) for network in networks)


def _origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    for origin in origins:
        if origin != ANY and not is_origin(origin):
            raise ValueError(
                f"{origin} is no origin: https://example.org, without a path and in small letters, or *"
            )
    return origins


class Listen(Section):
    """Where the server listens."""

    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    """The address to listen on; this machine alone until someone opens it with 0.0.0.0 or ::."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    """The port for HTTP and WebSocket; 0 takes any free one, told on start."""

    origins: Annotated[Words, AfterValidator(_origins)] = ()
    """Pages of which other origins may connect, and use /api (https://example.org, ...), beside our own; * is all."""

    proxies: Annotated[Words, AfterValidator(_networks)] = ()
    """The proxies before this server (10.0.0.0/8, ...): only they are believed who is behind them."""

    proxy_header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    """The one header in which they say it (RFC 7239 or its forerunner); what others bring there is not read."""

    metrics: Annotated[Words, AfterValidator(_networks)] = ("127.0.0.0/8", "::1/128")
    """The networks that may read /metrics: they say how many are where, and how near this server is to its limits."""

    io_uring: bool = True
    """Whether many sockets are read and sent to in one call, where the system has io_uring(7): a sixth less to do."""

    hsts_seconds: Seconds = 31_536_000
    """For so long browsers that came by TLS come by nothing else (HSTS, RFC 6797); 0 does not ask it of them."""


class City(Section):
    """Which city this server opens."""

    path: Path = DEFAULT_CITY
    """The folder of the city's plan."""

    phase: Annotated[int, Field(ge=1, le=3)] = 3
    """Districts of a later phase stay closed."""


class Data(Section):
    """What this server keeps."""

    dir: Path = Path("data")
    """The folder of the secret and of all that is kept; readable by the server's user alone."""

    journal: Annotated[str, AfterValidator(_database)] = ""
    """Where what citizens did is kept: postgresql://NAME:PASSWORD@HOST/DATABASE, or empty for a file in `dir`."""


class Auth(Section):
    """Whose tokens are believed."""

    issuer: Annotated[str, Field(min_length=1, max_length=200)] = "madang"
    """What the `iss` of the city's own tokens must be."""

    issuers: Annotated[tuple[Trust, ...], NoDecode, BeforeValidator(parsed)] = ()
    """Who else may say who someone is (OpenID Connect), a table each (server/trust.py)."""

    leeway_seconds: Seconds = 60
    """How far the clocks of issuer and server may differ."""

    keys_refetch_seconds: Seconds = 60
    """How often an issuer's keys are fetched at most: every token with an unknown key would lead to it."""

    keys_fresh_seconds: Seconds = 3_600
    """After how long known keys are fetched anew, so that those withdrawn end; 0 is not before an unknown one."""

    keys_kept_seconds: Seconds = 86_400
    """How long known keys go on working while their issuer cannot be reached; 0 is for ever."""

    ticket_seconds: Annotated[float, Field(gt=0, le=600), Unit("s")] = 60
    """How long a join ticket is good: as long as an engine takes to start."""

    @model_validator(mode="after")
    def _issuers_differ(self) -> Self:
        names = [self.issuer, *(trust.issuer for trust in self.issuers)]
        if len(set(names)) < len(names):
            raise ValueError("two issuers of one name: whose citizens would they be?")
        return self


class Visitors(Section):
    """Those who come without a token."""

    admitted: bool = True
    """Whether they may come in, to walk, chat and read."""


class Crowd(Section):
    """How thousands see each other."""

    tick_hz: Annotated[float, Field(ge=1, le=60), Unit("Hz")] = 10
    """Frames a second: what eyes take for walking, at half the cost of 20."""

    cell_m: Annotated[float, Field(ge=4, le=100), Unit("m")] = 12.0
    """The side of a cell: those in one cell share their frames."""

    view_m: Metres = 100
    """How far single avatars are shown; beyond it the crowd is counted by tiles."""

    tile_cells: Annotated[int, Field(ge=1, le=16), Unit("cells")] = 4
    """The side of a tile of the crowd beyond."""

    bytes_per_client: BytesPerSecond = 32_000
    """What one client is sent at most, complete lists counted in: a weak phone line carries it."""

    district_capacity: Citizens = 9_000
    """Who fits in one hall of a district, and most have but one; 0 is as many as there are slots."""

    reserved_share: Annotated[float, Field(ge=0, le=0.5), Unit("of a district")] = 0.01
    """The seats of each hall that are kept for those of `reserved_for`: whoever works there must get in."""

    reserved_for: Words = ("official", "moderator", "host", "operator", "grant:mayor")
    """For whom seats are kept: roles, within their scope, and grant:NAME."""

    send_buffer_bytes: Bytes = 32_768
    """The kernel's send buffer of one socket; a large one hides minutes of stale frames from us."""

    unsent_bytes: Bytes = 16_384
    """What the kernel takes before it has sent what it holds (TCP_NOTSENT_LOWAT); as above."""

    behind_bytes: Bytes = 16_384
    """What may wait in a connection's own buffer; above it frames are skipped, as newer ones replace them."""

    busy_high: Share = 0.95
    """A core this busy for `step_up_seconds`: the crowd is told coarser by one step."""

    busy_low: Share = 0.7
    """A core less busy than this for `step_down_seconds`: finer by one step."""

    step_up_seconds: Seconds = 2
    """How long it is too much before something gives."""

    step_down_seconds: Seconds = 10
    """How long there is room again before something is given back; longer, so that it does not swing."""

    @model_validator(mode="after")
    def _low_is_below_high(self) -> Self:
        if self.busy_low >= self.busy_high:
            raise ValueError("busy_low must be below busy_high")
        return self


class Walk(Section):
    """How avatars may move."""

    speed_m_s: Annotated[float, Field(gt=0, le=100), Unit("m/s")] = 12
    """The fastest way to move: a sprinter, or a bus in the city."""


class Drain(Section):
    """How the server goes away."""

    seconds: Seconds = 10
    """Over how long all are told goodbye after SIGTERM: in waves, as not all should come back at once."""


class Open311(Section):
    """How the city's petitions are shown to Open311 clients (GeoReport v2)."""

    kind: Literal["production", "test"] = "production"
    """What the discovery document says of this server."""

    span_days: Annotated[int, Field(ge=0), Unit("days")] = 90
    """The longest span of one list of requests; 0 is any. The specification's own number."""

    max_requests: Annotated[int, Field(ge=1, le=10_000), Unit("requests")] = 1_000
    """Requests in one list at most, the newest first: the specification's own number."""


class Plain(Section):
    """The plain page: who is signed in there, and how; 0 is off."""

    session_idle_minutes: Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("min")] = 60
    """How long a session lasts in which nothing is asked: writing a long petition takes its time."""

    session_hours: Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("h")] = 12
    """How long a session lasts in all: no longer than the token behind it does by default."""

    sessions: Sessions = 20_000
    """Kept at once; past them the one longest unused ends."""

    sessions_per_citizen: Sessions = 5
    """Of one citizen: a phone, a computer at home, one in a library."""

    code_minutes: Annotated[float, Field(gt=0, le=60), Unit("min")] = 5
    """How long a one-time code is good: long enough to read it from one screen and type it on another."""

    codes: Annotated[int, Field(ge=1), Unit("codes")] = 4_096
    """One-time codes that are good at once; past them the oldest is not."""

    code_attempts: Annotated[int, Field(ge=0), Unit("in 10 min")] = 10
    """Codes that may be tried from one address: nobody mistypes more often, and nobody guesses 40 bits."""

    code_guesses: Annotated[int, Field(ge=0), Unit("in 10 min")] = 1_000
    """Wrong codes from all addresses together; past them somebody guesses, and codes are longer for a while."""


class Log(Section):
    """What the server writes of itself, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is written."""

    format: Literal["console", "json"] = "console"
    """For people, or one JSON object a line for machines."""


class Settings(BaseSettings):
    """All settings; without arguments, the defaults."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    listen: Listen = Listen()
    city: City = City()
    data: Data = Data()
    auth: Auth = Auth()
    visitors: Visitors = Visitors()
    limits: Limits = Limits()
    crowd: Crowd = Crowd()
    walk: Walk = Walk()
    drain: Drain = Drain()
    open311: Open311 = Open311()
    plain: Plain = Plain()
    files: Files = Files()
    log: Log = Log()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: `load` reads the sources, to tell where each value came from."""
        return (init_settings,)


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    for section, holder in Settings.model_fields.items():
        assert isinstance(holder.annotation, type)
        assert issubclass(holder.annotation, Section)
        for name, field in holder.annotation.model_fields.items():
            yield f"{section}.{name}", field


FIELDS: dict[str, FieldInfo] = dict(_fields())
"""Every setting by its full name: limits.pose_hz."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting as it is told to a person."""

    name: str
    value: str
    source: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, and for each that was set, by whom."""

    settings: Settings
    sources: Mapping[str, str]

    def explain(self) -> list[Explained]:
        """Every setting with its value, source, unit and reason."""
        told = []
        for name, field in FIELDS.items():
            section, short = name.split(".")
            value = getattr(getattr(self.settings, section), short)
            unit = next((mark.name for mark in field.metadata if isinstance(mark, Unit)), "")
            source = self.sources.get(name, "default")
            told.append(Explained(name, _shown(value), source, unit, field.description or ""))
        return told


def load(
    file: Path | None = None, named: Mapping[str, object] | None = None, sets: Sequence[str] = ()
) -> Configuration:
    """All sources together; `named` and then `sets` are the command line's. Raises WrongSetting."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    faults: list[str] = []
    for source, layer in (
        *_from_file(file),
        ("environment", _from_environment(faults)),
        ("command line", dict(named or {})),
        ("command line", _from_sets(sets, faults)),
    ):
        for name, value in layer.items():
            if name not in FIELDS:
                faults.append(f"{name} ({source}): {_no_such(name, FIELDS)}")
                continue
            values[name] = value
            sources[name] = source
    nested: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        section, short = name.split(".")
        nested.setdefault(section, {})[short] = value
    try:
        settings = Settings(**nested)  # type: ignore[arg-type]
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"][:2])
            reason = ": ".join([*map(str, fault["loc"][2:]), fault["msg"].removeprefix("Value error, ")])
            given = f" = {_shown(values[name])} ({sources[name]})" if name in values else ""
            faults.append(f"{name}{given}: {reason}")
    if faults:
        raise WrongSetting(*faults)
    return Configuration(settings, sources)


def _shown(value: Any) -> str:
    match value:
        case tuple():
            return ", ".join(part.issuer if isinstance(part, Trust) else str(part) for part in value)
        case dict():
            return ", ".join(f"{name} {rate[0]:g}/{rate[1]}" for name, rate in value.items())
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case str():
            return re.sub(r"(//[^/@]*?:)[^@]*@", r"\1***@", value)  # a password is not for the screen
        case _:
            return str(value)


def _no_such(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"no such setting, do you mean {near[0]}?" if near else "no such setting"


def _flat(tables: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for section, table in tables.items():
        if isinstance(table, Mapping):
            flat |= {f"{section}.{name}": value for name, value in table.items()}
        else:
            flat[section] = table
    return flat


def _from_file(file: Path | None) -> list[tuple[str, dict[str, Any]]]:
    path = file or DEFAULT_FILE
    if not path.is_file():
        if file is None:
            return []
        raise WrongSetting(f"{path}: no such file")
    try:
        return [(str(path), _flat(TomlConfigSettingsSource(Settings, path)()))]
    except (TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise WrongSetting(f"{path}: {error}") from error


def _from_environment(faults: list[str]) -> dict[str, Any]:
    known = {ENVIRONMENT_PREFIX + name.upper().replace(".", "__"): name for name in FIELDS}
    strange = [name for name in os.environ if name.upper().startswith(ENVIRONMENT_PREFIX)]
    strange = [name for name in strange if name.upper() not in known]
    faults += [f"{name} (environment): {_no_such(name.upper(), known)}" for name in strange]
    return {} if strange else _flat(EnvSettingsSource(Settings)())


def _from_sets(sets: Sequence[str], faults: list[str]) -> dict[str, str]:
    layer: dict[str, str] = {}
    for given in sets:
        name, equals, value = given.partition("=")
        if equals:
            layer[name.strip()] = value.strip()
        else:
            faults.append(f"{given} (command line): write it as name=value, as in limits.pose_hz=10")
    return layer
