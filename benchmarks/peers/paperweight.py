"""Runs with academic-paperweight: seconds to parse a feed's items, and to score them by keywords."""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

from paperweight import scraper
from paperweight.processor import process_papers

feed, keywords, rounds = Path(sys.argv[1]).read_text("utf-8"), json.loads(sys.argv[2]), int(sys.argv[3])
scraper._fetch_single_rss_feed = lambda url: feed  # the network is not what is measured
config = {
    "keywords": keywords, "exclusion_keywords": [], "important_words": [], "title_keyword_weight": 3,
    "abstract_keyword_weight": 2, "content_keyword_weight": 1, "exclusion_keyword_penalty": 5,
    "important_words_weight": 0.5, "min_score": 0.1,
}  # fmt: skip
taken, found = [], []
for _ in range(rounds):
    start = time.perf_counter()
    papers = scraper.fetch_rss_papers(["cs.CL"])
    found = process_papers(papers, config)
    taken.append(time.perf_counter() - start)
print(json.dumps({
    "version": version("academic-paperweight"), "seconds": taken, "papers": len(papers), "matched": len(found),
}))  # fmt: skip
