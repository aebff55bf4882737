"""MathML -> one line of Unicode: 10⁵, x_i, (a+b)/2, √(d_k). TeX where the page has it.

Presentation MathML only: annotations are other spellings of the same formula, and a phantom is not seen.
Elements: https://www.w3.org/TR/mathml-core/.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from digest.html.html_tree import Element, is_hidden, tag_of

OMITTED = "[formula]"  # in the place of a formula that cannot be written down

_SUPERSCRIPT = str.maketrans("0123456789+−-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
_SUBSCRIPT = str.maketrans("0123456789+−-()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_RAISED = re.compile(r"[+−-]?\d+")
_INVISIBLE_OPERATORS = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b"))
_ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304", "_": "\u0332",
    "˙": "\u0307", ".": "\u0307", "¨": "\u0308", "→": "\u20d7", "⃗": "\u20d7", "ˇ": "\u030c", "˘": "\u0306",
    "´": "\u0301", "`": "\u0300", "˚": "\u030a",
}  # fmt: skip
_WORD_EDGE = "\u2060"  # around a name of several letters, until the line is tidied: `sin x`, but `QK` and `2n`
_RELATIONS = frozenset("⪆⪅⪰⪯≻≺⊥∥⊢⊨≙≜≐≍⇀=<>≤≥≠≈≡∼≃≅∝∈∉⊂⊆⊃⊇→←↔⇒⇐⇔↦≪≫≲≳∣⟶⟹≔∧∨⩽⩾")
_BINARY = frozenset("+−-±∓×÷∪∩⊕⊗⊙∘")
_PRIMES = frozenset("′″‴*∗†‡")
_BETWEEN_WORDS = re.compile(rf"(?<=[^\W_]){_WORD_EDGE}+(?=[^\W_])")
_ATOM = re.compile(r"[^\W_⁰¹²³⁴-⁹₀-₉]+(?:\.\d+)?|.[\u0300-\u036f]?")
_FACTOR = re.compile(r"\d+(?:\.\d+)?|[^\W\d_][⁰¹²³⁴-⁹₀-₉′]*|.[\u0300-\u036f]?|√\([^()]*\)")
_TEX_WRAPPER = re.compile(r"^(?:\\displaystyle|\\textstyle)\s*|^\s*\{\s*\\displaystyle\s*\}")
_UNSEEN_TEX = re.compile(r"\\(?:[hv]?phantom|color|textcolor|definecolor|llap|rlap|smash)\b|%")


def linear(math: Element) -> str:
    """A formula as one line of Unicode; `OMITTED` where nothing of it can be read."""
    text = _tidied(_node(math)) or _tidied(math.get("alttext") or "")
    return text or OMITTED


def tex(math: Element) -> str | None:
    """The formula's TeX as the page has it, without `$`; None where it has none or may show other words than it
    prints (a phantom, a colour)."""
    source = math.get("alttext")
    if source is None:
        source = next(("".join(a.itertext()) for a in math.iter("annotation") if _is_tex(a)), None)
    source = _TEX_WRAPPER.sub("", " ".join((source or "").split())).strip()
    if not source or "$" in source or _UNSEEN_TEX.search(source):
        return None
    return source


def _is_tex(annotation: Element) -> bool:
    return "tex" in (annotation.get("encoding") or "")


def _tidied(text: str) -> str:
    if _WORD_EDGE in text:
        text = _BETWEEN_WORDS.sub(" ", text).replace(_WORD_EDGE, "")
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"([(\[]) | ([)\],;.])", r"\1\2", text)


def _node(element: Element) -> str:
    """One element. Depth is bounded by the parser (`html_tree.MAX_DEPTH`)."""
    name = tag_of(element).rpartition(":")[2]
    if not name or is_hidden(element):
        return ""
    handler = _HANDLERS.get(name)
    return handler(element) if handler else _row(element)


def _nothing(_: Element) -> str:
    return ""


def _space(element: Element) -> str:
    width = element.get("width") or ""
    number = re.match(r"-?[\d.]+", width)
    return " " if number and not width.startswith("-") and float(number[0].strip(".") or 0) >= 0.2 else ""


def _leaf(element: Element) -> str:
    text = "".join(element.itertext()).translate(_INVISIBLE_OPERATORS)
    text = "".join(_plain_letter(c) for c in text)
    if tag_of(element).endswith("mtext") and not text.isalpha():
        return text.replace("\u00a0", " ")
    text = text.strip()
    if tag_of(element).endswith("mo") and not text.isalpha():
        return {"-": "−", "~": " "}.get(text, text)
    return f"{_WORD_EDGE}{text}{_WORD_EDGE}" if len(text) > 1 and text[0].isalpha() else text


def _plain_letter(char: str) -> str:
    """A styled letter or digit as a plain one: 𝐱 -> x, 𝟏 -> 1."""
    return unicodedata.normalize("NFKC", char) if "\U0001d400" <= char <= "\U0001d7ff" else char


def _row(element: Element) -> str:
    children = [child for child in element if tag_of(child)]
    if not children:
        return _leaf(element) if tag_of(element) != "math" else ""
    texts = [(tag_of(child).rpartition(":")[2], _node(child)) for child in children]
    return _joined([(name, text) for name, text in texts if text])


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    """The parts of a row with spaces around relations and behind commas."""
    line, before = "", ""
    for index, (name, text) in enumerate(parts):
        is_infix = index + 1 < len(parts) and bool(before) and before not in "([{,;|" and before not in _BINARY
        if name == "mo" and (text in _RELATIONS or (text in _BINARY and is_infix and before not in _RELATIONS)):
            line += f" {text} "
        elif name == "mo" and text in (",", ";"):
            line += f"{text} "
        else:
            line += text
        before = text
    return line


def _children(element: Element, count: int) -> list[str]:
    texts = [_node(child) for child in element if tag_of(child)]
    return (texts + [""] * count)[:count]


def _group(text: str) -> str:
    """A script as one unit: in brackets unless it is a run of letters or a number."""
    text = _tidied(text)
    return text if _ATOM.fullmatch(text) or _is_bracketed(text) else f"({text})"


def _factor(text: str) -> str:
    """A part of a fraction as one unit: in brackets unless it is one letter, a word or a number."""
    is_word = text.startswith(_WORD_EDGE) and text.endswith(_WORD_EDGE) and text.count(_WORD_EDGE) == 2
    text = _tidied(text)
    return text if is_word or _FACTOR.fullmatch(text) or _is_bracketed(text) else f"({text})"


def _is_bracketed(text: str) -> bool:
    return text.startswith("(") and text.endswith(")") and text.count("(") == 1


def _raised(text: str) -> str:
    text = _tidied(text).replace(" ", "") if _RAISED.fullmatch(_tidied(text).replace(" ", "")) else _tidied(text)
    if not text:
        return ""
    if text in ("∘", "°"):
        return "°"
    if set(text) <= _PRIMES:
        return text
    return text.translate(_SUPERSCRIPT) if _RAISED.fullmatch(text) else f"^{_group(text)}"


def _lowered(text: str) -> str:
    text = _tidied(text)
    if not text:
        return ""
    return text.translate(_SUBSCRIPT) if text.isdecimal() and text.isascii() else f"_{_group(text)}"


def _scripted(base: str, *scripts: str) -> str:
    """A base with its scripts; an expression of several signs is put in brackets first."""
    edge = _WORD_EDGE if base.startswith(_WORD_EDGE) else ""
    text = _tidied(base)
    if " " in text and not text.endswith((")", "]", "}", "|")):
        text = f"({text})"
    last = next((script for script in reversed(scripts) if script), "")
    behind = edge if last[:1] not in ("_", "^") else _WORD_EDGE  # m_i m_j
    return f"{edge}{text}{''.join(scripts)}{behind}"


def _superscript(element: Element) -> str:
    base, above = _children(element, 2)
    return _scripted(base, _raised(above))


def _subscript(element: Element) -> str:
    base, below = _children(element, 2)
    return _scripted(base, _lowered(below))


def _scripts(element: Element) -> str:
    base, below, above = _children(element, 3)
    return _scripted(base, _lowered(below), _raised(above))


def _over(element: Element) -> str:
    base, above = _children(element, 2)
    mark, text = _ACCENTS.get(above.strip().strip(_WORD_EDGE)), _tidied(base)
    if mark and text:
        return _accented(text, mark)
    if above.strip() in ("⏞", "︷"):
        return base
    return _scripted(base, _raised(above))


def _accented(text: str, mark: str) -> str:
    """A mark over a letter, a letter with scripts, or each of a few letters."""
    if re.fullmatch(r".[\u0300-\u036f]*(?:[_^⁰¹²³⁴-⁹₀-₉′].*)?", text):
        return unicodedata.normalize("NFC", text[0] + mark) + text[1:]
    if len(text) <= 12:
        return unicodedata.normalize("NFC", "".join(c + mark if c.isalnum() else c for c in text))
    return f"({text}){mark}"


def _under(element: Element) -> str:
    base, below = _children(element, 2)
    return base if below.strip() in ("⏟", "︸", "¯", "_", "̲") else _scripted(base, _lowered(below))


def _fraction(element: Element) -> str:
    above, below = _children(element, 2)
    thickness = element.get("linethickness") or ""
    if thickness and re.fullmatch(r"0(?:\.0*)?(?:p[tx]|em)?", thickness):
        return f"({_tidied(above)} choose {_tidied(below)})"
    return f"{_factor(above)}/{_factor(below)}"


def _root(element: Element) -> str:
    return f"√{_factor(_row(element))}"


def _nth_root(element: Element) -> str:
    base, degree = _children(element, 2)
    degree = _tidied(degree)
    return f"{degree.translate(_SUPERSCRIPT) if degree.isdecimal() else degree + ' '}√{_factor(base)}"


def _table(element: Element) -> str:
    rows = []
    for row in element:
        cells = [_tidied(_node(cell)) for cell in row if tag_of(cell)] if tag_of(row) else []
        rows.append(" ".join(filter(None, cells)))
    return "; ".join(filter(None, rows))


def _multiscripts(element: Element) -> str:
    children = [child for child in element if tag_of(child)]
    names = [tag_of(child).rpartition(":")[2] for child in children]
    split = names.index("mprescripts") if "mprescripts" in names else len(children)
    base = _node(children[0]) if children else ""
    behind = [_node(child) for child in children[1:split]]
    before = [_node(child) for child in children[split + 1 :]]
    return _pairs_of_scripts(before) + base + _pairs_of_scripts(behind)


def _pairs_of_scripts(texts: Sequence[str]) -> str:
    return "".join(_lowered(t) if i % 2 == 0 else _raised(t) for i, t in enumerate(texts))


def _fenced(element: Element) -> str:
    inner = [_node(child) for child in element if tag_of(child)]
    return f"{element.get('open') or '('}{', '.join(inner)}{element.get('close') or ')'}"


def _first_child(element: Element) -> str:
    """Of `semantics` the formula itself, without its annotations."""
    return next((_node(child) for child in element if tag_of(child)), "")


_HANDLERS = {
    "mi": _leaf, "mn": _leaf, "mo": _leaf, "mtext": _leaf, "ms": _leaf, "mspace": _space,
    "msup": _superscript, "msub": _subscript, "msubsup": _scripts, "munderover": _scripts, "mover": _over,
    "munder": _under, "mfrac": _fraction, "msqrt": _root, "mroot": _nth_root, "mtable": _table,
    "mmultiscripts": _multiscripts, "mfenced": _fenced, "semantics": _first_child, "mphantom": _nothing,
    "annotation": _nothing, "annotation-xml": _nothing, "none": _nothing, "mprescripts": _nothing,
}  # fmt: skip
