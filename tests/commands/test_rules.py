"""`fleet rules` with a database: what is not evaluated and why, counts, how much was true."""

import json
from collections.abc import Callable
from typing import Any

from .conftest import Cli

JUDGED = """
insert into alert (kind, vessel, episode, severity, status, opened, last_seen, lon, lat, verdict,
                   shown)
select 'speed', 0, now() - make_interval(mins => g), 2, 'closed', now(), now(), 109, 18,
       case when g <= 3 then 'true' when g = 4 then 'false_alarm' when g = 5 then 'test' end, now()
from generate_series(1, 6) g"""


def test_what_people_called_true_and_what_is_not_evaluated(
    port: Cli, sql: Callable[..., list[dict[str, Any]]]
) -> None:
    sql("insert into vessel (id, name) values (0, '') on conflict do nothing")
    sql(JUDGED)
    result = port("rules", "--json")
    assert result.status == 0, result.err
    found = {entry["kind"]: entry for entry in json.loads(result.out)}
    speed = found["speed"]
    assert (speed["day"], speed["precision"]) == (6, 0.75)
    assert speed["verdicts"] == {"true": 3, "false_alarm": 1, "test": 1}
    assert found["distress"]["precision"] is None
    assert found["overdue"]["data"] == "not_evaluated"
    assert found["overdue"]["why_en"].startswith("not evaluated, because ")
    assert found["overdue"]["why_zh"].startswith("未评估，因为")


def test_the_table_says_it_in_words(port: Cli, sql: Callable[..., list[dict[str, Any]]]) -> None:
    sql("insert into vessel (id, name) values (0, '') on conflict do nothing")
    sql(JUDGED)
    shown = " ".join(port("rules").out.split())
    assert "75%" in shown
    assert "3 of 4" in shown
