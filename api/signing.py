"""The editors' page of a brief: read a version whole, sign it, revoke a sign-off.

In: a request of an editor (`editing.Desk`). Out: the page, and acts that are lines of the audit
log. The form names the version and the hash of what was shown: where either is no longer so,
nothing is signed. No field is filled in by software; what a person typed comes back after a fault.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import RedirectResponse, Response

from api import briefs, forms, versions
from api.links import thread_path
from api.threads import live_thread
from breachwire.errors import NotFoundError, UsageError
from breachwire.model import Edit, SignOff
from breachwire.model.signoffs import standing

if TYPE_CHECKING:
    from api.editing import Desk

FIELDS: Final = (
    ("reviewer", "Reviewer", "Your full name."),
    ("role", "Role", "Such as editor on duty."),
    ("competence", "Competence", "What lets you judge it: training, experience."),
    ("facts", "Facts checked", "Which ones, in your own words."),
    ("sources", "Sources checked", "Which articles and documents you read."),
    ("changed", "What changed because of the review", "May stay empty."),
    ("responsible", "Editorial responsibility", "The person or firm that answers for the text."),
    ("contact", "Contact of the responsible", "A mail or web address that readers can use."),
)
"""Name, label and hint of each field of the form."""
LONG: Final = ("facts", "sources", "changed")


def page(here: Desk) -> Response:
    """The latest version with every quote, the form, and what was signed before."""
    id_ = here.request.path_params["id"]
    live = live_thread(here.store, id_)
    if live.id != id_ and here.request.method == "GET":
        return RedirectResponse(f"/edit/brief/{live.id}", 303)
    brief = here.store.briefs([live.id]).get(live.id)
    if brief is None:
        raise NotFoundError("brief of thread", live.id)
    signed = here.store.signoffs([live.id]).get(live.id, ())
    return here.show(
        "edit_brief.html",
        t=versions.version(here.store, live.id, brief.version, base=here.base),
        lost=briefs.provenance(brief, signed, brief.made_at)["analysis"]["review_voided"],
        thread=live,
        path=thread_path(live.id, live.headline),
        signed=signed,
        holds=standing(brief, signed),
        fields=FIELDS,
        long=LONG,
        published={},
    )


def sign(here: Desk) -> Edit:
    """Record the review. Raises UsageError, NotFoundError, ConflictError."""
    if here.form.get("confirm") != "yes":
        raise UsageError("Confirm that you reviewed this version yourself, or don't sign it.")
    said: dict[str, Any] = {name: here.form.get(name) for name, _, _ in FIELDS}
    review = SignOff(
        thread=live_thread(here.store, here.request.path_params["id"]).id,
        version=forms.number(here.form.get("version"), "version"),
        sha256=here.form.get("sha256"),
        at=datetime.now(UTC),
        **said,
    )
    return here.store.sign(review, who=here.who)


def revoke(here: Desk) -> Edit:
    """Take a sign-off back."""
    if not (why := here.form.why()):
        raise UsageError("Say why: the audit log keeps it for whoever asks later.")
    return here.store.revoke_signoff(_signoff(here).id, who=here.who, why=why, at=datetime.now(UTC))


def revoked_page(here: Desk) -> Response:
    """The page again, where a revocation was refused."""
    here.request.path_params["id"] = _signoff(here).thread
    return page(here)


def back(here: Desk, edit: Edit) -> str:
    """The page of the brief that was signed."""
    return f"/edit/brief/{here.store.signoff(edit.settles or 0).thread}"


def _signoff(here: Desk) -> SignOff:
    return here.store.signoff(here.number("sign-off"))
