"""The operator's mail server: bytes of a mail → taken, or a MailError that says whose fault it is.

In: host, port, security, a login. Out: nothing. That host and port are open to this client alone,
whatever network they are in; SMTP knows no redirects, and STARTTLS is never done without. The
certificate must be the server's.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from typing import Final

from breachwire.errors import MailError

TIMEOUT: Final = 30.0
"""Seconds for a step; RFC 5321 allows minutes, but a stop must not wait for them."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails go to; `connect` opens a session."""

    host: str
    port: int
    security: str
    """starttls, tls or none."""
    own_name: str
    """What we call ourselves: the service's public host, not this machine's."""
    user: str = ""
    password: str = ""
    authorities: str = ""
    """PEM file, or empty."""

    def connect(self) -> Session:
        """Log in. Raises MailError (server)."""
        try:
            return Session(self._opened())
        except smtplib.SMTPAuthenticationError as error:
            raise MailError(
                "server", f"{self._at}: the login was refused ({_said(error)})"
            ) from None
        except (OSError, smtplib.SMTPException, ssl.SSLError, ValueError) as error:
            raise MailError("server", f"{self._at}: {_said(error)}") from None

    def _opened(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self.authorities or None)
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, self.own_name, timeout=TIMEOUT, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, self.own_name, timeout=TIMEOUT)
        try:
            if self.security == "starttls":
                server.starttls(context=context)  # raises where the server can't
            server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    @property
    def _at(self) -> str:
        return f"mail server {self.host}:{self.port}"


class Session:
    """An open connection, for one mail after the other."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server

    def send(self, sender: str, to: str, mail: bytes) -> None:
        """Hand one mail over. Raises MailError; `server` and `unclear` end the session."""
        try:
            self._step("server", *self._server.mail(sender))
            self._step("refused", *self._server.rcpt(to))
        except (OSError, smtplib.SMTPException) as error:
            raise MailError("server", f"cut off: {_said(error)}") from None
        try:
            answer = self._server.data(mail)
        except smtplib.SMTPDataError as error:
            self._step("rejected", error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            raise MailError("unclear", f"cut off before the answer: {_said(error)}") from None
        else:
            self._step("rejected", *answer)

    def _step(self, for_good: str, code: int, said: bytes | str) -> None:
        """Raises MailError unless the server agreed; 421 ends the session."""
        if 200 <= code < 300:
            return
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        line = f"{code} {' '.join(text.split())}"[:300]
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._server.rset()
        if for_good == "server" or code == 421:
            raise MailError("server", line)
        if code >= 500:
            raise MailError("refused" if for_good == "refused" else "rejected", line)
        raise MailError("later", line)

    def close(self) -> None:
        """Say goodbye."""
        try:
            self._server.quit()
        except (OSError, smtplib.SMTPException):
            self._server.close()


def _said(error: Exception) -> str:
    """The server's or the system's words, in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{error.smtp_code} {' '.join(words.split())}"[:300]
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:300] or type(error).__name__
