"""Reading LaTeX from one end to the other. Never fails on what authors write; stops at `MAX_DEPTH`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from digest.text.latex import symbols
from digest.text.latex.pieces import Pieces, TextPiece, bracketed, scripted, strip_end, text_of

MAX_DEPTH = 40  # of nested groups; deeper ones stay raw

_TOKEN = re.compile(
    r"(?P<url>https?://[^\s{}\\$<>]+)|\\(?P<command>[a-zA-Z]+\*?|.)|(?P<brace>[{}])|(?P<dollar>\$)|(?P<script>[\^_])"
    r"|(?P<space>\s+)|(?P<mark>~|``|`|''|'|---?)|(?P<plain>(?:(?!https?://)[^\\{}$^_\s~`'-])+)|(?P<other>.)",
    re.DOTALL,
)
# Each sign is an alternative of its own: the engine then looks for all of them at once, three times as fast as where
# some stand in a set.
_IN_PROSE = re.compile(r"\\|\$|\{|\}|\^|~|`|_(?=\{)|--|''|https?://")
_IN_QUOTING_PROSE = re.compile(rf"{_IN_PROSE.pattern}|'")
_IN_FORMULA = re.compile(r"[\\${}^_~']")
_DOLLARS = re.compile(r"\$\$(?P<display>[^$]+)\$\$|\$(?P<inline>(?:[^$\\]|\\.)+)\$(?P<digit>(?=\d))?", re.DOTALL)
_OPENING = re.compile(r"`[^\s`][^`\n]{0,200}?'(?!\w)")
_PRICE = re.compile(r"\d[\d.,]*[a-zA-Z%]*\s+[a-z]{2,}\s")  # 5 and …, 10k to …
_BRACES = re.compile(r"\\.|\{|\}", re.DOTALL)
_POWER = re.compile(r"\^(?P<power>[-−]?\d+)(?!\w)")


def is_formula(inside: str) -> bool:
    """Whether what stands between two dollar signs may be a formula, or must be the words between two prices."""
    if len(inside) > 1000 or "\n\n" in inside or "\\(" in inside or _PRICE.match(inside):
        return False
    return bool(set(inside) & set("\\^_{")) or not re.search(r"[a-zA-Z]{4}|[,;:]$|[\u3000-\u9fff\uff00-\uffef]", inside)


class LatexDecoder:
    """Reads one raw text. Methods take a place and return what they read, with the place behind it."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.closing = _matching_braces(raw)
        self.symbols = symbols.symbols()
        self.in_prose = _IN_QUOTING_PROSE if "`" in raw else _IN_PROSE

    def read(self, at: int, end: int, *, math: bool, depth: int) -> Pieces:
        if depth > MAX_DEPTH:
            return [TextPiece(self.raw[at:end], at, end)]
        out: Pieces = []
        special = _IN_FORMULA if math else self.in_prose
        while at < end:
            match = special.search(self.raw, at, end)
            stop = match.start() if match else end
            if stop > at:
                out.append(TextPiece(self.raw[at:stop], at, stop))
            token = _TOKEN.match(self.raw, stop, end)
            if token is None:
                break
            at = self._token(token, out, end, math, depth)
        return out

    def _token(self, token: re.Match[str], out: Pieces, end: int, math: bool, depth: int) -> int:
        """Append what the token stands for, and return where to go on."""
        at, after, text = token.start(), token.end(), token.group()
        match token.lastgroup:
            case "command":
                return self._command(token.group("command"), at, after, out, end, math, depth)
            case "brace" if text == "{" and self.closing.get(at, end) < end:
                out += self.read(after, self.closing[at], math=math, depth=depth + 1)
                return self.closing[at] + 1
            case "dollar":
                return self._dollar(at, out, end, depth)
            case "script":
                return self._script(at, out, end, math, depth)
            case "mark":
                out.append(TextPiece(self._mark(text, at, end, math), at, after))
            case _:
                out.append(TextPiece(text, at, after))
        return after

    def _mark(self, text: str, at: int, end: int, math: bool) -> str:
        """Typists' quotation marks, dashes and ties."""
        before, after = self.raw[at - 1 : at], self.raw[at + len(text) : at + len(text) + 1]
        if math:
            return {"'": "′", "''": "″", "~": " "}.get(text, text)
        match text:
            case "``":
                return "“"
            case "''":
                return "”"
            case "`":
                return "‘" if not before.isalnum() and _OPENING.match(self.raw, at, end) else text
            case "'":
                opened = self.raw.rfind("`", max(0, at - 202), at)
                return "’" if not after.isalnum() and opened >= 0 and self._opens(opened, at) else text
            case "~":
                return " " if (before.isalnum() or before in tuple(".,:;)]}$")) and before else text
            case _:
                is_option = not before.strip() and after.isalpha()  # `--flag` of a command line
                return text if is_option or len(text) == 1 else "–" if text == "--" else "—"

    def _opens(self, opened: int, closed: int) -> bool:
        """Whether the single quotation that begins at `opened` ends at `closed`."""
        match = _OPENING.match(self.raw, opened)
        single = self.raw[opened - 1 : opened] != "`" and not self.raw[opened - 1 : opened].isalnum()
        return bool(single and match and match.end() == closed + 1)

    def _dollar(self, at: int, out: Pieces, end: int, depth: int) -> int:
        match = _DOLLARS.match(self.raw, at, end)
        if match is None or not _is_formula(match):
            out.append(TextPiece("$", at, at + 1))
            return at + 1
        start, stop = match.span(match.lastgroup if match.lastgroup == "display" else "inline")
        out += self.read(start, stop, math=True, depth=depth + 1)
        return match.end()

    def _script(self, at: int, out: Pieces, end: int, math: bool, depth: int) -> int:
        """A sub- or superscript. In prose only what can't be meant otherwise: `10^{-3}`, `10^6`, but not `my_name`."""
        sign = self.raw[at]
        if not math:
            power = _POWER.match(self.raw, at, end) if sign == "^" and self.raw[at - 1 : at].isalnum() else None
            if power:
                digits = [TextPiece(power["power"], power.start("power"), power.end("power"))]
                out += scripted("^", digits, at)
                return power.end()
            if self.closing.get(at + 1, end) >= end:
                out.append(TextPiece(sign, at, at + 1))
                return at + 1
        strip_end(out)
        inner, after = self._argument(at + 1, end, math=math, depth=depth)
        out += scripted(sign, inner, at)
        return after

    def _argument(self, at: int, end: int, *, math: bool, depth: int) -> tuple[Pieces, int]:
        """A command's argument: a group, or the next token's first character."""
        while at < end and self.raw[at].isspace():
            at += 1
        if self.closing.get(at, end) < end:
            return self.read(at + 1, self.closing[at], math=math, depth=depth + 1), self.closing[at] + 1
        token = _TOKEN.match(self.raw, at, end)
        if token is None or token.lastgroup in ("brace", "dollar") or depth > MAX_DEPTH:
            return [], at
        if token.lastgroup != "command":
            return [TextPiece(self.raw[at], at, at + 1)], at + 1
        out: Pieces = []
        after = self._command(token.group("command"), at, token.end(), out, end, math, depth + 1)
        return out, after

    def _has_group(self, at: int, end: int) -> bool:
        return self.closing.get(at, end) < end

    def _command(self, name: str, at: int, after: int, out: Pieces, end: int, math: bool, depth: int) -> int:
        name = name.rstrip("*") or name
        if name in ("(", "["):
            return self._bracketed(name, at, after, out, end, depth)
        if name in self._builders:
            inner, stop = self._builders[name](self, at, after, end, math, depth)
            if inner and inner[0] == TextPiece("|", at, at) and out and out[-1].text == "|" and out[-1].start == at:
                inner = inner[1:]  # a bra before its ket: ⟨ϕ|ψ⟩
            out += inner
            return stop
        accent = symbols.ACCENTS.get(name) if not math else None
        if accent or name in symbols.MATH_ACCENTS:
            return self._accent(accent or symbols.MATH_ACCENTS[name], name, at, after, out, end, math, depth)
        if name in symbols.SILENT:
            return after + (name in ("left", "right") and self.raw[after : after + 1] == ".")
        if name in symbols.SPACES:
            out.append(TextPiece(" ", at, after))
            return after
        if name in symbols.WRAPPERS or (name not in self.symbols and self._has_group(after, end)):
            return self._wrapped(name, at, after, out, end, math, depth)
        return self._symbol(name, at, after, out, math)

    def _bracketed(self, name: str, at: int, after: int, out: Pieces, end: int, depth: int) -> int:
        r"""`\(…\)` and `\[…\]`."""
        stop = self.raw.find({"(": r"\)", "[": r"\]"}[name], after, end)
        if stop < 0:
            out.append(TextPiece(name, at, after))
            return after
        out += self.read(after, stop, math=True, depth=depth + 1)
        return stop + 2

    def _accent(
        self, accent: str, name: str, at: int, after: int, out: Pieces, end: int, math: bool, depth: int
    ) -> int:
        inner, stop = self._argument(after, end, math=math, depth=depth)
        text = text_of(inner).strip()
        if not math and not (len(text) == 1 and text.isalpha()):  # `\c` and its like, used as something else
            out.append(TextPiece(name, at, after))
            return after
        base = {"ı": "i", "ȷ": "j"}.get(text[:1], text[:1]) + accent
        first = unicodedata.normalize("NFC", base) if text else ""
        if len(text) > 1 and name == "overline":
            first, text = "".join(c + accent for c in text), ""
        out.append(TextPiece(first + text[1:], at, stop))
        return stop

    def _wrapped(self, name: str, at: int, after: int, out: Pieces, end: int, math: bool, depth: int) -> int:
        """The arguments of a command that only dresses them; an unknown one without any leaves its name."""
        math = name == "ensuremath" or (math and name not in symbols.TEXT_IN_MATH)
        read, start = False, len(out)
        if not self._has_group(after, end) and math:
            inner, after = self._argument(after, end, math=math, depth=depth)
            out += inner
            return after
        while self._has_group(after, end) and not (read and name in symbols.WRAPPERS):
            inner, after = self._argument(after, end, math=math, depth=depth)
            out += inner
            read = True
        if not text_of(out[start:]).strip() and name not in symbols.WRAPPERS:
            out.append(TextPiece(name, at, after))
        return after

    def _symbol(self, name: str, at: int, after: int, out: Pieces, math: bool) -> int:
        """A symbol or an operator's name; an unknown command stands for itself by its name."""
        text = self.symbols.get(name, name)
        before = out[-1].text[-1:] if out else ""
        is_word = len(text) > 1 and text.replace(" ", "").isalpha()
        if math and is_word and before.isalnum():
            out.append(TextPiece(" ", at, at))
        out.append(TextPiece(text, at, after))
        following = self.raw[after : after + 1]
        if math and is_word and (following.isalnum() or following == "\\"):
            out.append(TextPiece(" ", after, after))
        swallows = name in symbols.LETTERS | symbols.JOINED if not math else not is_word and not before.isspace()
        if swallows and name.isalpha():
            while self.raw[after : after + 1].isspace():
                after += 1
        return after

    # Commands that build something of their arguments: name -> method(at, after, end, math, depth).

    def _two(self, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, Pieces, int]:
        first, after = self._argument(after, end, math=math, depth=depth)
        second, after = self._argument(after, end, math=math, depth=depth)
        return first, second, after

    def _fraction(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        over, under, stop = self._two(after, end, math, depth)
        return [*bracketed(over), TextPiece("/", at, at), *bracketed(under)], stop

    def _binomial(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        over, under, stop = self._two(after, end, math, depth)
        return [TextPiece("(", at, at), *over, TextPiece(" choose ", at, at), *under, TextPiece(")", stop, stop)], stop

    def _under(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        small, base, stop = self._two(after, end, math, depth)
        return [*base, *scripted("_", small, at)], stop

    def _over(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        small, base, stop = self._two(after, end, math, depth)
        return [*base, *scripted("^", small, at)], stop

    def _root(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        degree: Pieces = []
        close = self.raw.find("]", after, end) if self.raw[after : after + 1] == "[" else -1
        if close >= 0:
            degree = [TextPiece(self.raw[after + 1 : close], after + 1, close)]
            after = close + 1
        inner, stop = self._argument(after, end, math=math, depth=depth)
        return [*scripted("^", degree, at), TextPiece("√", at, at), *bracketed(inner)], stop

    def _second(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        _, second, stop = self._two(after, end, math, depth)
        return second, stop

    def _link(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        url, text, stop = self._two(after, end, math, depth)
        if not text or text_of(url) == text_of(text):
            return url, stop
        return [*text, TextPiece(" (", at, at), *url, TextPiece(")", stop, stop)], stop

    def _footnote(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        inner, stop = self._argument(after, end, math=math, depth=depth)
        return [TextPiece(" (", at, at), *inner, TextPiece(")", stop, stop)], stop

    def _citation(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        inner, stop = self._argument(after, end, math=math, depth=depth)
        return [TextPiece("[", at, at), *inner, TextPiece("]", stop, stop)], stop

    def _enclosed(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        """Bras, kets, absolute values: the arguments between signs of their own."""
        name = self.raw[at + 1 : after].rstrip("*")
        opening, between, closing, most = symbols.ENCLOSED[name]
        if not math and not self._has_group(after, end):
            return [TextPiece(name, at, after)], after
        inner, stop = self._argument(after, end, math=math, depth=depth)
        built = [TextPiece(opening, at, at), *inner]
        count = 1
        while count < most and self._has_group(stop, end):
            more, stop = self._argument(stop, end, math=math, depth=depth)
            built += [TextPiece(between, at, at), *more]
            count += 1
        if between == "⟩⟨" and count == 1:  # a projector is written with one argument
            built += [TextPiece(between, at, at), *inner]
        return [*built, TextPiece(closing, stop, stop)], stop

    def _raised(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        inner, stop = self._argument(after, end, math=math, depth=depth)
        if text_of(inner) in ("st", "nd", "rd", "th"):
            return inner, stop  # as people write 3rd
        return scripted("^", inner, at), stop

    def _lowered(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        inner, stop = self._argument(after, end, math=math, depth=depth)
        return scripted("_", inner, at), stop

    def _arrow(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        """An arrow without what stands above and below it."""
        sign = self.symbols[self.raw[at + 1 : after].rstrip("*")]
        stop = after
        if self.raw[stop : stop + 1] == "[" and (close := self.raw.find("]", stop, end)) >= 0:
            stop = close + 1
        if self._has_group(stop, end):
            stop = self.closing[stop] + 1
        return [TextPiece(sign, at, after)], stop

    def _nothing(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        return [], self._argument(after, end, math=math, depth=depth)[1] if self._has_group(after, end) else after

    def _letters(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        inner, stop = self._argument(after, end, math=math, depth=depth)
        letters = symbols.alphabet(self.raw[at + 1 : after].rstrip("*"))
        if len(text_of(inner)) > 1:  # words in a fancy alphabet are hard to read
            return inner, stop
        return [TextPiece(letters.get(p.text, p.text), p.start, p.end) for p in inner], stop

    def _code_point(self, at: int, after: int, end: int, math: bool, depth: int) -> tuple[Pieces, int]:
        r"""MathJax's `\unicode{x3c0}`."""
        inner, stop = self._argument(after, end, math=math, depth=depth)
        digits = text_of(inner).strip()
        code = int(digits[1:], 16) if digits[:1] in ("x", "X") else int(digits)
        return [TextPiece(chr(code), at, stop)], stop

    _builders: Mapping[str, Callable[[LatexDecoder, int, int, int, bool, int], tuple[Pieces, int]]] = {
        **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"), _fraction),
        **dict.fromkeys(("binom", "dbinom", "tbinom"), _binomial),
        **dict.fromkeys(("overset", "stackrel"), _over),
        **dict.fromkeys(("textcolor", "hyperlink", "texorpdfstring", "colorbox"), _second),
        **dict.fromkeys(("cite", "citep", "citet", "citealp", "ref", "eqref", "cref", "autoref"), _citation),
        **dict.fromkeys(symbols.SILENT_WITH_ARGUMENT, _nothing),
        **dict.fromkeys(symbols.ALPHABETS, _letters),
        **dict.fromkeys(symbols.ENCLOSED, _enclosed),
        **dict.fromkeys(symbols.ARROWS, _arrow),
        "textsuperscript": _raised,
        "textsubscript": _lowered,
        "underset": _under,
        "sqrt": _root,
        "href": _link,
        "footnote": _footnote,
        "unicode": _code_point,
    }


def _matching_braces(raw: str) -> dict[int, int]:
    """Place of each opening brace that is closed -> the place of its closing one."""
    pairs, open_at = {}, []
    for match in _BRACES.finditer(raw):
        if match.group() == "{":
            open_at.append(match.start())
        elif match.group() == "}" and open_at:
            pairs[open_at.pop()] = match.start()
    return pairs


def _is_formula(match: re.Match[str]) -> bool:
    """The same of prose, where a formula without commands stands close between its dollar signs, and no digit after."""
    inside = match["display"] or match["inline"]
    if not is_formula(inside) or match["display"] or set(inside) & set("\\^_{"):
        return is_formula(inside)
    return not inside[0].isspace() and not inside[-1].isspace() and match["digit"] is None
