"""LaTeX in titles, abstracts and names as a person reads it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.latex.latex_to_text import latex_to_text, text_pieces

TITLES = {
    r"CT-$\Delta$Bench": "CT-ΔBench",
    r"$\pi_0$-FAST": "π₀-FAST",
    r"$\pi^{*}_{0.6}$: a VLA": "π*_(0.6): a VLA",
    r"$\pi_\texttt{RL}$: Online": "π_(RL): Online",
    r"\textsc{SPARK}: $\mathcal{O}(n\log n)$": "SPARK: 𝒪(n log n)",
    "Johnson--Lindenstrauss --- a lemma": "Johnson–Lindenstrauss — a lemma",
    r"AM$^3$Safety": "AM³Safety",
    r"$360^\circ$": "360°",
    r"$\exists^*\forall^*$ Hyperproperties": "∃*∀* Hyperproperties",
    r"$\beta$-VAE \& more": "β-VAE & more",
    r"{VLA} {\em models}": "VLA models",
    "ShowUI-$π$": "ShowUI-π",
}
NAMES = {
    r"Erd\H{o}s": "Erdős",
    r"R\'enyi": "Rényi",
    r"M\"{u}ller": "Müller",
    r"\L{}ukasz": "Łukasz",
    r"O\u{g}uz Akif T\"ufek\c{c}io\u{g}lu": "Oğuz Akif Tüfekçioğlu",
    r"Vall\'ee": "Vallée",
    r"Stra\ss e": "Straße",
    r"Garc\'\i a": "García",
    r"\v{S}imko": "Šimko",
}
MARKUP = {
    r"\texttt{X} \textsf{Y} \mbox{Z} \emph{w} \textsc{v}": "X Y Z w v",
    r"\href{https://a.example/~c_d}{our code}": "our code (https://a.example/~c_d)",
    r"\url{https://x.example/a_b--c}": "https://x.example/a_b--c",
    r"$\|x\|_2^2$": "‖x‖₂²",
    r"$\underset{x}{\arg\min} f$": "arg minₓ f",
    r"$x_{1:t}$ and $W_q$ and $10^{-3}$": "x_(1:t) and W_q and 10⁻³",
    r"$O(n^{2+\epsilon})$": "O(n^(2+ϵ))",
    r"$\frac{a+b}{2}$, $\sqrt[3]{x}$": "(a+b)/2, ³√x",
    r"\(n \times n\) and $2\times 3$": "n × n and 2×3",
    r"$\hat{x}$, $\mathbb{R}^n$": "x̂, ℝⁿ",
    r"$\left(x\right]$": "(x]",
    "``quotes'' and `single' ones": "“quotes” and ‘single’ ones",
    r"see Fig.~3": "see Fig. 3",
    r"\unicode{x3c0}": "π",
    r"new\footnote{not really}": "new (not really)",
}
PROSE = [
    "5% better & more, $5 and $10 costs",
    "from $100 million to $5 billion",
    "about ~5 ms with --flag and my_name, don't",
    "{a",
    "a}",
    "$",
    "a backslash \\",
    "https://x.example/~me/a_b--c%20d",
]


TEXT_COMMANDS = {
    r"7\textsuperscript{-2} bar": "7⁻² bar",
    r"\textsuperscript{14}N": "¹⁴N",
    r"the 3\textsuperscript{rd} film": "the 3rd film",
    r"CO\textsubscript{2}": "CO₂",
    r"25 \textdegree C": "25 °C",
    r"x\textendash y": "x–y",
    r"\S 7": "§ 7",
    r"X $\xrightarrow{g}$ Y": "X → Y",
    r"$\xleftarrow[n]{g}$": "←",
    r"$\ket{\alpha}$": "|α⟩",
    r"$\bra{\alpha}\ket{\beta}$": "⟨α|β⟩",
    r"$\braket{u}{v}$": "⟨u|v⟩",
    r"$\ketbra{u}{v}$": "|u⟩⟨v|",
}


@pytest.mark.parametrize(("raw", "expected"), TEXT_COMMANDS.items())
def test_text_commands_keep_their_meaning(raw: str, expected: str) -> None:
    """A power stays a power, an arrow an arrow, and a state a state."""
    assert latex_to_text(raw) == expected


@pytest.mark.parametrize(("raw", "expected"), [*TITLES.items(), *NAMES.items(), *MARKUP.items()])
def test_markup_becomes_what_it_means(raw: str, expected: str) -> None:
    """Accents, symbols, scripts and styles come out as plain Unicode."""
    assert latex_to_text(raw) == expected


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_left_alone(text: str) -> None:
    """What is no markup stays as it was written."""
    assert latex_to_text(text) == text


@pytest.mark.parametrize("raw", [r"\ours achieves", r"\ours{} achieves", r"$\ours$ achieves", r"{\ours} achieves"])
def test_unknown_commands_keep_their_name(raw: str) -> None:
    """An author's own macro is readable by its name."""
    assert latex_to_text(raw) == "ours achieves"


