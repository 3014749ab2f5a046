"""Configuration: precedence, refusals in one line, and the README's table."""

from __future__ import annotations

import ipaddress
from dataclasses import fields
from pathlib import Path

import pytest

from breachwire.config import Config, load
from breachwire.errors import ConfigError

README = Path(__file__).resolve().parents[2] / "README.md"


def test_defaults_need_no_file(tmp_path: Path) -> None:
    config = load({}, overrides={"db": str(tmp_path / "wire.sqlite3")})
    assert config.database() == f"sqlite:///{tmp_path / 'wire.sqlite3'}"
    assert config.poll_minutes == 30


def test_command_line_wins_over_environment_over_file(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('poll_minutes = 40\ntime_zone = "Europe/Vienna"\nfetch_pages = false\n')
    environ = {"BREACHWIRE_CONFIG": str(file), "BREACHWIRE_POLL_MINUTES": "50"}
    assert load(environ).poll_minutes == 50
    assert load(environ, overrides={"poll_minutes": 60}).poll_minutes == 60
    assert load(environ).time_zone == "Europe/Vienna"
    assert load(environ).fetch_pages is False


def test_a_table_is_its_keys_prefix_and_the_key_comes_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('[model]\nendpoint = "http://127.0.0.1:1/v1"\nname = "m"\nbudget = 7\n')
    config = load({"BREACHWIRE_CONFIG": str(file), "BREACHWIRE_MODEL_KEY": "s3cret"})
    assert (config.model_endpoint, config.model_name) == ("http://127.0.0.1:1/v1", "m")
    assert (config.model_budget, config.model_key) == (7, "s3cret")
    assert "s3cret" not in repr(config)


def test_networks_come_as_text_or_list(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text('allow_private = ["127.0.0.0/8", "fd00::/8"]\n')
    wanted = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/8"))
    assert load({"BREACHWIRE_CONFIG": str(file)}).allow_private == wanted
    assert load({"BREACHWIRE_ALLOW_PRIVATE": "127.0.0.0/8, fd00::/8"}).allow_private == wanted


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("pol_minutes = 3", "unknown setting 'pol_minutes'"),
        ("poll_minutes = 1", "poll_minutes: 1 is not within 5 and 1440"),
        ('poll_minutes = "often"', "poll_minutes: 'often' is not a int"),
        ('time_zone = "Mars/Base"', "no zone 'Mars/Base'"),
        ('base_url = "wire.example"', "does not start with http"),
        ('allow_private = ["10.0.0.0/99"]', "allow_private"),
        ("poll_minutes = ", "b.toml"),
        ('[model]\nkey = "secret"', "belongs into BREACHWIRE_MODEL_KEY"),
        ('[model]\nendpoint = "http://127.0.0.1:1/v1"', "model_name: name the model"),
        ('[model]\nendpoint = "127.0.0.1:1"\nname = "m"', "is no http or https address"),
        ("[model]\nbudget = 0", "model_budget: 0 is not within"),
        ("[model]\ntemperature = 1", "unknown setting 'model_temperature'"),
        ('[smtp]\npassword = "s3cret"', "belongs into BREACHWIRE_SMTP_PASSWORD"),
        ('[smtp]\nhost = "mx.wire.example"', "mail_from: write the newsletter's sender"),
        ('mail_from = "N <n@wire.example>"\n[smtp]\nhost = "mx"', "base_url: links in mails"),
        (
            'base_url = "http://w.example"\nmail_from = "N <n@w.example>"\n[smtp]\nhost = "mx"',
            "with https",
        ),
        ('[smtp]\nhost = "mx.wire.example"\nsecurity = "none"', "in the clear"),
        ('[smtp]\nsecurity = "ssl"', "smtp_security: 'ssl' is none of"),
        ('[newsletter]\nday = "freitag"', "newsletter_day: 'freitag' is none of"),
        ('[newsletter]\npoints = "new many"', "newsletter_points: 'new many'"),
        ('[newsletter]\npoints = "shouting 3"', "newsletter_points: 'shouting 3'"),
        ("[newsletter]\nhour = 24", "newsletter_hour: 24 is not within"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "b.toml"
    file.write_text(line)
    with pytest.raises(ConfigError) as error:
        load({"BREACHWIRE_CONFIG": str(file)})
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_named_file_that_is_missing_is_said() -> None:
    with pytest.raises(ConfigError, match="no configuration file"):
        load({"BREACHWIRE_CONFIG": "/nowhere/b.toml"})


def test_the_readme_lists_every_setting() -> None:
    text = README.read_text("utf-8")
    missing = [f.name for f in fields(Config) if f"`{f.name}`" not in text]
    assert not missing
