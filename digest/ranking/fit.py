"""Logistic regression with L2 regularisation, in plain Python: a few hundred votes need no numerical library.

The objective is that of scikit-learn's `LogisticRegression(C=STRENGTH, class_weight="balanced")`; tests compare the
weights. Newton's method finds the minimum, and conjugate gradients solve each of its steps, so that no matrix of words
by words is ever built.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

STRENGTH = 10.0  # how far the weights may go: the inverse of the regularisation (benchmarks/ranking.py)

_STEPS = 50  # Newton steps; five to ten are usual
_TOLERANCE = 1e-5  # length of the gradient at which the minimum counts as reached; no weight is further off than that

Vector = list[float]
Row = Sequence[tuple[int, float]]  # the entries of an example that are not 0, by column


def fit(
    examples: Sequence[Mapping[str, float]], liked: Sequence[bool], importance: Sequence[float]
) -> tuple[dict[str, float], float]:
    """Return the weight of each word and the bias.

    `importance` is what each example counts; likes and dislikes together count the same. Raises `ValueError` where all
    examples are liked, or none.
    """
    words = sorted({word for example in examples for word in example})
    columns = {word: column for column, word in enumerate(words, start=1)}  # column 0 is the bias
    rows = [[(0, 1.0), *((columns[word], value) for word, value in example.items())] for example in examples]
    signs = [1.0 if like else -1.0 for like in liked]
    bias, *weights = _minimum(rows, signs, _costs(signs, importance), len(words) + 1)
    return dict(zip(words, weights, strict=True)), bias


def _costs(signs: Sequence[float], importance: Sequence[float]) -> Vector:
    """What an error on each example costs."""
    totals = {sign: sum(i for i, s in zip(importance, signs, strict=True) if s == sign) for sign in (1.0, -1.0)}
    if not all(totals.values()):
        raise ValueError("all examples are of one kind")
    half = sum(totals.values()) / 2
    return [STRENGTH * i * half / totals[s] for i, s in zip(importance, signs, strict=True)]


def _minimum(rows: Sequence[Row], signs: Sequence[float], costs: Sequence[float], size: int) -> Vector:
    """Newton's method with step halving; the objective is convex, so there is one minimum."""
    weights = [0.0] * size
    for _ in range(_STEPS):
        margins = [sign * z for sign, z in zip(signs, _products(rows, weights), strict=True)]
        errors = [_sigmoid(-margin) for margin in margins]
        slopes = [-cost * sign * error for cost, sign, error in zip(costs, signs, errors, strict=True)]
        gradient = _regularised(weights, _sums(rows, slopes, size))
        length = math.sqrt(_dot(gradient, gradient))
        if length < _TOLERANCE:
            break
        curvature = [cost * error * (1 - error) for cost, error in zip(costs, errors, strict=True)]

        def hessian(vector: Vector, curvature: Vector = curvature) -> Vector:
            bent = [c * z for c, z in zip(curvature, _products(rows, vector), strict=True)]
            return _regularised(vector, _sums(rows, bent, size))

        step = _solve(hessian, gradient, min(0.1, math.sqrt(length)) * length)
        weights = _descend(rows, signs, costs, weights, step)
    return weights


def _descend(
    rows: Sequence[Row], signs: Sequence[float], costs: Sequence[float], weights: Vector, step: Vector
) -> Vector:
    """Go along `step`, halved until the objective falls."""
    before = _objective(rows, signs, costs, weights)
    factor = 1.0
    while factor > 1e-6:
        moved = [w - factor * s for w, s in zip(weights, step, strict=True)]
        if _objective(rows, signs, costs, moved) <= before:
            return moved
        factor /= 2
    return weights


def _objective(rows: Sequence[Row], signs: Sequence[float], costs: Sequence[float], weights: Vector) -> float:
    margins = (sign * z for sign, z in zip(signs, _products(rows, weights), strict=True))
    losses = sum(cost * _softplus(-margin) for cost, margin in zip(costs, margins, strict=True))
    return losses + _dot(weights[1:], weights[1:]) / 2


def _solve(hessian: Callable[[Vector], Vector], gradient: Vector, tolerance: float) -> Vector:
    """Solve hessian(x) = gradient by conjugate gradients, until what remains is shorter than `tolerance`."""
    solution, residual, direction = [0.0] * len(gradient), gradient, gradient
    squared = _dot(residual, residual)
    for _ in range(len(gradient)):
        if math.sqrt(squared) < tolerance:
            break
        image = hessian(direction)
        factor = squared / _dot(direction, image)
        solution = [x + factor * d for x, d in zip(solution, direction, strict=True)]
        residual = [r - factor * i for r, i in zip(residual, image, strict=True)]
        before, squared = squared, _dot(residual, residual)
        direction = [r + squared / before * d for r, d in zip(residual, direction, strict=True)]
    return solution


def _products(rows: Sequence[Row], weights: Vector) -> Vector:
    return [sum(value * weights[column] for column, value in row) for row in rows]


def _sums(rows: Sequence[Row], factors: Vector, size: int) -> Vector:
    """The rows, each times its factor, added up."""
    total = [0.0] * size
    for row, factor in zip(rows, factors, strict=True):
        for column, value in row:
            total[column] += factor * value
    return total


def _regularised(weights: Vector, vector: Vector) -> Vector:
    """Add what L2 regularisation adds to a derivative: the weights, but not the bias."""
    return [vector[0], *(w + v for w, v in zip(weights[1:], vector[1:], strict=True))]


def _dot(a: Vector, b: Vector) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
