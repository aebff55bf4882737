"""Identifiers in every form that people and machines write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.arxiv.ids import ArxivId, abs_url, leading_id, parse_id, pdf_url
from digest.errors import InputError

NEW = st.builds(
    lambda year, month, number: f"{year:02}{month:02}.{number:05}",
    st.integers(15, 90),
    st.integers(1, 12),
    st.integers(1, 99999),
) | st.builds(
    lambda year, month, number: f"{year:02}{month:02}.{number:04}",
    st.integers(8, 14),
    st.integers(1, 12),
    st.integers(1, 9999),
)
OLD = st.builds(
    lambda archive, year, month, number: f"{archive}/{year:02}{month:02}{number:03}",
    st.sampled_from(["hep-th", "math", "cond-mat", "q-bio", "astro-ph", "cs", "quant-ph", "cmp-lg", "solv-int"]),
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 999),
)
VERSIONS = st.none() | st.integers(1, 120)
FORMS = st.sampled_from(
    [
        "{}",
        " {}\n",
        "arXiv:{}",
        "ARXIV: {}",
        "oai:arXiv.org:{}",
        "{}.pdf",
        "https://arxiv.org/abs/{}",
        "http://www.arxiv.org/abs/{}/",
        "arxiv.org/abs/{}",
        "https://arxiv.org/pdf/{}",
        "https://arxiv.org/pdf/{}.pdf",
        "https://export.arxiv.org/pdf/{}.pdf?download=1#page=3",
        "https://export.arxiv.org/abs/{}?context=cs.AI",
        "https://arxiv.org/html/{}#S2",
        "https://www.alphaxiv.org/abs/{}",
        "https://ar5iv.labs.arxiv.org/html/{}",
        "https://huggingface.co/papers/{}",
        "https://doi.org/10.48550/arXiv.{}",
        "10.48550/arxiv.{}",
        "<https://arxiv.org/abs/{}>",
        "arXiv:{} [cs.RO] 9 Jan 2026",
        "{} [math.GT]",
        "arXiv {}",
        "DOI: 10.48550/arXiv.{}",
        "{}.",
        "{},",
        "{}。",
        "https://arxiv.org/pdf/{}.pdf)；",
        "【{}】",
        "“{}”",
        "**{}**",
        "\u200b{}\u200b",
        "\u202aarXiv:{}\u202c\ufeff",
        "https://arxiv.org/abs/arXiv:{}",
        "<https://arxiv.org/abs/{}|Gloves that feel>",
        "[Gloves that feel](https://arxiv.org/abs/{})",
        "https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F{}&sa=D",
        "https://a-site-of-tomorrow.example/zh/papers/{}?tab=2#top",
        "论文{}的结果",
        "Tactile gloves, https://arxiv.org/abs/{}",
    ]
)


@given(NEW | OLD, VERSIONS, FORMS)
def test_every_form_of_an_id_is_the_same_id(name: str, version: int | None, form: str) -> None:
    """Whatever is written around an identifier, it parses to the identifier without its version, and the version."""
    wanted = ArxivId(name, version)

    assert parse_id(form.format(wanted)) == wanted


@given(NEW | OLD, VERSIONS)
def test_an_id_survives_being_written_out(name: str, version: int | None) -> None:
    """`str` and `parse_id` are inverse to each other, also through URLs."""
    wanted = ArxivId(name, version)

    assert parse_id(str(wanted)) == wanted
    assert parse_id(abs_url(name, version)) == wanted
    assert parse_id(pdf_url(name, version)) == wanted


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Anything is either an identifier or an `InputError`."""
    try:
        parsed = parse_id(text)
    except InputError:
        return
    assert parse_id(str(parsed)) == parsed


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("math.CA/0611800", ArxivId("math/0611800")),
        ("math.CA/0611800v2", ArxivId("math/0611800", 2)),
        ("oai:arXiv.org:math.CA/0611800v2", ArxivId("math/0611800", 2)),
        ("cond-mat.mes-hall/9901001", ArxivId("cond-mat/9901001")),
        ("HEP-TH/9901001V3", ArxivId("hep-th/9901001", 3)),
        ("https://arxiv.org/abs/hep-th%2F9901001v1", ArxivId("hep-th/9901001", 1)),
        ("２６０１．０３３０９ｖ２", ArxivId("2601.03309", 2)),
        ("arXiv：2601.03309", ArxivId("2601.03309")),
    ],
)
def test_unusual_forms(text: str, wanted: ArxivId) -> None:
    """Subject classes are dropped; capitals, percent signs and full-width forms do not matter."""
    assert parse_id(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2601",
        "2613.00001",
        "2601.123",
        "2601.123456",
        "2601.03309v0",
        "2601.033091",
        "2601.03309x",
        "2601.0330.12345",
        "2601.0330",
        "0901.00033",
        "0703.0001",
        "9912.12345",
        "10.1103/PhysRevD.76.013009",
        "10.1234/abc/2601.03309",
        "foo/9901001",
        "https://arxiv.org/list/cs.AI/new",
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    """The error is one sentence that names what is wrong and shows how to write it."""
    with pytest.raises(InputError, match="is not an arXiv identifier; write 2601"):
        parse_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "2601.03309 2601.03310",
        "https://example.org/?q=2601.03309&x=2601.03310",
        "2601.03309v1 or 2601.03309v2",
        "hep-th/9901001 replaces 2601.03309",
    ],
)
def test_of_two_papers_none_is_chosen(text: str) -> None:
    """The error names both."""
    with pytest.raises(InputError, match=r"names more than one paper \(.+, .+\); write one"):
        parse_id(text)


@pytest.mark.parametrize(
    "written",
    [
        "2601.03309v2 {}",
        "arXiv 2601.03309v2 {}",
        "arXiv: 2601.03309v2  {}",
        "<https://arxiv.org/abs/2601.03309v2|Gloves of 2026> {}",
        "[Gloves of 2026](https://arxiv.org/abs/2601.03309v2) {}",
        "https://arxiv.org/pdf/2601.03309v2。 {}",
    ],
)
def test_a_question_follows_its_paper(written: str) -> None:
    """The identifier is taken off the front; numbers in the question are left alone."""
    question = "Is it better than 2512.00001?"

    assert leading_id(written.format(question)) == (ArxivId("2601.03309", 2), question)


def test_a_question_without_a_paper_is_refused() -> None:
    """A paper in mid-sentence is not the one that is asked."""
    with pytest.raises(InputError, match="'Is' is not an arXiv identifier"):
        leading_id("Is 2601.03309 any good?")


def test_pdf_addresses_follow_the_setting() -> None:
    """A folder gets the versioned id; a template gets its parts."""
    assert pdf_url("2601.03309", 1, "http://127.0.0.1:9/pdf/") == "http://127.0.0.1:9/pdf/2601.03309v1"
    assert pdf_url("2601.03309", 2, "https://x.org/{id}v{version}.pdf") == "https://x.org/2601.03309v2.pdf"
