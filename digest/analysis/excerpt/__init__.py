"""The analyst without a model: the paper's own sentences, chosen by rule."""
