"""The passages of a paper that fit a question best: what `/ask` shows without a model, and what a model answers from.

    question -> words (Chinese terms of the trade in English too)  |  BM25 over the paper's sentences  |  none twice

Every passage is the paper's own sentence with its section and page. Where nothing fits, nothing is given.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import fuzz, process

from digest.analysis.analyst import AnalysisRequest, PaperAnswer
from digest.analysis.excerpt.candidate_sentences import page_at, without_mark
from digest.analysis.excerpt.excerpt_analyst import is_like
from digest.analysis.excerpt.patterns import pattern, table
from digest.analysis.llm.prompt_context import PromptContext
from digest.analysis.verification.support.lexicon import english_words
from digest.models.analysis import EXCERPT, AnalysisSource, Evidence, Statement, Verdict
from digest.models.paper import Paper
from digest.models.paper_text import (
    Caption,
    Footnote,
    Link,
    LinkKind,
    PaperParagraph,
    PaperText,
    ParagraphKind,
    Section,
    SectionKind,
)
from digest.text.latex.latex_to_text import latex_to_text
from digest.text.phrases import is_instruction
from digest.text.sentences import is_chinese, sentences
from digest.text.tokens import tokenise
from digest.text.word_lists import word_list

_K1, _B = 1.2, 0.75  # BM25's usual settings
_HEADING = 0.5  # what a word in the section's title counts beside one in the sentence
_NEIGHBOUR = 0.25  # what a sentence gains from the ones around it
_NUMBER = 1.3  # factor of a sentence with a number where a number is asked for
_MISSPELLED = 85.0  # likeness from which a word of the question is taken for one of the paper
_FEWEST, _MOST = 5, 80  # words of a passage
_FEWEST_BESIDE = 10  # words of a caption or footnote: shorter ones are only names
_BESIDE = 8  # passages that go to a model beside its reading
_OUTSIDE = (SectionKind.REFERENCES, SectionKind.ACKNOWLEDGEMENTS)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class _ScoredSentence:
    text: str
    page: int
    section: str | None
    words: Counter[str]
    heading: frozenset[str]


def best_passages(request: AnalysisRequest, question: str) -> PaperAnswer:
    """The answer without a model: the passages that fit best, of the abstract where there is no text."""
    if request.text is not None:
        pages = tuple(range(1, request.text.pages_read + 1))
        statements = passages_for(question, request.text)
        return PaperAnswer(statements, EXCERPT, AnalysisSource.FULL_TEXT, request.notices, pages)
    passages = passages_for(question, abstract_as_text(request.paper))
    without_page = (replace(s, evidence=replace(s.evidence, page=None)) for s in passages if s.evidence is not None)
    return PaperAnswer(tuple(without_page), EXCERPT, AnalysisSource.ABSTRACT, request.notices)


@dataclass(frozen=True, slots=True)
class BesidePassage:
    """A passage that a model's reading of the paper leaves out, or a link of the paper."""

    text: str
    page: int


def passages_beside(question: str, request: AnalysisRequest, reading: PromptContext) -> tuple[BesidePassage, ...]:
    """What fits the question best of what the reading leaves out, appendix and footnotes too, and the paper's links."""
    if request.text is None:
        return ()
    fitting = passages_for(question, request.text, limit=_BESIDE)
    left_out = [s.evidence for s in fitting if s.evidence and s.text not in reading.text]
    links = [BesidePassage(f"{link.kind}: {link.url}", link.page or 1) for link in request.text.links if _is_own(link)]
    return (*(BesidePassage(e.quote, e.page or 1) for e in left_out), *links[:_BESIDE])


def _is_own(link: Link) -> bool:
    return link.kind in (LinkKind.CODE, LinkKind.PROJECT, LinkKind.DATA)


def abstract_as_text(paper: Paper) -> PaperText:
    """The abstract as a text of its own, against which statements are checked. Its page is none of the paper's."""
    section = Section(
        "Abstract", 1, kind=SectionKind.ABSTRACT, paragraphs=(PaperParagraph(latex_to_text(paper.abstract), 1),)
    )
    return PaperText(latex_to_text(paper.title), (section,), pages=0, pages_read=0)


