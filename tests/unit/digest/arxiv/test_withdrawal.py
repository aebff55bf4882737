"""Papers that are taken back, and papers that only speak of it."""

from dataclasses import replace

import pytest

from digest.arxiv.withdrawal import withdrawal_reason
from digest.i18n.translator import Translator
from digest.models.digest import PaperUpdate
from digest.models.paper import AnnouncementKind, Paper
from digest.rendering import phrasing
from digest.site.entries import entries
from tests.builders.digests import rich_day

GLOVES = Paper("2601.00001", 2, "Gloves", ("Ada Lovelace",), "We make gloves.", ("cs.RO",))
NOTICES = [
    "This paper has been withdrawn by the author; equation 3 is wrong.",
    "This submission has been withdrawn by arXiv administrators.",
    "Withdrawn.",
    "Paper withdrawn by the authors because of a missing glove.",
    "The authors have withdrawn this article due to an error.",
    "We withdraw this paper: the gloves do not fit.",
    "This manuscript is being withdrawn pending revision.",
    "This version has been retracted.",
]
OTHERS = [
    "We study robots that have withdrawn their hands.",
    "Withdrawn papers in robotics: a survey.",
    "We analyse retracted papers and why this happens.",
    "This work was withdrawn from ROBOT 2026 and is improved here.",
    "This paper replaces arXiv:2512.00001, which has been withdrawn.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_in_the_abstract_or_the_comment_withdraws(notice: str) -> None:
    assert withdrawal_reason(replace(GLOVES, abstract=notice)) == notice
    assert withdrawal_reason(replace(GLOVES, comment=f"9 pages. {notice}")).endswith(notice)


@pytest.mark.parametrize("text", OTHERS)
def test_other_papers_are_papers(text: str) -> None:
    assert withdrawal_reason(replace(GLOVES, abstract=text)) == ""
    assert withdrawal_reason(replace(GLOVES, comment=text)) == ""


@pytest.mark.parametrize(("language", "word"), [("en", "Withdrawn: "), ("zh", "已撤稿：")])
def test_an_update_that_takes_a_paper_back_says_so_everywhere(language: str, word: str) -> None:
    """In the words of chats, reports and pages, and in the entry of the archive and its feed."""
    update = PaperUpdate(replace(GLOVES, abstract=NOTICES[0]), AnnouncementKind.REPLACE, (), 1)
    entry = entries(replace(rich_day(language), cards=(), updates=(update,)))[0]

    assert phrasing.versions(update, Translator(language)) == f"2601.00001 v1 → v2 · {word}{NOTICES[0]}"
    assert entry.takeaway == f"{word}{NOTICES[0]}"
