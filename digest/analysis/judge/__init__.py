"""A model as a judge: does each passage say what its statement says? Optional; it can only flag, never praise."""
