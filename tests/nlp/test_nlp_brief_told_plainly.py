"""Plain lines by what the lead says, and who is within reach: each rule by its own sentence."""

from __future__ import annotations

import pytest

from nlp import befell, brevity, brief, grade, introduced, leaning, simply, trim, whole
from nlp.brief_sections import analysis
from nlp.desk import Desk
from tests.nlp.test_nlp_brief import article, detail, of, view
from tests.nlp.test_nlp_brief_fuller import usable
from tests.nlp.test_nlp_simply import eli5


@pytest.mark.parametrize(
    ("title", "text", "kind", "lines"),
    [
        (
            "Moorphone flaw lets strangers listen",
            "Orla Audio has released firmware 3.1 for its Moorphone series to fix CVE-2026-90001, "
            "a flaw that lets anyone nearby switch on the microphone.",
            "vulnerability",
            [
                "Orla Audio’s Moorphone series has a weak spot.",
                "Thieves could use it to listen in.",
            ],
        ),
        (
            "Office warns of Orlagate flaw",
            "The office has added a newly disclosed Orlagate Server vulnerability to its list of "
            "flaws that are used. It allows an attacker to execute arbitrary code.",
            "vulnerability",
            ["Orlagate Server has a weak spot.", "Thieves could use it to run code of their own."],
        ),
        (
            "Orlazip 4.2 fixes overflow",
            "Orlazip 4.2 addresses a newly disclosed heap overflow vulnerability. "
            "A crafted file could crash the tool.",
            "vulnerability",
            ["Orlazip has a weak spot.", "A fix is out."],
        ),
        (
            "Orlabase drivers hold two flaws",
            "Two vulnerabilities in Orlabase were found. The second flaw can crash the server. "
            "The first issue opens the door to SQL injection.",
            "vulnerability",
            ["People could use one of them to get at the data that it keeps."],
        ),
        (
            "Orlachat flaws let strangers in",
            "Two vulnerabilities in Orlachat let attackers run code on its servers. The flaws, "
            "found by a student and now patched, lay in its picture reader.",
            "vulnerability",
            [
                "Orlachat had weak spots.",
                "Thieves could have used them to run code of their own.",
                "They have been fixed since.",
            ],
        ),
        (
            "OddMoth ransomware renames itself",
            "OddMoth ransomware has come back under a third name. The malware can disable security "
            "tools before it starts.",
            "malware",
            [
                "Harbour Gazette says OddMoth is a bad program that locks files.",
                "OddMoth can switch off what guards the machine.",
            ],
        ),
        (
            "Night Heron mails plane makers",
            "A phishing campaign sends fake invoices. The campaign targets aviation firms.",
            "campaign",
            ["They go after firms that build or fly planes."],
        ),
        (
            "Casino ads borrow names",
            "Scammers are hijacking trusted brand names to lead people to casinos.",
            "campaign",
            ["Hackers pose as firms that people trust."],
        ),
        (
            "Student arrested over attack on film site",
            "Moorside police have arrested a 15-year-old high school student on suspicion of an "
            "attack on a film site.",
            "law",
            ["The police have caught a 15-year-old high school student."],
        ),
        (
            "Seller of false rescue gets three years",
            "HARBOUR, Aug 31 (Gazette) - A trader who promised to save files, and then paid "
            "the thieves, was sentenced to three years in prison on Monday.",
            "law",
            ["A trader must spend three years in jail."],
        ),
    ],
)
def test_a_lead_is_told_in_plain_words(title: str, text: str, kind: str, lines: list[str]) -> None:
    told = eli5(title, text, kind)
    assert [line for line in lines if line not in told] == []
    assert f"{title}." not in told


def test_a_flaw_that_was_mended_long_before_the_newest_report_is_past() -> None:
    first = article(
        1, "Orlagate flaw is used",
        "A flaw in Orlagate lets attackers run code. Orla Networks has released version 4.2, which "
        "fixes it.",
    )  # fmt: skip
    last = article(40, "Orlagate thefts: two schools tell", "Two schools told of Orlagate thefts.")
    again = article(40, "Orlagate flaw still used", "Hackers are actively exploiting Orlagate.")
    lines = [s.text for s in of(brief.write(view((first, last), kind="vulnerability")), "eli5")]
    assert "Orlagate had a weak spot." in lines
    lines = [s.text for s in of(brief.write(view((first, again), kind="vulnerability")), "eli5")]
    assert "Orlagate has a weak spot." in lines