def test_an_unknown_command_with_an_argument_is_its_argument() -> None:
    """Most such commands only dress what they hold."""
    assert latex_to_text(r"\rev{a new text}") == "a new text"


def test_a_line_is_a_line() -> None:
    """Breaks, tabs and runs of spaces become single spaces; control and bidi characters go."""
    assert latex_to_text(" a\n\n b\t\x00c\u202ed\u200b ") == "a b cd"


def test_deep_nesting_ends() -> None:
    """A thousand groups within one another cost neither the text nor the process."""
    raw = "{" * 1000 + "x" + "}" * 1000

    assert "x" in latex_to_text(raw)


SIGNS = "{}$^_~`'-\\%& \n"
WORDS = r"\frac \pi \text \href \sqrt[ \c \' \unicode{ \( \) \mathbb{R} \left \not a B 7 é 粗 $x$ {y}"
LATEX = st.lists(st.sampled_from([*SIGNS, *WORDS.split()]), max_size=40).map("".join)


@given(st.text() | LATEX)
def test_it_never_raises(text: str) -> None:
    """Whatever comes, one line without control characters is returned."""
    shown = latex_to_text(text)

    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs")]
    assert shown == " ".join(shown.split())


@given(LATEX)
def test_letters_do_not_vanish(text: str) -> None:
    """Words outside commands are all there afterwards."""
    assert latex_to_text(text).count("粗") >= text.count("粗") - text.count("\\")


@given(st.text() | LATEX)
def test_pieces_come_from_their_places(text: str) -> None:
    """Places lie inside the raw text."""
    assert all(0 <= p.start <= p.end <= len(text) for p in text_pieces(text))


@pytest.mark.parametrize("sign", "\x00\x0e\x7f\x9f\u00ad\u200b\u200e\u2028\u202e\u2060\u2069\ufeff\ud800")
def test_what_nobody_sees_vanishes(sign: str) -> None:
    """Control signs, soft hyphens, signs that turn the direction of writing, halves of surrogate pairs."""
    assert latex_to_text(f"a{sign}b") == "ab"


@given(st.text(alphabet=st.characters(exclude_characters="\\${}^_~`-'", exclude_categories=["C", "Z"])))
def test_text_without_markup_is_itself(text: str) -> None:
    """Nothing is changed where there is nothing to change."""
    assert latex_to_text(text) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"10\textsuperscript{-6} m and CO\textsubscript{2}", "10⁻⁶ m and CO₂"),
        (r"\textsuperscript{6}Li, 2\textsuperscript{nd}", "⁶Li, 2nd"),
        (r"20 \textdegree C, 3 \textmu m", "20 °C, 3 µm"),
        (r"a\textendash b, {\textbraceleft}x{\textbraceright}, \textless 5", "a–b, {x}, <5"),
        (r"\S 4, \pounds 5, \copyright{} 2026, \dag", "§ 4, £ 5, © 2026, †"),
        (r"$\ket{0}$ and $\bra{1}$", "|0⟩ and ⟨1|"),
        (r"$\bra{x}\ket{y}$, $\braket{x|y}$, $\braket{x}{y}$", "⟨x|y⟩, ⟨x|y⟩, ⟨x|y⟩"),
        (r"$\ketbra{0}{1}$, $\dyad{0}$, $\mel{a}{H}{b}$, $\expval{H}$", "|0⟩⟨1|, |0⟩⟨0|, ⟨a|H|b⟩, ⟨H⟩"),
        (r"the \ket{+} state; a \ket in prose", "the |+⟩ state; a ket in prose"),
        (r"$\abs{x} + \norm{y}$", "|x| + ‖y‖"),
        (r"$A \xrightarrow[a]{b} B$", "A → B"),
        (r"Nguy\~{\^e}n B\h{a}o, \textcommabelow{S}tefan, \d{\=a}", "Nguyễn Bảo, Ștefan, ạ̄"),
    ],
)
def test_commands_of_text_and_physics(raw: str, text: str) -> None:
    """Exponents stay exponents, states stay states, and accents that LaTeX stacks come together."""
    assert latex_to_text(raw) == text
