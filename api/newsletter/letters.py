"""Letters about a subscription: confirm it, change it, it is over. And the words of the consent.

In: a subscriber, the address of the one link. Out: a `Letter` without list headers: it answers what
one person did, and nobody is signed up or off by opening it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from api.newsletter.render import plain_letter
from breachwire.model.newsletter import Frequency, Letter, LetterKind, LinkPurpose, masked

LASTS: Final[dict[LinkPurpose, timedelta | None]] = {
    "confirm": timedelta(hours=48),
    "manage": timedelta(hours=24),
    "leave": None,
    "oneclick": None,
}
"""How long a link is good; None: as long as the address is subscribed."""
LINK_OF: Final[dict[LetterKind, LinkPurpose]] = {
    "confirm": "confirm",
    "known": "manage",
    "manage": "manage",
    "goodbye": "confirm",
}
_OFTEN: Final[dict[Frequency, str]] = {"weekly": "once a week", "daily": "once a day"}


def consent(frequency: Frequency, base: str) -> str:
    """What a person agrees to; kept word for word with the time."""
    return (
        f"Send me the Breachwire briefing {_OFTEN[frequency]}: security incidents, each line with a"
        f" link to its source. It is free, and I can stop it at any time with the link in each"
        f" issue or at {base}/subscribe. My address is used for nothing else, given to nobody, and"
        " deleted when I ask for it."
    )


def letter(kind: LetterKind, address: str, url: str, imprint: str) -> Letter:
    """The letter of that kind, with its link."""
    return {"confirm": _confirm, "known": _known, "manage": _manage, "goodbye": _goodbye}[kind](
        masked(address), url, imprint
    )


def _confirm(hint: str, url: str, imprint: str) -> Letter:
    return plain_letter(
        "Confirm your Breachwire subscription",
        [
            "Somebody, most likely you, asked for the Breachwire briefing at this address.",
            "Open the page below and press its button. Opening it alone does nothing.",
        ],
        ("Confirm on the web", url),
        ["The link is good for 48 hours, once. Without it, nothing will be sent."],
        f"Sent to {hint}, once, because the address was put into the form. Not you? Do nothing:"
        " the address is deleted within a week.",
        imprint,
    )


def _known(hint: str, url: str, imprint: str) -> Letter:
    return plain_letter(
        "You are subscribed to Breachwire",
        [
            "Somebody, most likely you, put this address into the form for the Breachwire"
            " briefing. It is subscribed already; nothing has changed.",
            "Here you can change what you get, or end it:",
        ],
        ("Your preferences", url),
        ["The link is good for 24 hours. Don't pass it on: it opens your preferences."],
        f"Sent to {hint} because the address was put into the form.",
        imprint,
    )


def _manage(hint: str, url: str, imprint: str) -> Letter:
    return plain_letter(
        "Your Breachwire preferences",
        ["You asked for the way to your preferences: sections, watch list, how often, the end."],
        ("Your preferences", url),
        ["The link is good for 24 hours. Don't pass it on: it opens your preferences."],
        f"Sent to {hint} because somebody with one of your issues asked for it.",
        imprint,
    )


def _goodbye(hint: str, url: str, imprint: str) -> Letter:
    return plain_letter(
        "You are unsubscribed from Breachwire",
        [
            "This address gets no more issues.",
            "Was it not you, but somebody you forwarded an issue to? Then take it back:",
        ],
        ("Subscribe again", url),
        ["The link is good for 48 hours; the page asks once more. If it was you, do nothing."],
        f"Sent to {hint}, the last mail. The address is deleted after 90 days, or at once with the"
        " other button of that page.",
        imprint,
    )
