"""The book after Sphinx: running LaTeX safely (``run``), and reading what it says (``log``)."""
