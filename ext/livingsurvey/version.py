"""The version of the package, in one place that no other module needs to be imported for."""

from __future__ import annotations

__version__ = "0.1.0"