def test_who_means_not_to_pay_has_not_refused_yet() -> None:
    def told(words: str) -> str:
        text = f"Thieves broke into Calder Clinic and locked its files. {words}"
        one = article(1, "Calder Clinic hit by ransomware attack", text)
        who = detail(one, "victim", "Calder Clinic", "Calder Clinic")
        paid = detail(one, "response", words[:24], "refused_ransom")
        found = of(brief.write(view((one,), (who, paid))), "eli5")
        return " ".join(s.text for s in found).lower()

    assert "the thieves will not be paid" in told("Calder Clinic has decided not to pay them.")
    assert "the thieves were not paid" in told("Calder Clinic did not pay the thieves.")


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("The campaign targets northern ferry firms using a false bill.",
         "Northern ferry firms are targeted."),
        ("It was seen as it targeted users across Calder with lures.",
         "Users across Calder were targeted."),
        ("AI gateways are being targeted as organizations connect them.", None),
        ("The notes say how these flaws impact the 3.0, 4.0, and 4.1 branches of Orlabase.",
         "The 3.0, 4.0, and 4.1 branches of Orlabase are affected."),
        ("They got in by one machine, spreading to at least nine hosts before they were seen.",
         "In one case at least nine hosts were hit."),
        ("Two flaws allow attackers to hijack picture-reading servers.",
         "Attackers could take over picture-reading servers."),
        ("It took two weeks and $90,000 of experts' time to show it.",
         "To look into the claim took two weeks and $90,000."),
        ("It was confirmed on the Orla E7250, Orla 7490, and the small Moor terminal.",
         "Affected are, among others, Orla E7250, Orla 7490."),
        ("Since May at least eleven ferry lines in four ports have had their computers wiped.",
         "At least eleven ferry lines in four ports were hit."),
    ],
)  # fmt: skip
def test_who_is_within_reach(sentence: str, line: str | None) -> None:
    assert simply.line("struck", sentence) == line


def test_the_impact_says_who_is_targeted_though_the_summary_has_it() -> None:
    text = "The Night Heron campaign targets northern ferry firms using a false bill."
    one = article(1, "Night Heron campaign targets northern ferry firms", text)
    found = of(brief.write(view((one,), kind="campaign")), "impact_assessment")
    assert [s.text for s in found] == [
        "Northern ferry firms are targeted, Harbour Gazette reports."
    ]


def test_a_line_is_denied_only_by_what_bears_it_out() -> None:
    def told(text: str) -> list[str]:
        one = article(1, "Night Heron campaign", text)
        found = of(brief.write(view((one,), kind="campaign")), "impact_assessment")
        return [s.text for s in found]

    hit = "The campaign targets northern ferry firms by mail and has not been seen before."
    assert told(hit) == ["Northern ferry firms are targeted, Harbour Gazette reports."]
    assert "targeted" not in " ".join(told("It never seems that the campaign targets ferry firms."))


def test_one_number_is_no_number_of_several_flaws() -> None:
    text = "CVE-2026-90001 lets strangers into Orlagate. It is a flaw in its login."
    one = article(1, "Orlagate flaw found", text)
    flaw = detail(one, "cve", "CVE-2026-90001", "CVE-2026-90001")
    desk = Desk(view((one,), (flaw,), kind="vulnerability"))
    assert [d.value for d in analysis.worth_telling(desk, ("cve",))] == ["CVE-2026-90001"]
    two = article(2, "A second Orlagate flaw", "CVE-2026-90002 is another flaw in Orlagate.")
    desk = Desk(view((one, two), (flaw,), kind="vulnerability"))
    assert analysis.worth_telling(desk, ("cve",)) == []


