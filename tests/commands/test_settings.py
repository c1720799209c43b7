from collections.abc import Mapping
from pathlib import Path

import pytest

from fleet.settings import Settings, SettingsError, read

COMMANDS = ("replay", "user", "run")


def settings(
    environ: Mapping[str, str] | None = None,
    toml: str | None = None,
    tmp: Path = Path(),
    **cli: object,
) -> Settings:
    path = None
    if toml is not None:
        path = tmp / "fleet.toml"
        path.write_text(toml, encoding="utf-8")
    return read(environ or {}, path, COMMANDS).settings(cli)


def wrong(
    environ: Mapping[str, str] | None = None,
    toml: str | None = None,
    tmp: Path = Path(),
    **cli: object,
) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(environ, toml, tmp, **cli)
    said = str(caught.value)
    assert "\n" not in said, "one line"
    return said


def test_precedence_is_command_line_environment_file_default(tmp_path: Path) -> None:
    environ = {"FLEET_PORT": "3"}
    assert settings().port == 8000
    assert settings(toml="port = 2", tmp=tmp_path).port == 2
    assert settings(environ, "port = 2", tmp_path).port == 3
    assert settings(environ, "port = 2", tmp_path, port="4").port == 4


def test_every_setting_has_a_description_and_a_default() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("prot = 1", "prot (did you mean port?)"),
        ('port = "x"', "port: 'x'"),
        ("port = 70000", "65535"),
        ("port", "is not TOML"),
        ('timezone = "Mars"', "timezone: 'Mars': is no time zone"),
        ('database_url = "mysql://x"', "must look like postgresql://"),
        ('mqtt_url = "http://x"', "must look like mqtt://"),
        ('mqtt_url = "mqtt://h:port"', "must look like mqtt://"),
        ('webhook_allow = ["10.0.0.0/33"]', "'10.0.0.0/33' is no network"),
        ('[[feeds]]\nname = "a"\nkind = "udp"\naddress = "x"', "'x' must be host:port"),
        ('[[feeds]]\nname = "A b"\nkind = "udp"\naddress = ":1"', "feeds[0].name"),
        ('[[feeds]]\nname = "a"\nkind = "udp"\nadress = ":1"', "(did you mean address?)"),
        ('[[feeds]]\nname = "a"\nkind = "mqtt"\naddress = ":1"', "needs `topic`"),
        (
            '[[feeds]]\nname = "a"\nkind = "udp"\naddress = "127.0.0.1:1"\n' * 2,
            "two feeds are called a",
        ),
        ("[replya]\nspeed = 1", "replya (did you mean replay?)"),
    ],
)
def test_a_wrong_key_or_value_of_the_file_is_named(toml: str, said: str, tmp_path: Path) -> None:
    assert said in wrong(toml=toml, tmp=tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FLEET_PORT", "x", "FLEET_PORT: 'x'"),
        ("FLEET_FEEDS", "[{", "FLEET_FEEDS: is not JSON"),
        ("FLEET_FEEDS", '[{"name": "a"}]', "FLEET_FEEDS[0].kind"),
        ("FLEET_LOG_LEVEL", "loud", "FLEET_LOG_LEVEL: 'loud'"),
        ("FLEET_CONFIG", "/nowhere/fleet.toml", "/nowhere/fleet.toml: cannot be read"),
        ("FLEET_MQTT_URL_FILE", "/nowhere/secret", "FLEET_MQTT_URL_FILE"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, said: str) -> None:
    assert said in wrong({name: value})


def test_a_wrong_secret_is_not_shown() -> None:
    assert "geheim" not in wrong({"FLEET_DATABASE_URL": "mysql://u:geheim@h/d"})


def test_an_empty_variable_is_not_given() -> None:
    assert settings({"FLEET_PORT": "", "FLEET_DATABASE_URL": ""}).port == 8000


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://u:p@h/d\n")
    found = settings({"FLEET_DATABASE_URL_FILE": str(secret)})
    assert found.database_url.get_secret_value() == "postgresql://u:p@h/d"
    assert settings(toml=f'database_url_file = "{secret}"', tmp=tmp_path) == found


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    both = {"FLEET_WEBHOOK_SECRET": "a", "FLEET_WEBHOOK_SECRET_FILE": str(tmp_path)}
    assert "keep one of the two" in wrong(both) or "cannot be read" in wrong(both)


def test_a_variable_wins_over_a_secret_file_of_the_toml(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("mqtt://file")
    found = settings({"FLEET_MQTT_URL": "mqtt://env"}, f'mqtt_url_file = "{secret}"', tmp_path)
    assert found.mqtt_url.get_secret_value() == "mqtt://env"


@pytest.mark.parametrize("kind", ["udp", "tcp_listener"])
def test_whoever_listens_beyond_this_machine_says_to_whom(kind: str, tmp_path: Path) -> None:
    def listening(address: str, more: str = "") -> str:
        return f'[[feeds]]\nname = "shore"\nkind = "{kind}"\naddress = "{address}"\n{more}'

    for open_to_all in ("0.0.0.0:1", ":1", "*:1", "[::]:1", "192.0.2.7:1", "port-office:1"):
        for allow in ("", "allow = []"):
            said = wrong(toml=listening(open_to_all, allow), tmp=tmp_path)
            assert "feeds.shore.allow must name the networks" in said
        allowed = listening(open_to_all, 'allow = ["192.0.2.0/24"]')
        assert settings(toml=allowed, tmp=tmp_path).feeds[0].allow == ("192.0.2.0/24",)
    for own in ("127.0.0.1:1", "127.8.8.8:1", "localhost:1", "[::1]:1"):
        assert settings(toml=listening(own), tmp=tmp_path).feeds[0].allow == ()
    client = listening("192.0.2.7:1").replace(kind, "tcp_client")
    assert settings(toml=client, tmp=tmp_path).feeds


def test_feeds_from_either_place_are_the_same(tmp_path: Path) -> None:
    toml = '[[feeds]]\nname = "ais"\nkind = "tcp_client"\naddress = "h:1"'
    json = '[{"name": "ais", "kind": "tcp_client", "address": "h:1"}]'
    assert settings(toml=toml, tmp=tmp_path) == settings({"FLEET_FEEDS": json})
