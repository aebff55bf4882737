"""The sentences of a paper that may stand alone in an excerpt, and how well each does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import islice

from digest.analysis.excerpt.paper_language import WITH_CUES, is_in_language, language_of
from digest.analysis.excerpt.patterns import ENGLISH, pattern
from digest.analysis.excerpt.section_roles import SectionRole, section_roles
from digest.models.paper_text import PaperParagraph, PaperText, ParagraphKind
from digest.text.phrases import is_instruction
from digest.text.sentences import is_chinese, sentences
from digest.text.word_lists import word_list

MIN_WORDS, MAX_WORDS = 8, 50
_MIN_HAN, _MAX_HAN = 15, 160
_PARAGRAPHS_FOR_LANGUAGE = 200
_ONE_LETTER_WORDS = {"en": "ai", "fr": "aày", "de": "", "es": "ayoeu", "ru": "аявскоуиж"}  # other letters are symbols
_BEST_WORDS = range(12, 34)
_STRONG, _WEAK, _POINTER, _TORN = 3.0, 0.7, 0.6, 1.0  # what a weakness takes off a sentence's worth

_MATHS = re.compile(r"[=≤≥<>∈∑∏∫√∂∇∀∃⊂⊆∪∩→←⇒↦≈∼≡|{}^_\\∞⟨⟩∥˜+]")
_BROKEN = re.compile(r"\d[α-ωǫ]|˜|[\ufffd\ue000-\uf8ff\x00-\x08\x0b-\x1f]|<\||\|>")
_HYPHENATED = re.compile(r"[a-z]- (?!and|or|to|und)[a-z]")
_JOINED = re.compile(r"\b([a-z][\w’'-]*|[\w-]*[a-z][)\]]) ([A-Z][a-z]{2,})(?=[ ,])")
_COMPOUND = re.compile(r"(?<![\w-])([A-Za-z]{2,})-([a-z]{3,})(?![\w-])")
_NUMBERED = re.compile(r"^(?:\(?\d+(?:\.\d+)*[.)]?|[IVX]+\.|[A-Z]\.(?:\d+)?)\s")
ITEM_MARK = re.compile(r"(?:[•●▪■◦‣∙·⋄⬥➢✓–—*-]|\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)]|[①-⑩]|C\d[.:)])\s*(?=\S)")
_LABEL = re.compile(r"(?:[A-Z][\w’'/-]*(?:\s[\w’'/&()-]+){0,5})[.:]\s+(?=[A-Z])")
_HEADING = re.compile(
    r"(?!(?:We|The|Our|In|This|These|To|It|For|As|Given|An|A|When|Since|If|Most|While|With|At|By|On|From|All|Both) )"
    r"[A-Z][\w’/&()-]*(?: (?:[A-Z(][\w’/&()-]*|of|and|for|in|with|on|the|to|vs\.?)){0,7} "
    r"(?=(?:(?:We|The|Our|In|This|These|To|It|For|As|Given|An|A|When|Since|If|Most|While|With|Although) "
    r"|On the (?:one|other) hand|(?:However|Moreover|Furthermore|Overall|Finally|Similarly|Interestingly),))"
)
_BEFORE_WE = re.compile(r"[A-Z][^.!?:,;]{2,80}?[a-z)\]] (?=We [a-z]+ )")
_END = re.compile(r"[.!?。！？][\"'”’)\]]*$")
_MARK = re.compile(r"(?<=[.!?])\d{1,2}$")
_MARK_INSIDE = re.compile(r"[a-z]{3,}\d{1,2}(?=[,;.\s])")
_CITATION = re.compile(r"\[\d[\d,;\s–-]*\]|\([^()]*\b(?:19|20)\d{2}[a-z]?[^()]*\)|et al\.")
_POINTERS = re.compile(
    r"\b(?:fig(?:ure)?s?|tables?|eqs?|equations?|sections?|sec|appendix|algorithm)\b\.?\s*\(?[\dA-Z]", re.IGNORECASE
)
_BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"))


@dataclass(frozen=True, slots=True)
class CandidateSentence:
    """One sentence: where it stands, and `quality`, 0 for a sentence without weakness, less for others."""

    text: str
    page: int
    section: int  # index into PaperText.sections
    role: SectionRole
    order: int  # its place in the paper's reading order
    place: float  # its place in the part of the paper with its role, 0 to 1
    quality: float
    is_own: bool = True  # it speaks of the authors or of what they present
    language: str = "en"  # of the paper
    is_named: bool = False  # it begins with the name of what the paper presents


def candidate_sentences(text: PaperText) -> list[CandidateSentence]:
    """Every sentence of the paper's own text that is whole, readable and on one page, in reading order; none of a paper
    in a language without cues."""
    language = paper_language(text)
    if language not in WITH_CUES:
        return []
    entries = [entry for entry in _all(text) if is_in_language(entry[0], language)]
    vocabulary = Counter(word for sentence, *_ in entries for word in re.findall(r"[\w-]+", sentence.lower()))
    small = _small_words(sentence for sentence, *_ in entries)
    subject, named = own_subject(text, language), named_subject(_names(text))
    orders: dict[SectionRole, list[int]] = {}
    for order, (*_, role, _) in enumerate(entries):
        orders.setdefault(role, []).append(order)
    result = []
    for order, (sentence, page, section, role, across) in enumerate(entries):
        quality = quality_of(sentence, small, language)
        if quality is None or across:
            continue
        quality -= _TORN * any(_is_torn(match, vocabulary) for match in _COMPOUND.finditer(sentence))
        span = orders[role]
        position = (order - span[0]) / max(1, span[-1] - span[0])
        is_own = subject.search(sentence) is not None
        is_named = named.search(sentence) is not None
        result.append(
            CandidateSentence(sentence, page, section, role, order, position, quality, is_own, language, is_named)
        )
    return result


def _all(text: PaperText) -> Iterator[tuple[str, int, int, SectionRole, bool]]:
    for index, (section, role) in enumerate(zip(text.sections, section_roles(text), strict=True)):
        if role is SectionRole.OUTSIDE:
            continue
        for paragraph in section.paragraphs:
            if paragraph.kind not in (ParagraphKind.PROSE, ParagraphKind.LIST_ITEM):
                continue
            mark = ITEM_MARK.match(paragraph.text)
            for start, end in sentences(paragraph.text):
                start = _behind_label(paragraph.text, max(start, mark.end() if mark else 0), end)
                page = page_at(paragraph, start)
                across = page != page_at(paragraph, end - 1)
                yield without_mark(" ".join(paragraph.text[start:end].split())), page, index, role, across


def _behind_label(text: str, start: int, end: int) -> int:
    """Where a sentence begins behind what is set before it: `Datasets: We use …`, `Training Details We use …`,
    `Refreshing the index We use …`: in the middle of a sentence nobody writes `We`."""
    label = _LABEL.match(text, start, end)
    if label and ":" in label.group() and end - label.end() > 30:
        return label.end()
    heading = _HEADING.match(text, start, end) or _BEFORE_WE.match(text, start, end)
    return heading.end() if heading and end - heading.end() > 30 else start


def without_mark(sentence: str) -> str:
    """A sentence without the number of a footnote behind it."""
    return _MARK.sub("", sentence)


def page_at(paragraph: PaperParagraph, offset: int) -> int:
    """The page of an offset into a paragraph."""
    return max([paragraph.page, *(page for begins, page in paragraph.breaks if begins <= offset)])


def _small_words(texts: Iterator[str]) -> frozenset[str]:
    """The words that the paper writes in small letters more than once: with a capital they begin something."""
    counted = Counter(word for text in texts for word in re.findall(r"\b[a-z]{3,}\b", text))
    return frozenset(word for word, times in counted.items() if times > 1)


def _is_torn(match: re.Match[str], vocabulary: Mapping[str, int]) -> bool:
    """Whether a hyphen is a line's end that stayed in a word (`in-terested`): the paper has the whole word elsewhere,
    or nowhere the compound again nor its second half alone."""
    first, second = match[1].lower(), match[2].lower()
    if vocabulary.get(first + second, 0) > 0:
        return vocabulary.get(match.group().lower(), 0) <= vocabulary[first + second]
    return vocabulary.get(match.group().lower(), 0) == 1 and second not in vocabulary


def paper_language(text: PaperText) -> str:
    """The language of most of the paper's own prose; "" where it cannot be known."""
    paragraphs = (
        paragraph.text
        for section, role in zip(text.sections, section_roles(text), strict=True)
        if role is not SectionRole.OUTSIDE
        for paragraph in section.paragraphs
        if paragraph.kind in (ParagraphKind.PROSE, ParagraphKind.LIST_ITEM)
    )
    return language_of(" ".join(islice(paragraphs, _PARAGRAPHS_FOR_LANGUAGE)))


