"""Runs with pymupdf4llm: for each PDF its pages, the seconds, and the headings (title, page) of its Markdown."""

import json
import re
import sys
import time
from importlib.metadata import version

import pymupdf
import pymupdf4llm

papers = {}
for path in sys.argv[1:]:
    start = time.perf_counter()
    with pymupdf.open(path) as document:
        chunks = pymupdf4llm.to_markdown(document, page_chunks=True)
    headings = [
        (re.sub(r"^[\dIVX.]+\s+", "", title.strip("*_ ")), number)
        for number, chunk in enumerate(chunks, 1)
        for title in re.findall(r"^#+ +(.+)$", chunk["text"], re.MULTILINE)
    ]
    papers[path] = {"pages": len(chunks), "seconds": time.perf_counter() - start, "headings": headings}
print("\n" + json.dumps({"version": f"{version('pymupdf4llm')} with pymupdf {version('pymupdf')}", "papers": papers}))
