"""Configuration: a TOML file and the environment → one frozen value, passed as an argument.

A table is its keys' prefix: `endpoint` under `[model]` is the setting `model_endpoint`.
Precedence: command line, then `BREACHWIRE_*` in the environment, then the file named by
`BREACHWIRE_CONFIG` (default `breachwire.toml` in the user's configuration folder). An unknown key
or a value of the wrong shape is a ConfigError that names it. The README's table lists every
setting; a test holds the two together.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from email.utils import parseaddr
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_config_path, user_data_path

from breachwire.errors import ConfigError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LIVE_DAYS = 90
"""Days for which the threader compares what comes in with what is there, and some more."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default."""

    db: str = ""
    """Store: a path, `sqlite:///PATH` or `postgresql://…`. Empty: `breachwire.sqlite3` in the
    user's data folder."""
    base_url: str = ""
    """Address readers reach the service by. Empty: that of the server itself."""
    contact: str = ""
    """Mail or web address in the User-Agent, by which an outlet can reach the operator."""
    time_zone: str = "UTC"
    """Time zone by which the wire's days are cut (IANA name)."""
    poll_minutes: int = 30
    """Usual interval between two polls of a feed; a feed's own ttl may lengthen it."""
    fetch_pages: bool = True
    """Fetch article pages; off: the feeds' own texts serve."""
    fetch_threads: int = 8
    """How many hosts are asked at once; each one takes one request at a time."""
    log_format: str = "lines"
    """`lines` (faults alone, in words) or `json` (a line for each step of each article, too, with
    the ids of feed, article and thread)."""
    backfill_pause: int = 2
    """Seconds between two requests to a host whose past is read; its Crawl-delay may be longer."""
    embedding_model: str = "all-MiniLM-L6-v2"
    """The packaged default, or any sentence-transformers name or folder."""
    calibration: str = ""
    """Where `breachwire calibrate` writes. Empty: `calibration` in the user's data folder."""
    speech: str = "espeak"
    """Voice of the audio: `espeak`, `piper` (a neural voice, `pip install 'breachwire[piper]'`) or
    `off`."""
    voice: str = ""
    """espeak: a voice's name (empty: `en-us`); piper: the path of its `.onnx` file."""
    audio_folder: str = ""
    """Where recordings are kept. Empty: a folder beside the store's file."""
    audio_megabytes: int = 500
    """Size of all recordings together; the longest unused go first."""
    audio_days: int = 30
    """Days that a recording nobody asks for is kept."""
    audio_ahead: str = "off"
    """What is recorded before anybody asks: `off`, `podcast` (each day once it is over) or `briefs`
    (those of incidents that changed in the last day, too)."""
    watch_days: int = 0
    """Days after which a watch list or saved search that nobody uses is erased; 0: never."""
    watch_webhooks: bool = False
    """Whether whoever has a watch list or saved search may register webhooks for it, by the API."""
    retain_texts: int = 0
    """Days after its thread's last report that an article's text is kept whole; what is quoted of
    it stays. At least 90, or 0: for ever."""
    retain_briefs: int = 0
    """Days that a superseded version of a brief is kept; signed ones stay. 0: for ever."""
    retain_letters: int = 400
    """Days that it is kept who was sent which letter; 0: for ever."""
    retain_reports: int = 365
    """Days that settled error reports are kept; 0: for ever."""
    retain_log: int = 0
    """Days that edits are kept in the audit log; what a rule rests on stays. 0: for ever."""
    retain_archives: int = 0
    """Days that it is kept what a backfill has read; 0: for ever."""
    retain_left: int = 90
    """Days that the address of who left the newsletter is kept."""
    retain_suppressed: int = 0
    """Days that the digest of an erased address keeps it from being entered again; 0: for ever."""
    allow_private: tuple[Network, ...] = ()
    """Private networks (CIDR) that may be fetched from; opens all their ports."""
    model_endpoint: str = ""
    """Base address of an OpenAI-compatible server that may write briefs. Empty: none does."""
    model_name: str = ""
    """The model asked for, as the endpoint names it."""
    model_key: str = field(default="", repr=False)
    """The endpoint's key; from the environment alone, so that it stands in no file."""
    model_budget: int = 1_000_000
    """Tokens a day (UTC), prompts and answers together."""
    model_timeout: int = 120
    """Seconds for a whole answer."""
    smtp_host: str = ""
    """Mail server that takes the newsletter. Empty: there is no newsletter."""
    smtp_port: int = 587
    """Its port; 465 for `tls`."""
    smtp_security: str = "starttls"
    """`starttls`, `tls` (from the first byte) or `none` (on a loopback address only)."""
    smtp_user: str = ""
    """Name to log in with. Empty: no login."""
    smtp_password: str = field(default="", repr=False)
    """Its password; from the environment alone, so that it stands in no file."""
    smtp_ca: str = ""
    """PEM file of the authority behind the server's certificate. Empty: the system's."""
    smtp_rate: int = 120
    """Mails a minute."""
    mail_from: str = ""
    """Sender of the newsletter: `Name <address>`."""
    mail_imprint: str = ""
    """Line at a mail's foot: who sends it, postal address."""
    mail_bounces: int = 3
    """Mails that come back for good before an address gets no more."""
    dkim_domain: str = ""
    """Domain that signs the mails (DKIM). Empty: the mail server may do it."""
    dkim_selector: str = ""
    """The key's name in that domain's DNS."""
    dkim_key: str = ""
    """PEM file of the private key."""
    newsletter_day: str = "friday"
    """Day of the weekly issue."""
    newsletter_hour: int = 8
    """Hour of an issue, in `time_zone`."""
    newsletter_items: int = 10
    """Threads of an issue at most."""
    newsletter_section_items: int = 4
    """Of them of one section, for readers who want all sections."""
    newsletter_points: str = "incident 2, new 3, change 2, origins 1, people 1"
    """What a thread is chosen by: points for each."""

    def database(self) -> str:
        """The store's URL."""
        if not self.db:
            return f"sqlite:///{user_data_path('breachwire') / 'breachwire.sqlite3'}"
        return self.db if "://" in self.db else f"sqlite:///{Path(self.db).expanduser()}"

    def calibrations(self) -> Path:
        """The folder of other models' calibrations."""
        own = self.calibration
        return Path(own).expanduser() if own else user_data_path("breachwire") / "calibration"


