"""The citizens' pages for WeChat's browser: home, search, categories, one page a matter.

A thin face: it reads the catalogue and asks the consultant to search; it holds no rule
of the bureau. Pages work without JavaScript, in Chinese and in English.
"""
