"""Formulas as one line."""

import pytest

from digest.html.html_tree import parse_tree
from digest.html.mathml import OMITTED, linear, tex


def written(inner: str, alttext: str = "") -> str:
    (math,) = parse_tree(f'<p><math alttext="{alttext}">{inner}</math></p>'.encode()).iter("math")
    return linear(math)


@pytest.mark.parametrize(
    ("inner", "line"),
    [
        ("<msup><mn>10</mn><mn>5</mn></msup>", "10⁵"),
        ("<msup><mn>10</mn><mrow><mo>−</mo><mn>3</mn></mrow></msup>", "10⁻³"),
        ("<msub><mi>x</mi><mi>i</mi></msub>", "x_i"),
        ("<msub><mi>d</mi><mtext>model</mtext></msub>", "d_model"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x₁²"),
        ("<mi>p</mi><mo>\u2062</mo><mi>o</mi><mo>\u2062</mo><mi>s</mi>", "pos"),
        ("<mi>sin</mi><mo>\u2061</mo><mi>x</mi>", "sin x"),
        ("<mi>O</mi><mo>(</mo><msup><mi>n</mi><mn>2</mn></msup><mo>)</mo>", "O(n²)"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a + b)/2"),
        ("<msqrt><msub><mi>d</mi><mi>k</mi></msub></msqrt>", "√(d_k)"),
        ("<mi>x</mi><mo>=</mo><mo>-</mo><mn>1</mn>", "x = −1"),
        ("<mi>x</mi><mo>-</mo><mn>1</mn>", "x − 1"),
        ("<mn>0.53</mn><mo>±</mo><mn>0.01</mn>", "0.53 ± 0.01"),
        ("<mover><mi>x</mi><mo>^</mo></mover>", "x̂"),
        ("<mover><msub><mi>q</mi><mi>x</mi></msub><mo>¯</mo></mover>", "q̄_x"),
        ("<msup><mi>f</mi><mo>′</mo></msup>", "f′"),
        ("<msup><mn>26.6</mn><mo>∘</mo></msup>", "26.6°"),
        ("<mi>𝐱</mi><mn>𝟏</mn>", "x1"),
        ("<msup><mi></mi><mn>13</mn></msup><mi mathvariant='normal'>C</mi>", "¹³C"),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>",
            "∑_(i = 1)^n i",
        ),
        ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", "(n choose k)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "³√x"),
        ("<mphantom><mi>x</mi></mphantom><msup><mn>10</mn><mn>6</mn></msup>", "10⁶"),
        ("<semantics><mi>x</mi><annotation>x</annotation><annotation-xml><ci>x</ci></annotation-xml></semantics>", "x"),
    ],
)
def test_a_formula_is_a_line(inner: str, line: str) -> None:
    assert written(inner) == line


def test_the_tex_is_the_second_form() -> None:
    assert written("", alttext="a+b") == "a+b"
    assert written("") == OMITTED


@pytest.mark.parametrize(
    ("source", "expected"),
    [("\\displaystyle a", "a"), ("", None), ("a\\phantom{b}", None), ("\\color{white}b", None), ("a $b$", None)],
)
def test_tex_is_taken_where_it_is_what_is_printed(source: str, expected: str | None) -> None:
    (math,) = parse_tree(f'<p><math alttext="{source}"><mi>a</mi></math></p>'.encode()).iter("math")

    assert tex(math) == expected
