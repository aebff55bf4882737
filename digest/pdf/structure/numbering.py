"""What headings say: their numbers, the names that most papers use, and the kind of section that a name makes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from digest.models.paper_text import SectionKind


class HeadingNumber(NamedTuple):
    """A heading's number: `text` as printed without closing punctuation, `form` and the values of its parts."""

    text: str
    form: str  # "arabic", "roman", "letter", "supplement" (S1), "appendix" (the word is printed)
    values: tuple[int, ...]

    @property
    def depth(self) -> int:
        return len(self.values)


_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}
_ARABIC_HEAD = re.compile(
    r"(?:§\s*|section\s+|chapter\s+)?(\d{1,2}(?:\.\d{1,2}){0,4})([.:)]?)(?:\s+|(?<=[.:])(?=[A-Z]))(\S.*)", re.IGNORECASE
)
_ROMAN_HEAD = re.compile(
    r"(?:§\s*|[Ss]ection\s+|[Pp]art\s+)?([IVXL]{1,7})((?:[.-](?:\d{1,2}|[A-Z])){0,3})[.:)]?\s+(\S.*)"
)
_LETTER_HEAD = re.compile(r"([A-Z])((?:\.\d{1,2}){0,3})([.:)]?)\s+(\S.*)")
_SUPPLEMENT_HEAD = re.compile(r"S[.\-]?(\d{1,2}|[IVX]{1,5})((?:\.\d{1,2}){0,3})[.:)]?\s+(\S.*)")
_APPENDIX_HEAD = re.compile(
    r"(appendix|annexe?)\s*([A-Z]|\d{1,2}|[IVX]{1,4})?((?:\.\d{1,2}){0,3})\s*[.:–—-]?(?:\s+(\S.*))?$", re.IGNORECASE
)
_NUMBERED_WORDS = ("Appendix", "Annex", "Section", "Chapter", "Part")
_LETTERSPACED = re.compile(r"(?:\b\w ){3,}\w\b")


def unspaced(text: str) -> str:
    """Letterspaced capitals as words: `A B S T R A C T` -> `ABSTRACT`."""
    if text.count(" ") * 4 < len(text):
        return text
    return _LETTERSPACED.sub(lambda m: m[0].replace(" ", ""), text)


def numbers(text: str) -> list[tuple[HeadingNumber, str]]:
    """Every reading of a heading's start as a number, each with the title behind it (`I` is roman and a letter)."""
    if not _may_be_numbered(text):
        return []
    readings: list[tuple[HeadingNumber, str]] = []
    if m := _APPENDIX_HEAD.match(text):
        if m[2] or not m[4]:
            readings.append(
                (HeadingNumber(text[: m.end(3)].strip(), "appendix", _appendix_values(m[2], m[3])), m[4] or "")
            )
        return readings
    if m := _ARABIC_HEAD.match(text):
        values = tuple(map(int, m[1].split(".")))
        readings.append((HeadingNumber(m[1], "arabic", values), m[3]))
        return [f for f in readings if _is_title(f[1])]
    if m := _ROMAN_HEAD.match(text):
        value = roman(m[1])
        if value:
            parts = tuple(int(p) if p.isdigit() else ord(p) - 64 for p in re.split(r"[.-]", m[2]) if p)
            readings.append((HeadingNumber(m[1] + m[2], "roman", (value, *parts)), m[3]))
    if m := _LETTER_HEAD.match(text):
        parts = tuple(int(p) for p in m[2].split(".") if p)
        readings.append((HeadingNumber(m[1] + m[2], "letter", (ord(m[1]) - 64, *parts)), m[4]))
    if m := _SUPPLEMENT_HEAD.match(text):
        first = int(m[1]) if m[1].isdigit() else roman(m[1])
        parts = tuple(int(p) for p in m[2].split(".") if p)
        readings.append((HeadingNumber(text[: m.start(3)].rstrip(" .:)"), "supplement", (first, *parts)), m[3]))
    return [f for f in readings if _is_title(f[1])]


def _may_be_numbered(text: str) -> bool:
    """A quick look that spares most lines the patterns: words do not begin as numbers do."""
    if text[:1].islower():
        return False
    return not text[1:2].islower() or text.startswith(_NUMBERED_WORDS)


def roman(text: str) -> int:
    """The value of a roman number below 50; 0 if it is none."""
    values = [_ROMAN[c] for c in text]
    total = sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
    return total if 0 < total < 50 and _as_roman(total) == text else 0


