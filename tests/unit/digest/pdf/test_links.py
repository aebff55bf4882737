"""Links: whole, in their right case, once, and the paper's own code and page told from everybody else's."""

import pytest

from digest.models.paper_text import Link, LinkKind
from digest.text.urls import link_kind
from tests.builders.pdfs import Press, pymupdf, read_here


def links(press: Press) -> list[Link]:
    return list(read_here(press.pdf()).links)


def link_to(press: Press, url: str, text: str, before: str = "") -> None:
    """Words, then words that are a link."""
    press.y += 12
    x = press.put(72, press.y, before) if before else 72.0
    end = press.put(x + 3, press.y, text)
    press.page.insert_link(
        {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(x + 3, press.y - 9, end, press.y + 3), "uri": url}
    )


def intro() -> Press:
    press = Press()
    press.title("PaperReader: A Reader of Papers")
    press.heading("Abstract")
    press.prose(3)
    press.heading("1 Introduction")
    press.prose(3)
    return press


def test_an_annotation_gives_the_address_whole() -> None:
    """The address of a link annotation is taken as it is, with its page and the words before it."""
    press = intro()
    link_to(press, "https://github.com/Author/Paper-Reader", "here", "Our code is available")
    (link,) = links(press)

    assert (link.url, link.kind) == ("https://github.com/Author/Paper-Reader", LinkKind.CODE)
    assert (link.page, link.source) == (1, "annotation")
    assert link.context.endswith("Our code is available")


def test_text_gives_addresses_where_there_are_no_annotations() -> None:
    """An address in print counts, without the sentence's full stop."""
    press = intro()
    press.text("We release our code at https://github.com/Author/Reader.")
    (link,) = links(press)

    assert (link.url, link.kind, link.source) == ("https://github.com/Author/Reader", LinkKind.CODE, "text")


def test_an_address_is_listed_once() -> None:
    """Printed and annotated, twice over, with or without a slash: one link."""
    press = intro()
    for _ in range(2):
        link_to(press, "https://github.com/author/reader/", "https://github.com/author/reader", "Code:")

    assert [link.url for link in links(press)] == ["https://github.com/author/reader/"]


def test_an_address_over_two_lines_is_joined_where_that_is_certain() -> None:
    """A slash at the line's end goes on; a sentence's next word is never glued to an address."""
    press = intro()
    press.line("Our code is at https://github.com/author/")
    press.line("reader-2 and our page is at https://reader.example.org/")
    press.line("and that is all.")

    assert [link.url for link in links(press)] == ["https://github.com/author/reader-2", "https://reader.example.org/"]


def test_what_is_no_address_is_no_link() -> None:
    """Broken, local and unsafe addresses are left out."""
    press = intro()
    for url in ("file:///etc/passwd", "javascript:alert(1)", "https://localhost/x", "http://", "mailto:a@example.org"):
        link_to(press, url, "here")

    assert links(press) == []


def test_the_bibliography_has_no_code_of_ours() -> None:
    """A repository in an entry of the references is a link like any other."""
    press = intro()
    press.heading("References")
    press.text("[1] A. Author. Our code is available. https://github.com/other/tool.")
    press.text("[2] B. Author. Another work, 2020.")
    (link,) = links(press)

    assert link.kind is LinkKind.OTHER


def test_a_footnote_is_what_its_mark_hangs_on() -> None:
    """`Our code is public1` in the text makes the footnote's address our code; a baseline's stays a baseline's."""
    press = intro()
    press.new_page()
    press.heading("2 Experiments")
    press.y += 12
    x = press.put(72, press.y, "We compare with the baseline of another group.")
    press.put(x, press.y - 4, "1", 6)
    press.y += 12
    x = press.put(72, press.y, "We release the code of our reader publicly")
    press.put(x, press.y - 4, "2", 6)
    press.prose(3)
    for n, name in enumerate(("baseline", "reader"), 1):
        x = press.put(72, 730 + 12 * n, str(n), 5)
        press.put(x, 733 + 12 * n, f"https://github.com/group/{name}", 8)
    kinds = {link.url.rsplit("/", 1)[1]: link.kind for link in links(press)}

    assert kinds == {"baseline": LinkKind.OTHER, "reader": LinkKind.CODE}


@pytest.mark.parametrize(
    ("url", "context", "page", "kind"),
    [
        ("https://github.com/a/b", "Code is available at", 7, LinkKind.CODE),
        ("https://github.com/a/b", "The code and trained models have been released at", 3, LinkKind.CODE),
        ("https://github.com/a/b", "we will open-source our implementation at", 9, LinkKind.CODE),
        ("https://github.com/a/b", "Github:", 2, LinkKind.CODE),
        ("https://github.com/a/b", "", 1, LinkKind.CODE),  # on the first page it is theirs
        ("https://github.com/a/b", "We use the official implementation of LoRA from", 5, LinkKind.OTHER),
        ("https://github.com/a/b", "the model is implemented with", 5, LinkKind.OTHER),
        ("https://github.com/a/b", "as a baseline we take", 1, LinkKind.OTHER),
        ("https://github.com/a", "Code is available at", 1, LinkKind.OTHER),  # a person, not a repository
        ("https://gitlab.com/a/b", "Our source code can be found at", 8, LinkKind.CODE),
        ("https://anonymous.4open.science/r/b-1234", "Code:", 6, LinkKind.CODE),
        ("https://github.com/x/paperreader", "see", 6, LinkKind.CODE),  # it carries the work's name
        ("https://paperreader.github.io", "Project page:", 1, LinkKind.PROJECT),
        ("https://reader.example.org", "Demo:", 1, LinkKind.PROJECT),
        ("https://example.org/x", "as described in", 4, LinkKind.OTHER),
        ("https://huggingface.co/datasets/a/b", "Our dataset is available at", 2, LinkKind.DATA),
        ("https://zenodo.org/record/1", "our data can be found at", 2, LinkKind.DATA),
        ("https://arxiv.org/abs/2601.00001", "our code is available at", 1, LinkKind.OTHER),
    ],
)
def test_kinds_go_by_words_and_place(url: str, context: str, page: int, kind: LinkKind) -> None:
    """The paper's own code is told by what is said of it, or by the first page, or by the work's name."""
    assert link_kind(url, context, page=page, title="PaperReader: A Reader of Papers") is kind
