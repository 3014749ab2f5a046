"""Roundups by general marks; one event under a busy headline is none."""

from __future__ import annotations

import pytest

from nlp.roundup import is_roundup


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Weekly Recap: Router Worm, Mail Zero-Day, Leaky Fridges and More", ""),
        ("Security news this week: a worm, a leak, a trial", ""),
        ("In Other News: Port Hit by Outage, Lock Maker Sued", "Other noteworthy stories."),
        ("Daily Stormcast for Monday, June 1st", "No summary available"),
        ("Threat Bulletin: Fake Apps, Old Bugs and 12 More Stories", ""),
        ("Monthly M&A Roundup: 31 Deals Announced in May", ""),
        ("A lawnmower that spies", "Plus: a ferry line is hacked, a bank is fined, and more."),
        ("Foxglove Expo Announcements Summary (Day 2)", "What vendors showed."),
        ("CISA Adds Seven Known Exploited Vulnerabilities to Catalog", "CISA has added seven."),
        ("CISA Adds 4 Exploited Flaws to KEV", "The agency added four flaws to its catalog."),
        ("Acme, Borealis, Cantor vulnerabilities", "Three vendors."),
        ("Acme, Borealis Patch High-Severity Vulnerabilities", ""),
        ("ICS Patch Tuesday: Fixes From Acme, Borealis", ""),
        ("Dozens more: over 40 software vendors release fixes", "It is Patch Tuesday."),
        ("Data Breaches Announced by Elm Clinic; Oak Hospital; Ash Dental", ""),
        ("Two Senior Care Providers Affected by Ransomware Attacks", ""),
        ("Top 10 Malware Threats of the Week", ""),
    ],
)
def test_many_events(title: str, text: str) -> None:
    assert is_roundup(title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Acme June 2026 Patch Tuesday fixes 120 flaws, 2 zero-days", "Today is Patch Tuesday."),
        ("CISA Adds One Known Exploited Vulnerability to Catalog", "CISA has added one."),
        ("Acme Patches Critical RouterOS, Switch Vulnerabilities", "Two dozen flaws."),
        ("Elm Clinic says breach hit patients, staff and donors", "The clinic confirmed it."),
        ("Acme breach: what we know", "More than this week's outage, it hurts."),
        ("Hackers stole records of 4 million customers from Acme", ""),
        ("Year in Review: how attackers used old flaws", ""),
        ("CISA orders agencies to patch exploited Acme flaw", "Agencies have three weeks."),
    ],
)
def test_one_event(title: str, text: str) -> None:
    assert not is_roundup(title, text)
