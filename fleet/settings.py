"""Every setting, from `FLEET_*` variables and a TOML file; a wrong key or value is named at start.

Order of precedence: command line, environment, TOML file, the defaults below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class FeedSettings(BaseModel, extra="forbid"):
    """One feed: [[feeds]] in the TOML file, or FLEET_FEEDS as a JSON list."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")
    kind: Literal["tcp_client", "tcp_listener", "udp", "file", "mqtt"]
    format: str = "nmea"
    address: str = ""  #: host:port, or a path for kind "file"
    topic: str = ""  #: MQTT topic filter
    allow: tuple[str, ...] = ()  #: peers a listener accepts (CIDR); empty: all


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FLEET_", extra="forbid")

    database_url: SecretStr = SecretStr("")
    mqtt_url: SecretStr = SecretStr("")  #: mqtt[s]://user:password@host:port
    mqtt_client_id: str = "fleet-worker"  #: names the persistent session
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    insecure_http: bool = False  #: allow plain HTTP beyond loopback
    trusted_proxy: bool = False  #: believe X-Forwarded-* of the peer
    data_dir: Path = Path("var")  #: spool and exports
    spool_mb: int = Field(default=512, ge=1)
    timezone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    feeds: tuple[FeedSettings, ...] = ()
    stale_after_s: float = Field(default=30, gt=0)  #: worker beat older: "no monitoring since"
    session_idle_min: int = Field(default=30, ge=1)
    session_max_h: int = Field(default=12, ge=1)
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