def _as_roman(value: int) -> str:
    out = ""
    for worth, sign in ((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while value >= worth:
            out, value = out + sign, value - worth
    return out


def _appendix_values(first: str | None, text_after: str) -> tuple[int, ...]:
    if not first:
        return (0,)
    value = int(first) if first.isdigit() else ord(first.upper()) - 64 if len(first) == 1 else roman(first.upper())
    return (value, *(int(p) for p in text_after.split(".") if p))


def _is_title(text: str) -> bool:
    """At least two letters, and nothing that only formulas and tables begin with."""
    return sum(c.isalpha() for c in text[:40]) >= 2 and text[0] not in "=+<>,.;:%)]}/"


# --- names ----------------------------------------------------------------------------------------------------------

_REFERENCES = frozenset(
    ("references", "reference", "bibliography", "references and notes", "literature cited", "works cited",
     "references cited", "literature", "cited literature", "references and links", "references references",
     "références", "références bibliographiques", "bibliographie", "literatur", "literaturverzeichnis",
     "quellenverzeichnis", "referencias", "referencias bibliográficas", "bibliografía", "riferimenti bibliografici",
     "bibliografia", "referências", "referências bibliográficas", "литература", "список литературы",
     "библиографический список", "список использованных источников", "参考文献", "參考文獻", "主要参考文献")
)  # fmt: skip
_ABSTRACTS = frozenset(
    ("abstract", "résumé", "zusammenfassung", "kurzfassung", "resumen", "resumo", "riassunto", "sommario", "аннотация",
     "реферат", "摘要", "中文摘要", "内容摘要", "內容摘要", "提要", "概要", "초록")
)  # fmt: skip
_THANKS = frozenset(
    (
        "remerciements",
        "danksagung",
        "danksagungen",
        "dank",
        "agradecimientos",
        "agradecimentos",
        "ringraziamenti",
        "благодарности",
        "благодарность",
        "致谢",
        "致謝",
        "谢辞",
        "謝辞",
        "thanks",
    )
)
_APPENDICES = ("附录", "附錄", "anhang", "annexe", "anexo", "apéndice", "appendice", "приложение")
_FOREIGN = frozenset(
    ("einleitung", "grundlagen", "methoden", "methode", "ergebnisse", "diskussion", "schluss", "fazit", "ausblick",
     "schlussfolgerung", "schlussfolgerungen", "zusammenfassung und ausblick", "stand der technik", "méthode",
     "méthodes", "résultats", "conclusions et perspectives", "conclusion et perspectives", "état de l art",
     "travaux connexes", "introducción", "métodos", "resultados", "discusión", "conclusión", "conclusiones",
     "introdução", "conclusão", "conclusões", "introduzione", "metodi", "risultati", "conclusioni", "введение",
     "методы", "результаты", "обсуждение", "заключение", "выводы", "引言", "绪论", "緒論", "前言", "导论", "介绍",
     "相关工作", "方法", "实验", "实验结果", "结果", "讨论", "结论", "结束语", "总结", "总结与展望", "结论与展望",
     "研究方法", "实验与分析")
)  # fmt: skip
_COMMON = frozenset(
    ("introduction", "related work", "related works", "background", "preliminaries", "method", "methods",
     "methodology", "approach", "our approach", "proposed method", "model", "models", "the model", "theory",
     "experiments", "experiment", "experimental setup", "experimental results", "results", "main results",
     "evaluation", "analysis", "discussion", "discussions", "conclusion", "conclusions", "concluding remarks",
     "conclusion and future work", "summary", "conclusions and future work", "discussion and conclusion",
     "discussion and conclusions", "summary and conclusions", "results and discussion", "limitations",
     "future work", "broader impact", "ethics statement", "limitation", "ethical considerations",
     "reproducibility statement", "implementation", "datasets", "data", "observations", "problem statement",
     "problem formulation", "motivation", "overview", "materials and methods", "outlook", "notation", "definitions",
     "implementation details", "ablation study", "applications", "case study", "proofs", "data availability",
     "code availability", "author contributions", "conflict of interest", "competing interests",
     "data availability statement", "funding", "discussion and future work", "limitations and future work",
     "simulation results", "numerical results", "numerical experiments", "literature review", "setup", "algorithm",
     "prior work", "system overview", "final remarks", "ethics", "broader impacts", "impact statement",
     "open problems")
)  # fmt: skip
_ACKNOWLEDGE = re.compile(r"acknowled?ge?ments?(?: (?:and|of|section|statement)\b.{0,40})?")
_CONTENTS = frozenset(("contents", "table of contents", "list of figures", "list of tables", "content"))
_NAMES = _COMMON | _REFERENCES | _FOREIGN | _ABSTRACTS | _THANKS
_FIRST_WORDS = frozenset(name.split()[0] for name in (*_NAMES, *_APPENDICES))
_FIRST_OF_CONTENTS = frozenset(name.split()[0] for name in _CONTENTS)
_WORD = re.compile(r"[^\W_]+")
ANCHORS = frozenset(("introduction", "conclusion", "conclusions", "references", "related work", "discussion"))


@lru_cache(maxsize=4096)
def plain(title: str) -> str:
    """A title to compare: lower-case letters and single spaces. Digits are kept."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", unspaced(title).casefold()).split())


def is_known(title: str) -> bool:
    """Whether it is a name that many papers give a section."""
    if len(title) > 60:
        return False
    first = _first_word(title)
    if first not in _FIRST_WORDS and not first.startswith("acknow"):
        return False
    name = plain(title)
    return name in _NAMES or name in _APPENDICES or _ACKNOWLEDGE.fullmatch(name) is not None


def is_contents(title: str) -> bool:
    """Whether it is the heading of a list of contents."""
    return len(title) < 30 and _first_word(title) in _FIRST_OF_CONTENTS and plain(title) in _CONTENTS


def _first_word(title: str) -> str:
    """The first word of `plain(title)`: a quick look, that spares most lines the rest."""
    word = _WORD.search(unspaced(title))
    return word[0].casefold() if word else ""


def section_kind(title: str) -> SectionKind:
    """The kind of section that a name makes by itself; BODY where it says nothing."""
    name = plain(title)
    if name in _ABSTRACTS:
        return SectionKind.ABSTRACT
    if name in _REFERENCES:
        return SectionKind.REFERENCES
    if name in _THANKS or _ACKNOWLEDGE.fullmatch(name) is not None:
        return SectionKind.ACKNOWLEDGEMENTS
    if name.startswith(_APPENDICES) or name.startswith(
        ("appendix", "appendices", "supplement", "supporting information", "annex", "online appendix")
    ):
        return SectionKind.APPENDIX
    return SectionKind.BODY
