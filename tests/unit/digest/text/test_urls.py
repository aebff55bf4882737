"""Links of the abstract, the comment and the PDF."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.paper import Paper
from digest.models.paper_text import Link, LinkKind, PaperText
from digest.text.urls import find_urls, is_usable, link_kind, paper_links

PAPER = Paper("2601.90101", 1, "A title", ("A. Author",), "", ("cs.RO",))


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("Code: https://github.com/Lab/Repo-Name.", ["https://github.com/Lab/Repo-Name"]),
        ("(see https://lab.github.io/Page_(new)/).", ["https://lab.github.io/Page_(new)/"]),
        (r"at \url{https://github.com/a/b\_c}, and", ["https://github.com/a/b_c"]),
        (r"\href{https://example.org/x}{our page}", ["https://example.org/x"]),
        ("is at github.com/Lab/Repo.", ["https://github.com/Lab/Repo"]),
        ("代码见https://github.com/a/b。", ["https://github.com/a/b"]),
        ('"https://github.com/a/b".', ["https://github.com/a/b"]),
        ("$https://a.github.io$ and https://", ["https://a.github.io"]),
        ("mail me@github.com/x or http://localhost/x", []),
    ],
)
def test_urls_are_whole_and_without_the_sentences_punctuation(text: str, urls: list[str]) -> None:
    """A URL keeps its case and its balanced brackets, and loses what belongs to the sentence."""
    assert [url for url, _ in find_urls(text)] == urls


@given(st.text(alphabet=st.sampled_from("htps:/.()[]{}\\_%abcG é中。,$ ")))
def test_what_is_found_can_be_followed(text: str) -> None:
    """Whatever the text, every URL that comes out is usable and does not end like a sentence."""
    for url, _ in find_urls("https://a.org/" + text):
        assert is_usable(url)
        assert url[-1] not in ".,;:!?"


def test_the_abstracts_code_comes_first_and_once() -> None:
    """A repository that the PDF links to again, with another spelling of the address, is not listed twice."""
    paper = Paper(**{**_fields(PAPER), "abstract": "Code: https://github.com/Lab/Repo."})
    pdf = (Link("https://www.github.com/Lab/Repo/", LinkKind.CODE, 3), Link("https://x.github.io", LinkKind.PROJECT, 1))
    links = paper_links(paper, PaperText("t", (), 3, 3, links=pdf))

    assert [(link.url, link.kind) for link in links] == [
        ("https://github.com/Lab/Repo", LinkKind.CODE),
        ("https://x.github.io", LinkKind.PROJECT),
    ]


@pytest.mark.parametrize(
    ("abstract", "kind"),
    [
        ("Project page: https://lab.github.io/x/", LinkKind.PROJECT),
        ("Videos are available at https://sites.example.org/x", LinkKind.PROJECT),
        ("The data set is at https://huggingface.co/datasets/a/b", LinkKind.DATA),
        ("As in https://arxiv.org/abs/2601.00001", LinkKind.OTHER),
        ("Hosted on https://github.com", LinkKind.OTHER),
    ],
)
def test_a_link_is_named_for_what_it_is(abstract: str, kind: LinkKind) -> None:
    """Host and the words before decide."""
    (link,) = paper_links(Paper(**{**_fields(PAPER), "abstract": abstract}), None)

    assert link.kind is kind


@pytest.mark.parametrize(
    ("urls", "code"),
    [
        (
            ["https://github.com/mgarcia-lab/Lamp", "https://github.com/numpy/numpy"],
            "https://github.com/mgarcia-lab/Lamp",
        ),
        (["https://github.com/mgarcia/Lamp", "https://github.com/mgarcia/Other"], None),
        (["https://github.com/mgarcia"], None),
        (["https://github.com/numpy/numpy"], None),
        (["https://example.org/mgarcia/lamp"], None),
    ],
)
def test_a_repository_of_an_author_is_the_papers(urls: list[str], code: str | None) -> None:
    """Also where a bare footnote holds it, unless there are several to choose from."""
    paper = Paper(**{**_fields(PAPER), "authors": ("María García", "Bo Xu")})
    pdf = tuple(Link(url, LinkKind.OTHER, 3) for url in urls)
    found = paper_links(paper, PaperText("t", (), 3, 3, links=pdf))

    assert next((link.url for link in found if link.kind is LinkKind.CODE), None) == code


def _fields(paper: Paper) -> dict[str, object]:
    return {name: getattr(paper, name) for name in paper.__dataclass_fields__}


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://doi.org/10.5281/zenodo.1234", LinkKind.DATA),
        ("https://www.zenodo.org/records/1234", LinkKind.DATA),
        ("https://github.com/lovelace/gloves", LinkKind.CODE),
        ("https://doi.org/10.1234/gloves", LinkKind.OTHER),
        ("https://aclanthology.org/2026.gloves-1.1", LinkKind.OTHER),
        ("https://lovelace.github.io/gloves", LinkKind.PROJECT),
    ],
)
def test_a_link_is_the_same_wherever_authors_give_it(url: str, kind: LinkKind) -> None:
    """In the abstract, on the first page, and where the words say that it is their own."""
    assert link_kind(url, "") is kind
    assert link_kind(url, "", page=1) is kind
    assert link_kind(url, "Our code and models are available at", page=7) is kind
