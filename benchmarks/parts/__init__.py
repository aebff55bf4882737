"""The parts of `python -m benchmarks`: rows of docs/benchmarks.md."""