def test_a_figure_that_was_corrected_was_not_said_on_that_day() -> None:
    said = "Calder Transit said Friday that a thief had copied data of 310,000 riders."
    note = "Correction: An earlier version of this article gave 410,000. The number is 310,000."
    assert any("on March 13" in line or "on March" in line for line in usable(said))
    shown = usable(f"{said} Buses ran as usual on all lines in Calder.\n{note}")
    assert [line for line in shown if "310,000 riders" in line] == [
        "Calder Transit said that a thief had copied data of 310,000 riders."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Two more of Orla's largest buyers have begun reviews of their contracts.",
        "A third, unrelated flaw lies in the upload page of the shop.",
        "In the investigated attack, a driver was dropped beside a false file.",
        "Using that chain, a stranger could reach the internet.",
        "A robot raises an alarm when the files differ.",
        "Longer passwords leave a small gap that the team has closed.",
    ],
)
def test_what_goes_on_from_another_sentence(text: str) -> None:
    assert leaning.leans(text, named=False)


def test_a_summary_that_lost_its_verb_says_who_reports() -> None:
    text = (
        "Two grave vulnerabilities in Orlachat, with strangers in several countries sending it odd "
        "pictures for months that nobody at the firm or at its many customers could explain at all."
    )
    one = article(1, "Orlachat flaws", text)
    desk = Desk(view((one,), kind="vulnerability"))
    found = brevity.fitting(desk.quotables[0], one.source, 12) if desk.quotables else None
    assert found is None or found.text.startswith("Harbour Gazette reports two grave")


def test_a_comparison_that_says_with_what_stands_alone() -> None:
    assert not leaning.leans("Longer passwords than Orla's leave no gap at all.", named=False)


def test_also_goes_and_the_sentence_stays() -> None:
    text = "Calder Clinic also closed its northern office on March 3."
    assert usable(text) == ["Calder Clinic closed its northern office on March 3."]


def test_no_turn_is_cut_off() -> None:
    kept = (
        "Calder Clinic had changed its keys on March 3, a day after the attack became known to its "
        "staff, but had missed the password of the store that the thieves opened later."
    )
    assert trim.shorter(kept, 20) is None
    held = (
        "Fixes for all forms of the program are out, while those who run it on machines of their "
        "own were told to put them in at once."
    )
    assert trim.shorter(held, 12) is None


def test_a_clause_without_its_subject_is_no_sentence() -> None:
    assert not whole.whole("The flaw was found by Orla Moss, while were testing phones.", ())
    assert not whole.whole("Three grave vulnerabilities in the servers of Orla Networks.", ())
    assert whole.whole("Three grave vulnerabilities in Orla servers let strangers in.", ())


def test_the_labs_head_stays_the_labs() -> None:
    text, _ = introduced.put(
        "Orla Moss said so.", "Orla Moss", "Orla Moss, the lab’s head of sales"
    )
    assert text == "Orla Moss, the lab’s head of sales, said so."


def test_a_role_that_opened_its_sentence_is_small_inside_another() -> None:
    role = "Medical director Dr. Orla Moss"
    assert introduced.put("According to Orla Moss, all is well.", "Orla Moss", role)[0] == (
        "According to medical director Dr. Orla Moss, all is well."
    )
    text = "Medical director Dr. Orla Moss said that 90 files are gone."
    at = text.index("Orla")
    start, end = introduced.whole(text, at, at + len("Orla Moss"))
    assert text[start:end] == role


def test_whom_letters_reach_is_one_rule() -> None:
    told = "Calder Clinic has notified 900 patients of the theft."
    assert befell.told(told, told.index("900")) is True
    now = "Calder Clinic is notifying about 900 patients of the theft."
    assert befell.told(now, now.index("900")) is False
    hit = "The theft hit 900 patients."
    assert befell.told(hit, hit.index("900")) is None


def test_data_of_some_is_not_told_of_all() -> None:
    text = (
        "Calder Clinic said that 90,000 patients were affected. The stolen files include names "
        "and, for about 600 patients, bank account numbers."
    )
    one = article(1, "Calder Clinic tells of a theft", text)
    who = detail(one, "victim", "Calder Clinic", "Calder Clinic")
    names = detail(one, "data_type", "names", "names")
    bank = detail(one, "data_type", "bank account numbers", "financial")
    found = of(brief.write(view((one,), (who, names, bank))), "impact_assessment")
    told = " ".join(s.text for s in found)
    assert "600" in told or "bank" not in told


def test_every_plain_line_of_ours_is_easy() -> None:
    assert grade.grade("Numbers that prove who they are were laid open.") < grade.MOST
