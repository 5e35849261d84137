"""Measurements against peers, run by hand: `python -m tests.bench`. Times differ from machine to machine; the ratios count."""
