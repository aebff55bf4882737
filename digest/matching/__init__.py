"""Stage 2: announcements x keywords -> what is in an edition, and why.

matcher.py   one paper against some keywords: the plain way, which says what matching means
pool.py      a day's papers against the keywords of every edition at once, with the same results
index.py     the index from words to papers, of which the pool asks what its keywords say
choice.py    matches -> cards and updates of an edition
"""

from digest.matching.batch import BatchMatcher, BatchMatches, MatchedDay
from digest.matching.matcher import Matcher, field_text
from digest.matching.selection import PaperMatcher, SelectedPaper, Selection, select_papers

__all__ = [
    "BatchMatcher",
    "BatchMatches",
    "MatchedDay",
    "Matcher",
    "PaperMatcher",
    "SelectedPaper",
    "Selection",
    "field_text",
    "select_papers",
]
