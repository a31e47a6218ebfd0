"""``livingsurvey_about`` in ``conf.py``: what is to be said of the survey as a work."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sphinx.errors import ConfigError

from livingsurvey.diagnostics import did_you_mean
from livingsurvey.exports import About

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

NAME = "livingsurvey_about"
_LISTS = ("authors", "related")
# Sphinx knows these two itself: html_baseurl and language.
_KEYS = tuple(one.name for one in fields(About) if one.name not in {"base_url", "language"})
_FORMS = {
    "slug": (r"[A-Za-z0-9][A-Za-z0-9._-]*", "letters, digits, '.', '_' and '-'"),
    "date": (r"\d{4}(-\d{2}(-\d{2})?)?", "YYYY, YYYY-MM or YYYY-MM-DD"),
    "license": (r"https?://\S+", "an http or https address"),
    # RFC 4151, with a name behind the colon, since many surveys may share a domain.
    "tag_authority": (
        r"[A-Za-z0-9.@_-]+,\d{4}(-\d{2}(-\d{2})?)?:[A-Za-z0-9._~/-]*[A-Za-z0-9]",
        "'domain,year:name', such as 'example.org,2026:my-survey'",
    ),
}


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Check the value before anything is read.

    Raises:
        ConfigError: It is not as it should be; the message says what to write.
    """
    read_about(config)


def read_about(config: Config) -> About:
    """Return the facts of the survey; see :func:`on_config_inited` for what it raises.

    Where ``livingsurvey_about`` says nothing, the title is ``project``, the author ``author``.
    """
    given: dict[str, Any] = dict(config.livingsurvey_about)
    for name, value in given.items():
        if name not in _KEYS:
            hint = did_you_mean(name, _KEYS) or f"it knows {', '.join(_KEYS)}"
            raise ConfigError(f"{NAME} has no key {name!r}; {hint}")
        texts = value if name in _LISTS and isinstance(value, (list, tuple)) else [value]
        if (name in _LISTS) == isinstance(value, str) or not all(
            isinstance(one, str) for one in texts
        ):
            kind = "a list of texts" if name in _LISTS else "a text"
            raise ConfigError(f"{NAME}[{name!r}] is to be {kind}")
        if name in _FORMS and value and not re.fullmatch(_FORMS[name][0], value):
            raise ConfigError(f"{NAME}[{name!r}] = {value!r}: write {_FORMS[name][1]}")
    has_author = config.author and config.author != "Author name not set"
    base = config.html_baseurl
    return About(
        **{
            "title": config.project,
            "authors": (config.author,) if has_author else (),
            **{name: tuple(given[name]) if name in _LISTS else given[name] for name in given},
        },
        language=config.language or "",
        base_url=base if not base or base.endswith("/") else f"{base}/",
    )


def setup_about(app: Sphinx) -> None:
    """Register the value; it names files that pages link to, so a change reads them again."""
    app.add_config_value(NAME, {}, "env", types=frozenset({dict}))
    app.connect("config-inited", on_config_inited)