def own_subject(text: PaperText, language: str) -> re.Pattern[str]:
    """Finds the authors, or the name of what they present."""
    names = _names(text)
    subject_pattern = pattern("subject", "own", language=language).pattern
    named = "|".join(re.escape(name) for name in sorted(names))
    return re.compile(f"{subject_pattern}|\\b(?:{named})\\b" if named else subject_pattern, re.IGNORECASE)


def named_subject(names: Set[str]) -> re.Pattern[str]:
    """Finds a sentence that says what the thing is that the paper presents, by its name."""
    alternatives = "|".join(re.escape(name) for name in sorted(names)) or "(?!)"
    return re.compile(pattern("takeaway", "named").pattern.replace("NAME", alternatives), re.IGNORECASE)


def names_in_title(title: str) -> set[str]:
    """What a title calls its subject: one or two words before a colon."""
    head, colon, _ = title.partition(":")
    return {head.strip()} if colon and 0 < len(head.split()) <= 2 else set()


def _names(text: PaperText) -> set[str]:
    """What the paper presents is called: the title's first word before a colon, or an acronym of the title or abstract
    that the paper uses again and again."""
    body = " ".join(p.text for s in text.sections for p in s.paragraphs)
    names = names_in_title(text.title)
    abstract = " ".join(p.text for s in text.sections for p in s.paragraphs if s.kind == "abstract")
    counted = Counter(re.findall(r"\b[A-Za-z]*[A-Z][a-z0-9]*[A-Z][\w-]*\b", f"{text.title} {abstract}"))
    names |= {name for name, _ in counted.most_common(3) if body.count(name) >= 8}
    return names


