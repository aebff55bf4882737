"""The model itself: `python -m digest.ranking.fit` reads examples from standard input and writes weights.

A process of its own, because scikit-learn takes 100 MB that a bot should not hold all day for a second's work.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

STRENGTH = 10.0  # how far the weights may go: the inverse of the regularisation (benchmarks/ranking.py)


def fit(
    examples: Sequence[Mapping[str, float]], liked: Sequence[bool], importance: Sequence[float]
) -> tuple[dict[str, float], float]:
    """The weight of each word and the bias, by logistic regression; likes and dislikes count alike in all."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = DictVectorizer()
    matrix = vectors.fit_transform(examples)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(matrix, list(liked), sample_weight=list(importance))
    names = vectors.get_feature_names_out()
    weights = {str(name): float(weight) for name, weight in zip(names, model.coef_[0], strict=True)}
    return weights, float(model.intercept_[0])


def main() -> None:
    given = json.load(sys.stdin)
    weights, bias = fit(given["examples"], given["liked"], given["importance"])
    json.dump({"weights": weights, "bias": bias}, sys.stdout)


if __name__ == "__main__":
    main()
