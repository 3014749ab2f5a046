"""An editor's day in a real browser: log in, judge, split, merge, undo, log out. No JavaScript."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

WIDTHS = {"phone": 320, "desktop": 1200}
MEASURE = "() => document.documentElement.scrollWidth"
SMALL = """() => [...document.querySelectorAll('main button, main input, main select, .deskbar a')]
  .filter(e => e.type !== 'hidden' && e.type !== 'checkbox')
  .map(e => [e.outerHTML.slice(0, 60), e.getBoundingClientRect()])
  .filter(([_, box]) => box.height && box.height < 24).map(([html, _]) => html)"""


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A window without JavaScript."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1200, "height": 900}
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def enter(page: Any, wire: Any, scope: str = "edit") -> None:
    """Log in with a token that the command line made."""
    secret = wire.run("token", "create", "Ida Okafor", "--scope", scope, "--expires", "1d").strip()
    page.goto(f"{wire.url}/edit")
    page.get_by_label("Token").fill(secret)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Unsure joins").wait_for()


def status(page: Any) -> str:
    """What a screen reader says was done."""
    return str(page.get_by_role("status").inner_text())


def card(page: Any, reason: str) -> Any:
    """The proposal with this reason."""
    return page.get_by_role("article").filter(has_text=reason)


def test_an_editors_day(page: Any, wire: Any) -> None:
    enter(page, wire)
    page.get_by_text("2 proposals wait").wait_for()
    page.get_by_role("link", name="Millbrook hospital diverts").first.wait_for()

    # one kept apart, one accepted
    bank, ward = wire.thread("quarrybank-offline"), wire.thread("millbrook-diverts")
    first = card(page, "ransom note; cosine .52")
    assert "58 % likely" in first.inner_text()
    first.get_by_label("Why").fill("a bank and a hospital")
    first.get_by_role("button", name="Keep apart").click()
    assert status(page).startswith("Kept apart")
    page.get_by_text("1 proposal waits").wait_for()
    card(page, "cosine .47").get_by_role("button", name="Accept").click()
    assert status(page).startswith("Merged: 1 article")
    page.get_by_text("Nothing waits for a decision").wait_for()
    assert wire.thread("orrery-gateway") == wire.thread("fernway-suit")

    # why apart
    page.goto(f"{wire.url}/edit/explain")
    page.get_by_label("One thread").fill(bank)
    page.get_by_label("Another").fill(f"{wire.url}/wire/{ward}/any-name")
    page.get_by_role("button", name="Explain").click()
    page.get_by_text("must not stand together").wait_for()

    # by hand: split what was merged, merge it again, take that back
    page.get_by_label("Thread", exact=True).fill(wire.thread("fernway-suit"))
    page.get_by_role("button", name="Open").click()
    page.get_by_label("Split off: Former students").check()
    tools = page.get_by_role("group", name="Split the ticked articles off")
    tools.get_by_label("Why").fill("a college is no gateway")
    tools.get_by_role("button", name="Split off").click()
    assert status(page).startswith("Split off: 1 article")
    gateway, college = wire.thread("orrery-gateway"), wire.thread("fernway-suit")
    assert gateway != college
    tools = page.get_by_role("group", name="Merge another thread into this one")
    tools.get_by_label("Its id, or the address of its page").fill(college)
    tools.get_by_label("Why").fill("trying it")
    tools.get_by_role("button", name="Merge").click()
    assert status(page).startswith(f"Merged: 1 article from {college} to {gateway}")
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    assert status(page).startswith("Undone: 1 article")
    assert wire.thread("fernway-suit") == college

    # the log has it all
    page.get_by_role("link", name="Audit log").click()
    lines = page.get_by_role("main").get_by_role("listitem").filter(has_text="No.")
    assert [line.inner_text().split(":")[0].split("\n")[0] for line in lines.all()] == [
        "Undone", "Merged", "Split off", "Merged", "Kept apart"
    ]  # fmt: skip
    page.get_by_text("a college is no gateway").wait_for()

    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Token").wait_for()
    page.goto(f"{wire.url}/edit/log")
    assert "/edit/login?next=" in page.url


def test_a_brief_is_read_and_signed(page: Any, wire: Any) -> None:
    enter(page, wire)
    bank = wire.thread("quarrybank-confirms")
    page.goto(f"{wire.url}/edit/thread/{bank}")
    page.get_by_role("link", name="Read and sign the brief").click()
    page.locator("blockquote").first.wait_for()
    fields = page.locator("form[action$=sign]").get_by_role("textbox")
    assert [field.input_value() for field in fields.all()] == [""] * 8
    said = {
        "Reviewer": "Ida Okafor", "Role": "editor", "Competence": "ten years of reporting",
        "Facts checked": "victim, counts", "Sources checked": "both articles",
        "Editorial responsibility": "Harbor Media", "Contact of": "desk@harbor.example",
    }  # fmt: skip
    for label, text in said.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Sign version").click()
    assert page.url.endswith(f"/edit/brief/{bank}")  # the browser asks for the tick
    page.get_by_label("I read this version myself").check()
    page.get_by_role("button", name="Sign version").click()
    assert status(page).startswith(f"Signed version 1 of {bank}")
    page.goto(f"{wire.url}/wire/{bank}")
    assert (
        "Reviewed and fact-checked by Ida Okafor, editor, on"
        in page.locator(".disclosure").inner_text()
    )
    assert page.get_by_role("button", name="Copy").count() == 0  # no script runs here

    page.goto(f"{wire.url}/edit/brief/{bank}")
    page.get_by_text("Revoke", exact=True).click()
    page.get_by_label("Why").fill("a date was wrong")
    page.get_by_role("button", name="Revoke the sign-off").click()
    assert status(page).startswith("Revoked the sign-off")
    page.goto(f"{wire.url}/wire/{bank}")
    assert "Reviewed" not in page.locator(".disclosure").inner_text()


def test_the_copy_buttons_copy(browser: Any, wire: Any) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{wire.url}/wire/{wire.thread('quarrybank-confirms')}")
    for name, start in (("Markdown", "# ["), ("summary", ""), ("Copy link", f"{wire.url}/wire/")):
        page.get_by_role("button", name=name).click()
        page.get_by_role("status").get_by_text("copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(start)
        assert "/wire/" in copied
        page.evaluate("document.querySelector('.copy [role=status]').textContent = ''")
    assert said == []  # nothing that the policy forbids was tried
    context.close()


def test_a_wrong_token_is_told_and_a_revoked_one_ends(page: Any, wire: Any) -> None:
    page.goto(f"{wire.url}/edit/log")
    page.get_by_label("Token").fill("bw_" + "x" * 43)
    page.get_by_role("button", name="Log in").click()
    assert page.get_by_role("alert").inner_text().startswith("This token is not known")
    enter(page, wire)
    wire.run("token", "revoke", "1")
    page.get_by_role("link", name="Audit log").click()
    page.get_by_role("button", name="Log in").wait_for()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits(browser: Any, wire: Any, tmp_path: Path, width: str, scheme: str) -> None:
    """Nothing hangs out at 320 px; what is pressed is 24 px high at least (WCAG 2.5.8)."""
    shots = Path(os.environ.get("BREACHWIRE_SHOTS", tmp_path))
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 800}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(f"{wire.url}/edit/login")
    page.screenshot(path=shots / f"login-{width}-{scheme}.png", full_page=True)
    enter(page, wire)
    bank, ward = wire.thread("quarrybank-offline"), wire.thread("millbrook-diverts")
    paths = {
        "unsure": "/edit",
        "thread": f"/edit/thread/{bank}",
        "explain": f"/edit/explain?a={bank}&b={ward}",
        "error": f"/edit/explain?a={bank}&b=nope",
        "brief": f"/edit/brief/{bank}",
        "service": "/edit/service",
    }
    for name, path in paths.items():
        page.goto(wire.url + path)
        page.screenshot(path=shots / f"{name}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate(MEASURE) <= WIDTHS[width], path
        assert page.evaluate(SMALL) == [], path
    page.goto(f"{wire.url}/edit")
    page.get_by_role("button", name="Keep apart").first.click()
    page.screenshot(path=shots / f"done-{width}-{scheme}.png", full_page=True)
    page.get_by_role("link", name="Audit log").click()
    page.screenshot(path=shots / f"log-{width}-{scheme}.png", full_page=True)
    assert page.evaluate(MEASURE) <= WIDTHS[width]
    context.close()
