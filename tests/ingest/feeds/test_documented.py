"""What docs/jt808.md and docs/vms.md show works as it stands there."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.ingest.feeds import build, formats
from fleet.ingest.formats import FORMATS
from fleet.ingest.formats.vms import Decoder
from fleet.ingest.jt808.models import DEFAULT, Alarm
from fleet.ingest.jt808.policy import KEYS
from fleet.ingest.vms.columns import KEYS as VMS_KEYS
from fleet.settings import Settings

DOCS = Path(__file__).parents[3] / "docs"


def shown(name: str, language: str = "toml") -> list[str]:
    text = (DOCS / name).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("name", ["jt808.md", "vms.md"])
def test_the_settings_shown_can_be_built(name: str) -> None:
    for example in shown(name):
        given = {"mqtt_url": "mqtt://u:p@127.0.0.1:1", **tomllib.loads(example)}
        settings = Settings.model_validate(given)
        assert len(build(settings)) == len(settings.feeds)
        assert len(formats(settings)) >= len(FORMATS)


def test_every_option_is_documented() -> None:
    for name, keys in (("jt808.md", KEYS), ("vms.md", VMS_KEYS)):
        text = (DOCS / name).read_text(encoding="utf-8")
        assert [key for key in keys if f"{key} = " not in text] == []


def test_every_alarm_is_documented() -> None:
    text = (DOCS / "jt808.md").read_text(encoding="utf-8")
    assert [alarm for alarm in Alarm if f"`{alarm}`" not in text] == []
    rows = re.findall(r"^\| ([\d, ]+) \| (.*?) \|", text, re.MULTILINE)
    told = {
        int(bit): name.strip("`")
        for bits, names in rows
        for bit, name in zip(bits.split(", "), names.split(", ") * 2, strict=False)
    }
    assert told == {bit: str(alarm) for bit, alarm in DEFAULT.items()}


def test_the_table_shown_is_read() -> None:
    (table,) = shown("vms.md", "csv")
    received = int(datetime(2026, 11, 24, tzinfo=UTC).timestamp() * 1_000_000)
    r = Decoder().feed(table.encode(), "", received)
    assert (r.names, len(r.fixes), r.rejects) == (("281001",), 1, {})
