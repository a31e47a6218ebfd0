"""``python -m livingsurvey``: the same as the command ``livingsurvey``."""

from __future__ import annotations

import sys

from livingsurvey.cli import main

if __name__ == "__main__":
    sys.exit(main())