def quality_of(sentence: str, small: Set[str] = frozenset(), language: str = ENGLISH) -> float | None:
    """How well a sentence stands alone: 0 is best, None is not at all. `small`: words that are nobody's name."""
    if not is_whole(sentence, language) or is_instruction(sentence):
        return None
    if language == ENGLISH and _is_joined(sentence, small):
        return None
    return None if is_never_shown(sentence, language) else -weakness_of(sentence, language)


def is_never_shown(sentence: str, language: str = ENGLISH) -> bool:
    """Whether it is thanks, a licence, a caption, a biography, a signpost or another thing that says nothing of the
    paper's subject."""
    spoken = {ENGLISH, language} & set(WITH_CUES)
    return any(pattern("never", at, language=name).search(sentence) for name in spoken for at in ("start", "inside"))


def is_whole(sentence: str, language: str = ENGLISH) -> bool:
    """Whether it is a complete sentence in words: not cut, no number before it, no formula, no table."""
    if is_chinese(sentence):
        fits = _MIN_HAN <= len(sentence) <= _MAX_HAN
    else:
        fits = MIN_WORDS <= len(sentence.split()) <= MAX_WORDS and (sentence[0].isupper() or sentence[0] in "“\"'‘")
    if not fits or not _END.search(sentence) or _BROKEN.search(sentence) or _NUMBERED.match(sentence):
        return False
    if any(sentence.count(opening) != sentence.count(closing) for opening, closing in _BRACKETS):
        return False
    return is_prose(sentence, language)


def is_prose(sentence: str, language: str = ENGLISH) -> bool:
    """Whether it is mostly words: few formulas, few lone letters, few numbers, not all capitals."""
    parts = [word.strip(".,;:()[]") for word in sentence.split()]
    letters = sum(c.isalpha() or c.isspace() for c in sentence)
    one_letter_words = _ONE_LETTER_WORDS.get(language, _ONE_LETTER_WORDS[ENGLISH])
    lone = sum(len(word) == 1 and word.isalpha() and word.lower() not in one_letter_words for word in parts)
    numbers = sum(word[:1].isdigit() for word in parts)
    capitals = sum(word.isupper() and len(word) > 3 for word in parts)
    return (
        letters >= 0.8 * len(sentence)
        and len(_MATHS.findall(sentence)) <= 1
        and (is_chinese(sentence) or (lone <= 1 and numbers <= 0.3 * len(parts) and capitals <= 0.3 * len(parts)))
    )


def _is_joined(sentence: str, small: Set[str]) -> bool:
    """Whether a heading runs into it, or a full stop was lost: `… and results Models are trained …`."""
    starters = word_list("sentences.starters")
    for match in _JOINED.finditer(sentence):
        before, word = match[1], match[2].lower()
        if before in word_list("leading"):
            continue
        follows_small = re.match(r" [a-z]|,", sentence[match.end() : match.end() + 2]) is not None
        if word in starters or (word in small and follows_small):
            return True
    heading = re.match(r"(?:[A-Z][\w’'/&-]*) ([A-Z][a-z]*) [a-z]", sentence)
    return heading is not None and heading[1].lower() in starters


def weakness_of(sentence: str, language: str) -> float:
    """How much less well a sentence stands alone than the best: it leans on others, is long or short, has symbols."""
    length = len(sentence) // 2 if is_chinese(sentence) else len(sentence.split())
    weakness = 0.0
    if pattern("leaning", "strong", language=language).search(sentence):
        weakness += _STRONG
    elif pattern("leaning", "weak", language=language).search(sentence):
        weakness += _WEAK
    if pattern("leaning", "inside", language=language).search(sentence):
        weakness += 1.5
    if pattern("leaning", "demonstrative", language=language).search(sentence, 1):
        weakness += 0.5
    if length not in _BEST_WORDS:
        weakness += 0.3 + 0.05 * min(abs(length - _BEST_WORDS.start), abs(length - _BEST_WORDS.stop))
    weakness += _POINTER * bool(_POINTERS.search(sentence)) + 0.8 * bool(_MATHS.search(sentence))
    weakness += 0.7 * bool(_MARK_INSIDE.search(sentence))
    weakness += 0.4 * max(0, len(_CITATION.findall(sentence)) - 1)
    weakness += 2.0 * bool(_HYPHENATED.search(sentence)) + 1.0 * sentence.endswith(("?", "？"))
    return weakness