def passages_for(question: str, text: PaperText, limit: int = 5) -> tuple[Statement, ...]:
    """Up to `limit` sentences of the paper that fit the question, the best first; empty where none has its words."""
    scored = _sentences(text)
    question_words = _asked(question, scored)
    if not question_words or not scored:
        return ()
    scores = _scores(question_words, scored)
    if pattern("ask", "number").search(question):
        scores = [s * _NUMBER if re.search(r"\d", f.text) else s for s, f in zip(scores, scored, strict=True)]
    chosen: list[_ScoredSentence] = []
    for index in sorted(range(len(scored)), key=lambda i: -scores[i]):
        if scores[index] <= 0 or len(chosen) == limit:
            break
        if not any(is_like(scored[index].text, rival.text) for rival in chosen):
            chosen.append(scored[index])
    return tuple(Statement(s.text, Evidence(s.text, Verdict.FOUND, s.section, s.page, s.text)) for s in chosen)


def _sentences(text: PaperText) -> list[_ScoredSentence]:
    scored = []
    for section in text.sections:
        if section.kind in _OUTSIDE:
            continue
        heading = frozenset(_words(section.title))
        for paragraph in section.paragraphs:
            if paragraph.kind not in (ParagraphKind.PROSE, ParagraphKind.LIST_ITEM):
                continue
            for start, end in sentences(paragraph.text):
                sentence = without_mark(" ".join(paragraph.text[start:end].split()))
                length = len(sentence) // 2 if is_chinese(sentence) else len(sentence.split())
                if _FEWEST <= length <= _MOST and not is_instruction(sentence):
                    location = page_at(paragraph, start), section.label or None
                    scored.append(_ScoredSentence(sentence, *location, Counter(_words(sentence)), heading))
    return [*scored, *_beside(text)]


def _beside(text: PaperText) -> list[_ScoredSentence]:
    """What stands beside the running text and answers questions too: captions and footnotes, each whole."""
    passages = []
    everything: tuple[Caption | Footnote, ...] = (*text.captions, *text.footnotes)
    for passage in everything:
        words = " ".join(passage.text.split())
        if _FEWEST_BESIDE <= len(words.split()) <= _MOST and not is_instruction(words):
            section = text.sections[passage.section].label if passage.section is not None else None
            passages.append(_ScoredSentence(words, passage.page, section or None, Counter(_words(words)), frozenset()))
    return passages


def _words(text: str) -> list[str]:
    """The telling words of a text, without their endings; Chinese by pairs of characters."""
    norms = [norm for norm in tokenise(text).norms if norm not in word_list("ask_nothing")]
    pairs = [a + b for a, b in pairwise(norms) if not a.isascii() and not b.isascii()]
    return [*(_stem(norm) for norm in norms if norm.isascii() and (len(norm) > 1 or norm.isdigit())), *pairs]


def _stem(word: str) -> str:
    for suffix in ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def _asked(question: str, scored: Sequence[_ScoredSentence]) -> Counter[str]:
    """The question's words, each that the paper does not have replaced by the one that it is most like."""
    terms = " ".join(english for chinese, english in table("ask", "terms").items() if chinese in question)
    terms = f"{terms} {' '.join(english_words(question))}" if is_chinese(question) and not terms else terms
    paper_words = {word for sentence in scored for word in (*sentence.words, *sentence.heading)}
    counts: Counter[str] = Counter()
    names = " ".join(_LATIN.findall(question) * 2) if is_chinese(question) else ""  # they say more than a term
    for word in _words(f"{question} {terms} {names}"):
        if word in paper_words:
            counts[word] += 1
        elif len(word) >= 5 and (
            near := process.extractOne(word, paper_words, scorer=fuzz.ratio, score_cutoff=_MISSPELLED)
        ):
            counts[near[0]] += 1
    return counts


def _scores(question_words: Counter[str], scored: Sequence[_ScoredSentence]) -> list[float]:
    containing: defaultdict[str, int] = defaultdict(int)
    for sentence in scored:
        for word in question_words:
            containing[word] += word in sentence.words
    average = sum(sum(s.words.values()) for s in scored) / len(scored)
    sentence_scores = [_score(question_words, sentence, containing, len(scored), average) for sentence in scored]
    padded = [0.0, *sentence_scores, 0.0]
    return [
        score + _NEIGHBOUR * max(padded[i], padded[i + 2]) if score > 0 else 0.0
        for i, score in enumerate(sentence_scores)
    ]


def _score(
    question_words: Counter[str], sentence: _ScoredSentence, containing: dict[str, int], count: int, average: float
) -> float:
    length = sum(sentence.words.values())
    score = 0.0
    for word, weight in question_words.items():
        rarity = math.log(1 + (count - containing[word] + 0.5) / (containing[word] + 0.5))
        times = sentence.words[word] + _HEADING * (word in sentence.heading)
        score += weight * rarity * times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * length / average))
    return score
