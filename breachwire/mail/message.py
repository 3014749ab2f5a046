"""A letter → the bytes of a mail: headers, text and HTML, a signature.

In: a `Letter`, who sends it to whom, addresses for the unsubscribe headers (RFC 2369, RFC 8058).
Out: bytes with CRLF. List headers stand in one line each, since mail services read no folded or
encoded address there; bodies are quoted-printable. DKIM, where it is configured, signs both
unsubscribe headers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Final

from breachwire.config import Config
from breachwire.errors import ConfigError
from breachwire.model.newsletter import Letter

_WHOLE: Final = SMTP.clone(max_line_length=998)
"""For headers that hold an address: the default folds or encodes one over 77 characters."""
_BODY: Final = SMTP.clone(max_line_length=76)
"""For bodies: quoted-printable lines are at most that long (RFC 2045)."""
_SIGNED: Final = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"list-id", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip


class _Policy(EmailPolicy):
    """Folds what may be folded: a subject's encoded words are at most 75 characters (RFC 2047)."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower().startswith("list-") or name.lower() == "message-id":
            return _WHOLE.fold_binary(name, value)
        return super().fold_binary(name, value)


_POLICY: Final = _Policy(linesep="\r\n", max_line_length=78)


@dataclass(frozen=True, slots=True)
class Signature:
    """DKIM: whose, and with which key."""

    domain: str
    selector: str
    key: bytes
    """PEM."""

    def sign(self, mail: bytes) -> bytes:
        """The mail with its signature before it. Raises ConfigError for a key of no use."""
        import dkim

        try:
            head: bytes = dkim.sign(
                mail,
                self.selector.encode(),
                self.domain.encode(),
                self.key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=[h for h in _SIGNED if _has(mail, h)],
            )
        except Exception as error:  # dkimpy's own tree, and what its parsers raise
            raise ConfigError(f"dkim_key: {type(error).__name__}: {error}") from None
        return head + mail


def _has(mail: bytes, header: bytes) -> bool:
    head = mail.partition(b"\r\n\r\n")[0].lower()
    return b"\n" + header + b":" in b"\n" + head


@dataclass(frozen=True, slots=True)
class Stationery:
    """What all mails have in common."""

    sender: str
    """`Name <address>`."""
    host: str
    """The service's public host: in Message-IDs and the List-Id."""
    signature: Signature | None = None

    @property
    def address(self) -> str:
        """The envelope's sender: bounces come back there."""
        return parseaddr(self.sender)[1]

    def mail(
        self,
        letter: Letter,
        to: str,
        *,
        id: str,
        at: datetime,
        list_name: str = "",
        unsubscribe: str = "",
        archive: str = "",
    ) -> bytes:
        """The bytes. With `unsubscribe`, an https address that takes a POST, it is a list's mail;
        without, an answer to what one person did."""
        message = EmailMessage(policy=_BODY)
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{id}@{self.host}>"
        message["Auto-Submitted"] = "auto-generated"
        if unsubscribe:
            message["List-Id"] = f"<{list_name}.{self.host}>"
            message["List-Unsubscribe"] = f"<{unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            message["List-Archive"] = f"<{archive}>"
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        data = message.as_bytes(policy=_POLICY)
        return self.signature.sign(data) if self.signature else data


def stationery(config: Config) -> Stationery:
    """As the operator configured it. Raises ConfigError for a key that can't be read."""
    from urllib.parse import urlsplit

    signature = None
    if config.dkim_key:
        try:
            key = Path(config.dkim_key).expanduser().read_bytes()
        except OSError as error:
            raise ConfigError(f"dkim_key: {config.dkim_key}: {error.strerror}") from None
        signature = Signature(config.dkim_domain, config.dkim_selector, key)
    return Stationery(
        config.mail_from, urlsplit(config.base_url).hostname or "localhost", signature
    )
