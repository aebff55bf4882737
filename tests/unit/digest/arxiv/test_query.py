"""Answers of the query API."""

from datetime import UTC, datetime

import pytest

from digest.arxiv.errors import FeedError
from digest.arxiv.query import ids_url, parse_page, submitted_url
from tests.fakes.arxiv import atom, made_paper

ENTRY = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
      xmlns="http://www.w3.org/2005/Atom">
  <opensearch:totalResults>12</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/math.CA/0611800v3</id>
    <title>An old
      result</title>
    <updated>2008-01-22T15:42:41Z</updated>
    <summary>  We show that $x &lt; y$.
</summary>
    <category term="math.CA" scheme="http://arxiv.org/schemas/atom"/>
    <category term="math.DG" scheme="http://arxiv.org/schemas/atom"/>
    <published>2006-11-27T18:53:13-05:00</published>
    <arxiv:comment>20 pages; code: https://example.org/code</arxiv:comment>
    <arxiv:primary_category term="math.DG"/>
    <arxiv:journal_ref>J. Made-Up Res. 1 (2007)</arxiv:journal_ref>
    <author><name>Zo\\"e Orn</name><arxiv:affiliation>Inst. of Touch</arxiv:affiliation></author>
    <author><name>:</name></author>
    <author><name>Emmy Noether</name></author>
    <arxiv:doi>10.5555/made.up</arxiv:doi>
  </entry>
  <entry>
    <id>http://arxiv.org/abs/</id>
    <title/>
  </entry>
</feed>"""

ERROR = """<feed xmlns="http://www.w3.org/2005/Atom"><entry>
  <id>https://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title>
  <summary>incorrect id format for 26.1</summary></entry></feed>"""


def test_an_entry_is_a_paper_with_all_that_feeds_leave_out() -> None:
    """Comment, dates in UTC, and the primary category first even where it is listed second."""
    [paper] = parse_page(ENTRY.encode()).papers

    assert (paper.id, paper.version, paper.title) == ("math/0611800", 3, "An old result")
    assert paper.authors == ("Zoë Orn", "Emmy Noether")
    assert paper.abstract == "We show that $x < y$."
    assert paper.categories == ("math.DG", "math.CA")
    assert paper.submitted == datetime(2006, 11, 27, 23, 53, 13, tzinfo=UTC)
    assert paper.updated == datetime(2008, 1, 22, 15, 42, 41, tzinfo=UTC)
    assert paper.comment == "20 pages; code: https://example.org/code"
    assert (paper.doi, paper.journal_ref) == ("10.5555/made.up", "J. Made-Up Res. 1 (2007)")


def test_hollow_entries_count_for_paging_but_are_no_papers() -> None:
    """arXiv answers some wrong ids with an entry without id and title."""
    page = parse_page(ENTRY.encode())

    assert (len(page.papers), page.entries, page.total) == (1, 2, 12)


def test_no_result_is_no_error() -> None:
    """An unknown id gives an answer without entries."""
    assert parse_page(atom([], 0).encode()).papers == ()


def test_papers_survive_the_way_through_an_answer() -> None:
    """Titles and abstracts come as they were sent."""
    sent = [made_paper(1), made_paper(2)]
    came = parse_page(atom(sent, 2).encode()).papers

    assert [(p.versioned_id, p.title, p.authors, p.categories) for p in came] == [
        (p.versioned_id, p.title, p.authors, p.categories) for p in sent
    ]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ERROR, "query.error"),
        ("<html><body>Bad Request: Request Line is too large</body></html>", "feed.html"),
        (ENTRY[:900], "feed.cut_off"),
        ('<rss version="2.0"/>', "feed.not_a_feed"),
        ("Rate exceeded.", "feed.not_xml"),
    ],
)
def test_errors_are_told_apart(answer: str, code: str) -> None:
    """arXiv's own errors, and what is no answer of the API."""
    with pytest.raises(FeedError) as raised:
        parse_page(answer.encode())

    assert raised.value.notice.code == code


def test_a_hundred_ids_fit_into_a_request_line() -> None:
    """arXiv's limit is 4,094 bytes."""
    assert len(ids_url("https://export.arxiv.org/api/query", ["cond-mat/9901001v12"] * 100)) < 4000


def test_archives_are_asked_for_in_the_way_that_finds_them() -> None:
    """`cat:cs` finds nothing, `cat:cs.*` does; archives without subjects are asked for by name."""
    span = (datetime(2026, 1, 5, 19, tzinfo=UTC), datetime(2026, 1, 9, 5, tzinfo=UTC))

    urls = [submitted_url("http://x", category, *span, 0, 500) for category in ("cs", "cs.AI", "hep-th")]

    assert [url.split("cat%3A")[1].split("+")[0] for url in urls] == ["cs.%2A", "cs.AI", "hep-th"]
    assert "submittedDate%3A%5B202601051900+TO+202601090500%5D" in urls[0]
