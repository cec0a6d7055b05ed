"""How Guiju's text models are made: the project's own lines, the public data, the recipe, and the pages that report it.

Nothing here is imported at run time; see ``training/README.md`` for the one command.
"""
