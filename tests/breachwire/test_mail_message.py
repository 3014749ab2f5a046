"""A mail's raw bytes: what services read unfolded, how long lines are, what is signed."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from breachwire.config import Config
from breachwire.errors import ConfigError
from breachwire.mail.message import Signature, Stationery, stationery
from breachwire.model.newsletter import Letter

KEY = Path(__file__).resolve().parents[1] / "tls" / "dkim.pem"
STATIONERY = Stationery("Breachwire <news@wire.example>", "wire.example")
LONG = "https://a-rather-long-host-name.wire.example/subscribe/unsubscribe/" + "x" * 43 + "y" * 200
SUBJECT = (
    "Präfektur bestätigt Diebstahl: „Kundendaten“ von 1,9 Millionen Menschen – und 9 weitere, " * 2
)
LETTER = Letter(
    SUBJECT, "<p>" + "wide é " * 300 + "</p>", "line – one\n.\n.dots\nFrom here\n" + "w" * 2000
)


def mail(
    stationery: Stationery = STATIONERY, letter: Letter = LETTER, unsubscribe: str = LONG
) -> bytes:
    return stationery.mail(
        letter, "ida@post.example", id="0" * 32, at=datetime(2026, 11, 27, 8, tzinfo=UTC),
        list_name="weekly", unsubscribe=unsubscribe, archive="https://wire.example/newsletter",
    )  # fmt: skip


def test_the_unsubscribe_headers_stand_in_one_line_each_unencoded() -> None:
    head = mail().partition(b"\r\n\r\n")[0] + b"\r\n"
    assert f"\r\nList-Unsubscribe: <{LONG}>\r\n".encode() in head
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    assert b"\r\nList-Id: <weekly.wire.example>\r\n" in head
    assert b"\r\nMessage-ID: <" + b"0" * 32 + b"@wire.example>\r\n" in head


def test_lines_and_encoded_words_are_as_short_as_standards_want() -> None:
    raw = mail()
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, re.findall(rb"=\?utf-8\?.*?\?=", head))) <= 75
    parsed = message_from_bytes(raw)
    assert str(make_header(decode_header(parsed["Subject"]))) == " ".join(SUBJECT.split())
    text, html = parsed.get_payload()
    assert (
        text.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip()
        == LETTER.text.rstrip()
    )
    assert (text["Content-Transfer-Encoding"], html["Content-Transfer-Encoding"]) == (
        "quoted-printable",
    ) * 2


def test_a_letter_to_one_person_carries_no_list_headers() -> None:
    assert b"List-" not in mail(unsubscribe="").partition(b"\r\n\r\n")[0]


def test_a_headline_makes_no_header_of_its_own() -> None:
    raw = mail(letter=replace(LETTER, subject="Quiet\r\nBcc: all@post.example\n\nbody"))
    assert message_from_bytes(raw)["Bcc"] is None


def test_dkim_signs_both_unsubscribe_headers() -> None:
    import dkim

    raw = mail(replace(STATIONERY, signature=Signature("wire.example", "news", KEY.read_bytes())))
    signature = message_from_bytes(raw)["DKIM-Signature"]
    signed = re.sub(r"\s", "", re.search(r"h=([^;]*)", signature)[1]).lower()  # type: ignore[index]
    assert {"list-unsubscribe", "list-unsubscribe-post", "from"} <= set(signed.split(":"))
    public = subprocess.run(
        ["openssl", "pkey", "-in", str(KEY), "-pubout", "-outform", "DER"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    import base64

    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: record)
    tampered = raw.replace(b"unsubscribe/xx", b"unsubscribe/zz")
    assert not dkim.verify(tampered, dnsfunc=lambda name, timeout=5: record)


def test_a_key_of_no_use_is_one_line(tmp_path: Path) -> None:
    config = Config(
        base_url="https://wire.example",
        mail_from="N <n@wire.example>",
        dkim_domain="wire.example",
        dkim_selector="news",
        dkim_key="/nowhere.pem",
    )
    with pytest.raises(ConfigError, match=r"dkim_key: /nowhere\.pem"):
        stationery(config)
    bad = tmp_path / "bad.pem"
    bad.write_text("nonsense")
    with pytest.raises(ConfigError, match="dkim_key"):
        mail(stationery(replace(config, dkim_key=str(bad))))
