"""Let coverage guide the random text of one property: ``python guided.py FILE TEST [OPTION …]``.

Needs atheris, which is libFuzzer for Python; ``nox -s fuzz -- 600 guided`` runs it over the readers
of files. What breaks the property is left in ``crash-…``, which the same command replays with that
name for an option.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import atheris


def main(file: str, name: str, options: list[str]) -> None:
    """Try one property until libFuzzer ends the process."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    with atheris.instrument_imports(include=["livingsurvey"]):
        module = importlib.import_module(f"tests.property.{file}")
    atheris.Setup([name, *options], getattr(module, name).hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