def load(
    environ: Mapping[str, str] | None = None, *, overrides: Mapping[str, Any] | None = None
) -> Config:
    """Read file and environment; `overrides` (the command line) win where they are not None.

    Raises ConfigError.
    """
    environ = os.environ if environ is None else environ
    raw = _file(environ)
    for setting in fields(Config):
        if value := environ.get(f"BREACHWIRE_{setting.name.upper()}"):
            raw[setting.name] = value
    raw |= {name: value for name, value in (overrides or {}).items() if value is not None}
    hints = get_type_hints(Config)
    if unknown := sorted(set(raw) - hints.keys()):
        raise ConfigError(f"unknown setting {unknown[0]!r}; README.md lists the settings")
    return _checked(
        replace(Config(), **{name: _cast(name, raw[name], hints[name]) for name in raw})
    )


def networks(text: str | list[str]) -> tuple[Network, ...]:
    """CIDRs, separated by commas or in a list. Raises ConfigError."""
    parts = text.split(",") if isinstance(text, str) else text
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in parts if part.strip())
    except ValueError as error:
        raise ConfigError(f"allow_private: {error}; write it as 10.0.0.0/8") from None


def _file(environ: Mapping[str, str]) -> dict[str, Any]:
    named = environ.get("BREACHWIRE_CONFIG")
    path = Path(named) if named else user_config_path("breachwire") / "breachwire.toml"
    try:
        raw = _flat(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        if named:
            raise ConfigError(f"no configuration file {path} (BREACHWIRE_CONFIG)") from None
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if "model_key" in raw:
        raise ConfigError(f"{path}: the model's key belongs into BREACHWIRE_MODEL_KEY, in no file")
    if "smtp_password" in raw:
        raise ConfigError(f"{path}: the password belongs into BREACHWIRE_SMTP_PASSWORD, in no file")
    return raw


def _flat(raw: Mapping[str, Any]) -> dict[str, Any]:
    """[model] with endpoint = … as model_endpoint = …"""
    found: dict[str, Any] = {}
    for name, value in raw.items():
        inner = value if isinstance(value, dict) else {"": value}
        found |= {f"{name}_{key}".rstrip("_"): one for key, one in inner.items()}
    return found


def _cast(name: str, value: Any, kind: Any) -> Any:
    if name == "allow_private":
        return value if isinstance(value, tuple) else networks(value)
    if kind is bool and isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    if kind is int and isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if type(value) is not kind:
        raise ConfigError(f"{name}: {value!r} is not a {kind.__name__}")
    return value


_LOGS = ("lines", "json")
_VOICES = ("espeak", "piper", "off")
_AHEAD = ("off", "podcast", "briefs")
_BOUNDS = (
    ("poll_minutes", 5, 1440),
    ("fetch_threads", 1, 64),
    ("backfill_pause", 0, 600),
    ("audio_megabytes", 10, 1_000_000),
    ("audio_days", 1, 3650),
    ("watch_days", 0, 36_500),
    ("retain_texts", 0, 36_500),
    ("retain_briefs", 0, 36_500),
    ("retain_letters", 0, 36_500),
    ("retain_reports", 0, 36_500),
    ("retain_log", 0, 36_500),
    ("retain_archives", 0, 36_500),
    ("retain_left", 1, 3_650),
    ("retain_suppressed", 0, 36_500),
    ("model_budget", 1, 10**12),
    ("model_timeout", 1, 3600),
    ("smtp_port", 1, 65_535),
    ("smtp_rate", 1, 100_000),
    ("mail_bounces", 1, 100),
    ("newsletter_hour", 0, 23),
    ("newsletter_items", 1, 30),
    ("newsletter_section_items", 1, 30),
)
_SECURITIES = ("starttls", "tls", "none")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_POINTS = ("incident", "new", "change", "origins", "people")
_WORDS = {"1": True, "true": True, "yes": True, "on": True,
          "0": False, "false": False, "no": False, "off": False}  # fmt: skip


def _checked(config: Config) -> Config:
    try:
        ZoneInfo(config.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"time_zone: no zone {config.time_zone!r}; write it as Europe/Vienna"
        ) from None
    if config.base_url and urlsplit(config.base_url).scheme not in ("http", "https"):
        raise ConfigError(f"base_url: {config.base_url!r} does not start with http:// or https://")
    if config.log_format not in _LOGS:
        raise ConfigError(f"log_format: {config.log_format!r} is none of {', '.join(_LOGS)}")
    if config.speech not in _VOICES:
        raise ConfigError(f"speech: {config.speech!r} is none of {', '.join(_VOICES)}")
    if config.audio_ahead not in _AHEAD:
        raise ConfigError(f"audio_ahead: {config.audio_ahead!r} is none of {', '.join(_AHEAD)}")
    for name, low, high in _BOUNDS:
        if not low <= getattr(config, name) <= high:
            raise ConfigError(f"{name}: {getattr(config, name)} is not within {low} and {high}")
    if 0 < config.retain_texts < LIVE_DAYS:
        raise ConfigError(f"retain_texts: what is newer than {LIVE_DAYS} days is still read")
    points(config)
    return _mail_checked(_model_checked(config))


def points(config: Config) -> dict[str, float]:
    """`newsletter_points` as numbers; what is not named counts nothing. Raises ConfigError."""
    found = dict.fromkeys(_POINTS, 0.0)
    for part in filter(None, (part.strip() for part in config.newsletter_points.split(","))):
        name, _, number = part.partition(" ")
        if name not in found or not re.fullmatch(r"\d{1,3}(\.\d+)?", number.strip()):
            raise ConfigError(
                f"newsletter_points: {part!r}; write it as `new 3, change 2`,"
                f" of {', '.join(_POINTS)}"
            )
        found[name] = float(number)
    return found


def weekday(config: Config) -> int:
    """The weekly issue's day; Monday is 0."""
    return _DAYS.index(config.newsletter_day)


def _mail_checked(config: Config) -> Config:
    if config.newsletter_day not in _DAYS:
        raise ConfigError(
            f"newsletter_day: {config.newsletter_day!r} is none of {', '.join(_DAYS)}"
        )
    if config.smtp_security not in _SECURITIES:
        raise ConfigError(
            f"smtp_security: {config.smtp_security!r} is none of {', '.join(_SECURITIES)}"
        )
    if not config.smtp_host:
        return config
    if config.smtp_security == "none" and not _loopback(config.smtp_host):
        raise ConfigError("smtp_security: `none` would send mails and the password in the clear")
    if not parseaddr(config.mail_from)[1].count("@") == 1:
        raise ConfigError("mail_from: write the newsletter's sender as `Name <news@wire.example>`")
    base = urlsplit(config.base_url)
    if base.scheme != "https" and not _loopback(base.hostname or ""):
        raise ConfigError(
            "base_url: links in mails need it, with https (RFC 8058), as https://wire.example"
        )
    if len({bool(v) for v in (config.dkim_domain, config.dkim_selector, config.dkim_key)}) > 1:
        raise ConfigError("dkim_domain, dkim_selector, dkim_key: all of them or none")
    return config


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _model_checked(config: Config) -> Config:
    if not config.model_endpoint:
        return config
    if urlsplit(config.model_endpoint).scheme not in ("http", "https"):
        raise ConfigError(f"model_endpoint: {config.model_endpoint!r} is no http or https address")
    if not config.model_name:
        raise ConfigError("model_name: name the model that model_endpoint is to be asked for")
    return config
