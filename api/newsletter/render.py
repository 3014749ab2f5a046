"""A view of an issue → a mail's HTML and text: both say the same, in the same order.

In: a `View`, the service's address, the reader's own links. Out: a `Letter`, its HTML below the
100 kB at which mail services cut. Styles are inlined by css-inline, which fetches nothing; what
can't be inlined (dark mode, phones) stays in one style element.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final

import css_inline
from jinja2 import Environment
from markupsafe import Markup

from api import views
from api.newsletter import text
from api.newsletter.issue import View
from api.values import day_in_words
from breachwire.model.newsletter import Letter

LARGEST: Final = 95_000
"""Bytes of HTML: at 102 kB a large mail service hides the rest."""
SUBJECT: Final = 90
"""Characters: phones show 40, desktops 70; whole words."""
PREVIEW: Final = 140
"""Characters: what the widest inboxes show of a mail's beginning."""
_INLINER: Final = css_inline.CSSInliner(
    load_remote_stylesheets=False, keep_style_tags=False, minify_css=True
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around an issue: for one reader, or for nobody in particular."""

    base: str
    """The service's address."""
    archive: str = ""
    """The issue on the web."""
    leave: str = ""
    """The reader's page to change or end it; empty in a preview."""
    masked: str = ""
    confirmed_at: datetime | None = None
    imprint: str = ""


def letter(view: View, frame: Frame) -> Letter:
    """The mail; items that would make it too long are left out from the end."""
    html = _html(view, frame)
    while len(html.encode()) > LARGEST and len(view.items) > 1:
        view = _shorter(view)
        html = _html(view, frame)
    return Letter(subject(view), html, text.issue(view, frame), view.marks)


def _shorter(view: View) -> View:
    heading, items = view.groups[-1]
    rest = ((heading, items[:-1]),) if len(items) > 1 else ()
    return replace(view, groups=(*view.groups[:-1], *rest), left_out=view.left_out + 1)


def subject(view: View) -> str:
    """The first headline, and how many more."""
    items = view.items
    if not items:
        return f"Breachwire: {view.title}, {view.dates}"
    more = f", and {len(items) - 1} more" if len(items) > 1 else ""
    return shortened(items[0]["headline"], SUBJECT - len(more)) + more


def preview(view: View) -> str:
    """What an inbox shows behind the subject, hidden in the mail itself: the headlines after the
    first; of a single thread how many of what. Nothing that a model wrote stands before its mark.
    """
    told = "; ".join(item["headline"] for item in view.items[1:])
    return shortened(told or text.summed_up(view), PREVIEW)


def shortened(line: str, most: int) -> str:
    """Whole words, with an ellipsis where some were left out."""
    if len(line) <= most:
        return line
    return line[:most].rpartition(" ")[0].rstrip(",;:–- ") + " …"


def _html(view: View, frame: Frame) -> str:
    return inlined(
        "mail_issue.html",
        subject=subject(view),
        preview=preview(view),
        view=view,
        sum=text.summed_up(view),
        base=frame.base,
        archive=frame.archive,
        leave=frame.leave,
        masked=frame.masked,
        confirmed=day_in_words(frame.confirmed_at) if frame.confirmed_at else "",
        imprint=frame.imprint,
    )


def plain_letter(
    subject_: str,
    before: Sequence[str],
    link: tuple[str, str],
    after: Sequence[str],
    foot: str,
    imprint: str,
) -> Letter:
    """A short letter with one link: (its words, its address)."""
    button, url = link
    html = inlined(
        "mail_letter.html", subject=subject_, preview="", before=before, button=button, url=url,
        after=after, foot=foot, imprint=imprint,
    )  # fmt: skip
    return Letter(subject_, html, text.letter(before, link, after, foot, imprint))


def inlined(template: str, **context: Any) -> str:
    """A mail template with its styles in the elements."""
    page = _environment().get_template(template).render(css=_css(), **context)
    return _INLINER.inline(page)


@cache
def _environment() -> Environment:
    return views.environment()


@cache
def _css() -> Markup:
    file = resources.files("api").joinpath("templates", "mail.css")
    return Markup(file.read_text("utf-8"))  # noqa: S704 (our own file)
