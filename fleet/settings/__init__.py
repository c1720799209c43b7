"""Every setting, from `FLEET_*` variables and a TOML file; a wrong key or value is named at start.

Order of precedence: command line, environment, TOML file, the defaults below. A secret may also
stand in a file named by `FLEET_<NAME>_FILE`. Nothing is read at import.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError, model_validator

from fleet.settings.feeds import FeedSettings, Networks, TopicSettings

__all__ = [
    "PREFIX",
    "FeedSettings",
    "Given",
    "Layers",
    "Settings",
    "SettingsError",
    "TopicSettings",
    "hint",
    "read",
    "unknown_variables",
    "variables",
]

PREFIX = "FLEET_"
FILE = "fleet.toml"
ELSEWHERE = frozenset(
    {
        "FLEET_CONFIG",
        "FLEET_DEBUG",
        "FLEET_SIMULATOR_MQTT_URL",
        "FLEET_NODE",
        "FLEET_SKIP_CONSOLE",
        "FLEET_REAL_DATA",
        "FLEET_CHROMIUM",
        "FLEET_CRASH_SEED",
        "FLEET_SITE",
        "FLEET_BACKUPS",
    }
)
"""Variables that other programs of the project read: known, but no settings of the service."""


class SettingsError(Exception):
    """One wrong key or value, named with where it stands."""


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone (such as Asia/Shanghai)") from None
    return value


def _url(*schemes: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not _is_url(text, schemes):
            raise ValueError(f"must look like {schemes[0]}://user:password@host:port")
        return value

    return AfterValidator(check)


def _is_url(text: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _database(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if text and "=" not in text and not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must look like postgresql://user:password@host:port/database")
    return value


DatabaseUrl: TypeAlias = Annotated[SecretStr, AfterValidator(_database)]
MqttUrl: TypeAlias = Annotated[SecretStr, _url("mqtt", "mqtts")]


class Settings(BaseModel, extra="forbid", frozen=True):
    database_url: DatabaseUrl = Field(SecretStr(""), description="The database, as a URL.")
    mqtt_url: MqttUrl = Field(SecretStr(""), description="mqtt[s]://user:password@host:port")
    mqtt_client_id: str = Field("fleet-worker", description="Names the persistent MQTT session.")
    host: str = Field("127.0.0.1", description="Address that the API listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the API listens on.")
    insecure_http: bool = Field(False, description="Allow plain HTTP beyond loopback.")
    trusted_proxy: bool = Field(False, description="Believe X-Forwarded-* of the peer.")
    data_dir: Path = Field(Path("var"), description="Folder for the spool and exports.")
    spool_mb: int = Field(512, ge=1, description="Bound of the spool on disk.")
    dedup_window_s: float = Field(
        30, ge=0, description="How far apart stations may tell one report that has no time."
    )
    new_vessels_per_min: int = Field(
        1000, ge=1, description="Identities taken in for good; an hour's worth at once."
    )
    keep_positions_d: int = Field(90, ge=0, description="Days that fixes are kept; 0: for ever.")
    keep_records_d: int = Field(
        90, ge=0, description="Days that AIS application data is kept; 0: for ever."
    )
    keep_history_d: int = Field(
        1827, ge=0, description="Days that closed cases, safety texts and statistics are kept."
    )
    compress_after_d: int = Field(
        7, ge=1, description="Days until fixes are compressed, where the database can."
    )
    ballast_mb: int = Field(
        64, ge=0, description="Room held on the database's disk, given up when that is full."
    )
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(
        "Asia/Shanghai", description="For display, seasons, the roster and reports."
    )
    language: Literal["zh", "en"] = Field("zh", description="Of messages nobody chose one for.")
    feeds: tuple[FeedSettings, ...] = Field((), description="Where positions come from.")
    jt808_secret: SecretStr = Field(
        SecretStr(""), description="Seals the codes that JT/T 808 terminals authenticate with."
    )
    stale_after_s: float = Field(
        30, gt=0, description='A worker silent for longer shows as "no monitoring since".'
    )
    session_idle_min: int = Field(30, ge=1, description="A browser session ends after this pause.")
    session_max_h: int = Field(12, ge=1, description="A browser session ends after this long.")
    webhook_allow: Networks = Field(
        (), description="Private networks (CIDR) that the webhook may reach."
    )
    webhook_url: str = Field("", description="Where the outbox posts notifications.")
    webhook_secret: SecretStr = Field(SecretStr(""), description="Signs what the webhook gets.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Log from.")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @model_validator(mode="after")
    def _feeds_differ(self) -> Settings:
        names = [f.name for f in self.feeds]
        twice = next((n for n in names if names.count(n) > 1), None)
        if twice:
            raise ValueError(f"two feeds are called {twice}")
        return self


SECRETS = tuple(n for n, f in Settings.model_fields.items() if f.annotation is SecretStr)
LISTS = frozenset({"feeds", "webhook_allow"})
"""Settings that a variable gives as JSON."""


@dataclass(frozen=True, slots=True)
class Given:
    """One value and where it stands, for the message when it is wrong."""

    value: Any
    where: str


@dataclass(frozen=True, slots=True)
class Layers:
    """What environment and file say, before the command line has its word."""

    given: Mapping[str, Given] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)  #: options of commands, from the file
    path: Path | None = None  #: the file, where there was one

    def settings(self, cli: Mapping[str, Any] | None = None) -> Settings:
        """All settings; raises SettingsError for the first wrong one."""
        last = {k: Given(v, "--" + k.replace("_", "-")) for k, v in (cli or {}).items()}
        merged = {**self.given, **last}
        try:
            return Settings.model_validate({k: g.value for k, g in merged.items()})
        except ValidationError as error:
            raise SettingsError(_sentence(error, merged)) from None


def read(environ: Mapping[str, str], path: Path | None, commands: Collection[str]) -> Layers:
    """Read the file (named, FLEET_CONFIG, or ./fleet.toml where there is one) and environment."""
    found = _found(environ, path)
    name, body = str(found), _read(found) if found else {}
    tables = {k: v for k, v in body.items() if k in commands and isinstance(v, dict)}
    known = [*Settings.model_fields, *(f"{s}_file" for s in SECRETS)]
    for key in body.keys() - tables.keys() - set(known):
        raise SettingsError(f"{name}: no such key: {key}{hint(key, [*known, *commands])}")
    rest = {k: Given(v, f"{name}: {k}") for k, v in body.items() if k not in tables}
    return Layers({**_secrets(rest), **_secrets(dict(_environment(environ)))}, tables, found)


def unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """FLEET_* variables that are no settings; they may be options of commands."""
    for name in sorted(environ):
        key = name.removeprefix(PREFIX).lower()
        if name.startswith(PREFIX) and name not in ELSEWHERE and key not in _names():
            yield name


def hint(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""


def variables() -> list[str]:
    """Every variable that sets a setting."""
    return [PREFIX + n.upper() for n in _names()]


def _names() -> list[str]:
    return [*Settings.model_fields, *(f"{s}_file" for s in SECRETS)]


def _found(environ: Mapping[str, str], path: Path | None) -> Path | None:
    """The file that is named, or the one that is here."""
    if path is None and environ.get("FLEET_CONFIG"):
        path = Path(environ["FLEET_CONFIG"])
    return path or (Path(FILE) if Path(FILE).exists() else None)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML: {error}") from None


def _environment(environ: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    """Yield settings from variables; an empty one counts as not given."""
    for key in _names():
        text = environ.get(PREFIX + key.upper(), "")
        if text:
            yield key, Given(_parsed(key, text), PREFIX + key.upper())


def _parsed(key: str, text: str) -> Any:
    if key not in LISTS:
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"{PREFIX}{key.upper()}: is not JSON: {error}") from None


def _secrets(given: dict[str, Given]) -> dict[str, Given]:
    """Put the contents of `*_file` in the place of the secret."""
    out = {k: g for k, g in given.items() if k in Settings.model_fields}
    for key in SECRETS:
        named = given.get(f"{key}_file")
        if named is None:
            continue
        if key in out:
            raise SettingsError(f"{named.where}: {key} is given as well; keep one of the two")
        out[key] = Given(_content(named), named.where)
    return out


def _content(named: Given) -> str:
    try:
        return Path(str(named.value)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{named.where}: {named.value} cannot be read: {error}") from None


def _sentence(error: ValidationError, given: Mapping[str, Given]) -> str:
    first = error.errors(include_url=False)[0]
    loc = [str(part) for part in first["loc"]]
    key = loc[0] if loc else "feeds"
    where = given[key].where if key in given else key
    inner = "".join(f"[{p}]" if p.isdigit() else f".{p}" for p in loc[1:])
    said = first["msg"].removeprefix("Value error, ")
    value = first.get("input")
    plain = key not in SECRETS and isinstance(value, str | int | float)
    shown = f": {value!r}" if plain and loc else ""
    fields = (TopicSettings if "topics" in loc else FeedSettings).model_fields
    tail = hint(loc[-1], fields) if first["type"] == "extra_forbidden" else ""
    return f"{where}{inner}{shown}: {said[:1].lower()}{said[1:]}{tail}"
