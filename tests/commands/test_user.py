import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fleet.api.passwords import hasher

from .conftest import PASSWORD, Cli

Sql = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def crew(port: Cli, sql: Sql, password_file: Path) -> Cli:
    sql("insert into person (code, name) values ('P1', '甲')")
    sql("insert into party_org (code, tier, kind, name) values ('A1', 'N', '协会', 'x')")
    result = port("user", "create", "boss", "--role", "admin", "--password-file", password_file)
    assert result.status == 0, result.err
    return port


def session(sql: Sql) -> None:
    sql(
        "insert into session select '\\x01', id, 'browser', '', now(), now(), now() + '1 h'"
        " from account where login = 'boss'"
    )


def test_create_and_list(crew: Cli, sql: Sql) -> None:
    made = crew("user", "create", "m", "--role", "member", "--person", "P1", "--generate")
    assert made.status == 0, made.err
    password = made.out.split(" with ")[1].split()[0]
    row = sql("select a.*, p.code from account a join person p on p.id = a.person")[0]
    assert hasher().verify(row["password_hash"], password)
    assert row["must_change"], "a generated password is for the first sign-in only"
    listed = json.loads(crew("user", "list", "--json").out)
    assert [(u["login"], u["role"], u["person"]) for u in listed] == [
        ("boss", "admin", None),
        ("m", "member", "P1"),
    ]
    assert "password" not in json.dumps(listed)
    assert "boss" in crew("user", "list").out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["create", "boss", "--role", "admin"], 3, "there is an account boss already"),
        (["create", "x", "--role", "member"], 2, "needs --person"),
        (["create", "x", "--role", "association"], 2, "needs --org"),
        (["create", "x", "--role", "member", "--person", "P9"], 3, "no person with the code P9"),
        (["create", "x", "--role", "king"], 2, "'king' is not one of"),
        (["create", "a b", "--role", "admin"], 2, "'a b' is no login"),
        (["reset", "nobody"], 3, "there is no account nobody"),
        (["lock", "nobody"], 3, "there is no account nobody"),
        (["lock", "boss"], 3, "boss is the last administrator"),
    ],
)
def test_what_cannot_be_is_said(crew: Cli, arguments: list[str], status: int, said: str) -> None:
    result = crew("user", *arguments)
    assert result.status == status
    assert said in result.err


def test_reset_signs_out_and_wants_a_change(crew: Cli, sql: Sql) -> None:
    session(sql)
    result = crew("user", "reset", "boss", "--generate")
    assert result.status == 0
    row = sql("select password_hash, must_change from account")[0]
    assert row["must_change"]
    assert not _fits(row["password_hash"], PASSWORD)
    assert sql("select * from session") == []


def _fits(stored: str, password: str) -> bool:
    try:
        return hasher().verify(stored, password)
    except Exception:  # noqa: BLE001 -- any reason is a no
        return False


def test_lock_signs_out_and_unlock_forgets(crew: Cli, sql: Sql, password_file: Path) -> None:
    crew("user", "create", "two", "--role", "admin", "--password-file", password_file)
    session(sql)
    assert crew("user", "lock", "boss").status == 0
    assert sql("select disabled from account where login = 'boss'") == [{"disabled": True}]
    assert sql("select * from session") == []
    sql("update account set locked_until = now() + '1 h', failures = 9 where login = 'boss'")
    for key in ("account:boss", "pair:boss:10.0.0.1", "place:boss:10.0.0.1", "account:bossy"):
        sql("insert into login_attempt (key, count, since) values (%s, 9, now())", key)
    assert crew("user", "unlock", "boss").status == 0
    left = {r["key"] for r in sql("select key from login_attempt")}
    assert left == {"place:boss:10.0.0.1", "account:bossy"}
    row = sql("select disabled, failures, locked_until from account where login = 'boss'")[0]
    assert row == {"disabled": False, "failures": 0, "locked_until": None}


def test_an_association_sees_its_own(crew: Cli, sql: Sql) -> None:
    crew("user", "create", "a", "--role", "association", "--org", "A1", "--language", "en")
    rows = sql("select o.code, a.language from account a join party_org o on o.id = a.org")
    assert rows == [{"code": "A1", "language": "en"}]
