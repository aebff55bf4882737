"""Which figures may be shown, and what is said beside them."""

from dataclasses import replace

import pytest

from digest.i18n.translator import Translator
from digest.models.digest import CardFigure
from digest.models.paper import Paper
from digest.rendering.figure_licences import figure_alt, figure_caption, figure_licence, may_show
from tests.builders.digests import rich_day

CC = "http://creativecommons.org/licenses"
PAPER = Paper("2601.00001", 1, "A title", ("A. Author",), "", ("cs.RO",))


def under(url: str | None) -> Paper:
    return replace(PAPER, licence=url)


@pytest.mark.parametrize(
    ("url", "free", "noncommercial"),
    [
        (f"{CC}/by/4.0/", True, True),
        (f"{CC}/by/3.0/", True, True),
        (f"{CC}/by-sa/4.0/", True, True),
        ("https://creativecommons.org/publicdomain/zero/1.0/", True, True),
        ("http://creativecommons.org/publicdomain/mark/1.0/", True, True),
        (f"{CC}/by-nc/4.0/", False, True),
        (f"{CC}/by-nc-sa/4.0/", False, True),
        (f"{CC}/by-nd/4.0/", False, False),
        (f"{CC}/by-nc-nd/4.0/", False, False),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", False, False),
        ("https://creativecommons.org.example.net/licenses/by/4.0/", False, False),
        ("https://example.org/?http://creativecommons.org/licenses/by/4.0/", False, False),
        ("", False, False),
        (None, False, False),
    ],
)
def test_the_licence_alone_decides(url: str | None, free: bool, noncommercial: bool) -> None:
    """A cut-out may be adapted material, so ND is out; what is not known is not allowed; "none" is none."""
    paper = under(url)

    assert may_show(paper, "free") is free
    assert may_show(paper, "noncommercial") is noncommercial
    assert not may_show(paper, "none")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_caption_names_what_the_licence_asks_for(language: str) -> None:
    """Authors, paper, licence with its address, and that it was cut out; within Telegram's 1,024 characters."""
    card = rich_day().cards[0]
    card = replace(
        card,
        paper=replace(card.paper, licence=f"{CC}/by/4.0/"),
        figure=CardFigure("Figure 1: " + "long " * 400, 3, 9, 9),
    )
    said = figure_caption(card, Translator(language))

    assert "Mira Okonkwo" in said
    assert "arXiv:2601.03309v1" in said
    assert "https://arxiv.org/abs/2601.03309v1" in said
    assert "CC BY 4.0" in said
    assert "https://creativecommons.org/licenses/by/4.0/" in said
    assert "3" in said.splitlines()[1]
    assert len(said.encode("utf-16-le")) // 2 <= 1024
    assert figure_alt(card, Translator(language))


def test_no_caption_without_a_licence() -> None:
    """A figure that may not be shown can't be put into words by mistake."""
    card = replace(rich_day().cards[0], figure=CardFigure("Figure 1", 1, 9, 9))

    assert figure_licence(card.paper) is None
    with pytest.raises(ValueError, match="no figure"):
        figure_caption(card, Translator("en"))
