"""What the product costs and how good it is, beside others: `make bench`, `python -m bench --help`.

- consult.py: accuracy beside three baselines (accuracy.py, rivals.py), time and memory of
  a process (footprint.py), cost at many times the sentences (growth.py, sentences.py);
- callbacks.py: safe-mode callbacks a second beside an echo (echo.py).

Nothing here is part of the product; the product never imports it.
"""
