"""What LaTeX's commands stand for. Symbols come from pylatexenc's own table; the rest is small enough to write down."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pylatexenc.latex2text import get_default_latex_context_db


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


ACCENTS: Mapping[str, str] = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "d": "\u0323", "b": "\u0331",
    "r": "\u030a", "t": "\u0361", "h": "\u0309", "textcommabelow": "\u0326", "newtie": "\u0361",
}  # fmt: skip
MATH_ACCENTS: Mapping[str, str] = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0305", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c", "breve": "\u0306",
    "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a", "not": "\u0338",
}  # fmt: skip

# Letters of their own: LaTeX swallows the space after them, as in `Stra\ss e`.
LETTERS = _names("o O l L i j ae AE oe OE aa AA ss dh DH dj DJ ng NG th TH")

# Commands that only switch a style, a size or a spacing: nothing of them is to be read.
SILENT = _names(
    "noindent boldmath unboldmath bigl bigr Bigl Bigr biggl biggr Biggl Biggr big Big bigg Bigg left right middle "
    "displaystyle textstyle scriptstyle limits nolimits centering small footnotesize scriptsize tiny large Large LARGE "
    "huge Huge normalsize it bf em rm sc tt sl sf cal itshape bfseries scshape ttfamily sffamily rmfamily mdseries "
    "upshape normalfont xspace protect relax par maketitle bgroup egroup allowbreak nobreak smallskip medskip bigskip "
    "! / -"
)
# The same with an argument that is not to be read either.
SILENT_WITH_ARGUMENT = _names("color label vspace hspace phantom hphantom vphantom begin end pagestyle")

SPACES = frozenset([" ", "\n", "\t", ",", ";", ":", ">", "quad", "qquad", "space", "enspace", "enskip", "thinspace",
                    "\\", "newline", "linebreak", "hfill", "hskip"])  # fmt: skip

# Whose argument is set in text even inside a formula.
TEXT_IN_MATH = _names("text textrm textit textbf textsf texttt textsc textnormal textup mbox hbox emph url")
# Whose argument is set as it is: so is that of every unknown command, but these keep quiet without one.
WRAPPERS = TEXT_IN_MATH | _names(
    "textsl textmd uline underline mathrm mathit mathbf mathsf mathtt mathnormal boldsymbol bm pmb operatorname "
    "ensuremath num mathop mathrel mathbin widecheck overbrace underbrace smash "
)

# Signs that belong to what follows or goes before: LaTeX swallows the space after them, and readers expect none.
JOINED = _names(
    "textdegree textendash textdollar textmu texteuro textquotedblleft textquoteleft textquotedbl textless textgreater "
    "textunderscore textbackslash slash"
)
ARROWS = _names("xrightarrow xleftarrow xleftrightarrow xRightarrow xLeftarrow xmapsto xhookrightarrow")
# Command -> opening, what stands between two arguments, closing; how many arguments there may be.
ENCLOSED: Mapping[str, tuple[str, str, str, int]] = {
    **dict.fromkeys(("ket", "Ket", "kket"), ("|", "", "⟩", 1)),
    **dict.fromkeys(("bra", "Bra", "bbra"), ("⟨", "", "|", 1)),
    **dict.fromkeys(("braket", "Braket", "innerproduct", "mel", "matrixel", "matrixelement"), ("⟨", "|", "⟩", 3)),
    **dict.fromkeys(("ketbra", "Ketbra", "dyad", "outerproduct"), ("|", "⟩⟨", "|", 2)),
    **dict.fromkeys(("expval", "expectationvalue", "vev"), ("⟨", "", "⟩", 1)),
    **dict.fromkeys(("abs", "absolutevalue"), ("|", "", "|", 1)),
    "norm": ("‖", "", "‖", 1), "set": ("{", "", "}", 1), "ceil": ("⌈", "", "⌉", 1), "floor": ("⌊", "", "⌋", 1),
    "commutator": ("[", ", ", "]", 2), "anticommutator": ("{", ", ", "}", 2),
}  # fmt: skip

ALPHABETS: Mapping[str, str] = {  # command -> where the capital A of the alphabet stands in Unicode
    "mathbb": "\U0001d538", "mathds": "\U0001d538", "mathbbm": "\U0001d538",
    "mathcal": "\U0001d49c", "mathscr": "\U0001d49c", "mathfrak": "\U0001d504",
}  # fmt: skip
_HOLES: Mapping[str, str] = {  # letters that Unicode had before it got the alphabets
    "\U0001d53a": "ℂ", "\U0001d53f": "ℍ", "\U0001d545": "ℕ", "\U0001d547": "ℙ", "\U0001d548": "ℚ", "\U0001d549": "ℝ",
    "\U0001d551": "ℤ", "\U0001d49d": "ℬ", "\U0001d4a0": "ℰ", "\U0001d4a1": "ℱ", "\U0001d4a3": "ℋ", "\U0001d4a4": "ℐ",
    "\U0001d4a7": "ℒ", "\U0001d4a8": "ℳ", "\U0001d4ad": "ℛ", "\U0001d4ba": "ℯ", "\U0001d4bc": "ℊ", "\U0001d4c4": "ℴ",
    "\U0001d506": "ℭ", "\U0001d50b": "ℌ", "\U0001d50c": "ℑ", "\U0001d515": "ℜ", "\U0001d51d": "ℨ",
}  # fmt: skip

SUPERSCRIPTS: Mapping[str, str] = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW*′†‡°∘⊤βγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ*′†‡°°ᵀᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
SUBSCRIPTS: Mapping[str, str] = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)

_OURS: Mapping[str, str] = {  # where pylatexenc has nothing, or a placeholder
    "|": "‖", "Vert": "‖", "lVert": "‖", "rVert": "‖", "dots": "…", "ldots": "…", "cdots": "⋯", "LaTeX": "LaTeX",
    "TeX": "TeX", "BibTeX": "BibTeX", "colon": ":", "argmax": "arg max", "argmin": "arg min", "arg": "arg",
    "det": "det", "dim": "dim", "ker": "ker", "deg": "deg", "gcd": "gcd", "Pr": "Pr", "hom": "hom", "cot": "cot",
    "lg": "lg", "sec": "sec", "csc": "csc", "coth": "coth", "bmod": "mod", "mod": "mod", "item": " • ", "lbrack": "[",
    "rbrack": "]", "coloneqq": "≔", "coloneq": "≔", "triangleq": "≜", "iff": "⇔", "implies": "⇒", "land": "∧",
    "lor": "∨", "owns": "∋", "gets": "←", "lt": "<", "gt": ">", "ne": "≠", "checkmark": "✓", "degree": "°",
    "textasciitilde": "~", "textasciicircum": "^", "i": "ı", "j": "ȷ", "slash": "/", "eg": "e.g.", "ie": "i.e.",
    "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "pounds": "£", "copyright": "©", "textbraceleft": "{",
    "textbraceright": "}", "textless": "<", "textgreater": ">", "textbar": "|", "textunderscore": "_", "ohorn": "ơ",
    "uhorn": "ư", "OHORN": "Ơ", "UHORN": "Ư", "textbackslash": "\\", "textperiodcentered": "·", "textbullet": "•",
    "xrightarrow": "→", "xleftarrow": "←", "xleftrightarrow": "↔", "xRightarrow": "⇒", "xLeftarrow": "⇐",
    "xmapsto": "↦", "xhookrightarrow": "↪", "longrightarrow": "⟶",
    "etal": "et al.", "sim": "∼", "star": "⋆", "blacktriangleright": "▶", "prime": "′",
}  # fmt: skip


@cache
def symbols() -> Mapping[str, str]:
    """Command -> the text that it stands for: `alpha` -> α, `log` -> log."""
    table: dict[str, str] = {}
    for spec in get_default_latex_context_db().iter_macro_specs():  # type: ignore[no-untyped-call]
        text = spec.simplify_repl
        if isinstance(text, str) and text.strip() and not set(text) & set("%<>"):
            table.setdefault(spec.macroname, text)
    del table["today"]  # the day on which it runs, which no paper means
    return {**table, **_OURS}


@cache
def alphabet(command: str) -> Mapping[str, str]:
    """The letters and digits of a mathematical alphabet: `mathbb` has R -> ℝ."""
    first = ord(ALPHABETS[command])
    letters = {chr(ord("A") + i): chr(first + i) for i in range(26)} | {
        chr(ord("a") + i): chr(first + 26 + i) for i in range(26)
    }
    return {plain: _HOLES.get(styled, styled) for plain, styled in letters.items()}
