// What developed since the last visit, and keys. Everything is kept in this browser; the page works
// without this file.
"use strict";

const PAUSE = 30 * 60 * 1000; // a visit ends after half an hour without a page

function kept(name) {
  try {
    return localStorage.getItem(`breachwire.${name}`);
  } catch {
    return null; // storage refused: every visit is the first
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(`breachwire.${name}`, value);
  } catch {
    // Nothing is kept.
  }
}

// When the visit before this one ended; null on the first.
function lastVisit(now) {
  const seen = Number(kept("seen")) || null;
  let before = Number(kept("before")) || null;
  if (seen && now - seen > PAUSE) {
    before = seen;
    keep("before", String(before));
  }
  keep("seen", String(now));
  return before;
}

function ago(milliseconds) {
  const minutes = Math.round(milliseconds / 60000);
  const [number, unit] =
    minutes < 90 ? [minutes, "minute"] : minutes < 2160 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-number, unit);
}

function sinceLastVisit(section) {
  const now = Date.now();
  const before = lastVisit(now);
  if (!before) return;
  const rows = [...document.querySelectorAll("main .day-of .row")].filter((row) => Date.parse(row.dataset.at) > before);
  const heading = section.querySelector("h2");
  const when = ago(now - before);
  heading.textContent = rows.length
    ? `Since your last visit, ${when}: ${rows.length} developed`
    : `Nothing has developed since your last visit, ${when}`;
  section.querySelector("ol").append(...rows);
  for (const day of document.querySelectorAll("main .day-of")) day.hidden = !day.querySelector(".row");
  section.hidden = false;
}

function keys(dialog) {
  const off = dialog.querySelector("input");
  off.checked = kept("keys") !== "off";
  off.addEventListener("change", () => keep("keys", off.checked ? "on" : "off"));
  const links = () => [...document.querySelectorAll("main .row :is(h2, h3) a")].filter((a) => a.checkVisibility());
  const step = (by) => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  };
  const search = () => {
    const field = document.querySelector("#q");
    if (field) field.focus();
    else location.assign("/search");
  };
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    "/": search,
    u: () => location.assign("/"),
    "?": () => dialog.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
    if (dialog.open || (kept("keys") === "off" && event.key !== "?")) return;
    event.preventDefault();
    acts[event.key]();
  });
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.addEventListener("click", () => dialog.showModal());
    button.hidden = false;
  }
}

const since = document.querySelector("#since");
if (since) sinceLastVisit(since);
const help = document.querySelector("#keys");
if (help) keys(help);
