"""``python -m guiju.cli``: the same as ``guiju``."""

import sys

from guiju.cli import main

if __name__ == "__main__":
    sys.exit(main())
