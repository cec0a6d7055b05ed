"""A large installation: a million accounts, ten million chained records, and what every list page of it takes.

``python -m bench.scale`` fills a database and measures it; see ``__main__``.
"""
