"""Stage 2: announcements x keywords -> what is in an edition, and why.

matcher.py   one paper against some keywords: the plain way, which says what matching means
pool.py      a day's papers against the keywords of every edition at once, with the same results
index.py     the index from words to papers, of which the pool asks what its keywords say
choice.py    matches -> cards and updates of an edition
"""

from digest.matching.batch import Matched, MatchedDay, MatcherPool
from digest.matching.matcher import Matcher, field_text
from digest.matching.selection import Choice, Chosen, Matches, choose

__all__ = ["Choice", "Chosen", "Matched", "MatchedDay", "Matcher", "MatcherPool", "Matches", "choose", "field_text"]
