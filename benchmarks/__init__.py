"""Speed, shown as ratios against a peer measured in the same run.

Every module here without a leading underscore is a benchmark: a docstring whose first line says
what it measures, and `figures(run: Run) -> Iterator[Figure]` (see `_measure.py`).
"""
