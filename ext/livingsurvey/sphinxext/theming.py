"""Our mends of the theme, and the compiled form of its templates.

Sphinx (9.0) compiles a score of templates anew in every build: with furo, an eighth of one that
has nothing else to do. Jinja keeps bytecode if it is told where; to be removed when Sphinx tells.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import sphinx
from jinja2 import FileSystemBytecodeCache
from sphinx.jinja2glue import BuiltinTemplateLoader

if TYPE_CHECKING:
    from jinja2.bccache import Bucket
    from sphinx.application import Sphinx
    from sphinx.config import Config

_TEMPLATES = Path(__file__).parent / "templates"
FOLDER = "livingsurvey-templates"
"""Beside the doctrees, which are trusted in the same way: deleting it costs one compilation."""


class CompiledTemplates(FileSystemBytecodeCache):
    """The bytecode of templates, which a build can always do without.

    Args:
        folder: Where it lies; made when there is something to write.
        extensions: The names of Jinja's extensions: these may compile the same source otherwise.
    """

    def __init__(self, folder: Path, extensions: tuple[str, ...]) -> None:
        super().__init__(str(folder), "%s.bytecode")
        self._folder = folder
        self._compiler = repr((jinja2.__version__, sphinx.__version__, extensions))

    def get_source_checksum(self, source: str) -> str:
        """Digest the source and what compiles it."""
        return super().get_source_checksum(f"{self._compiler}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what a former build has compiled; nothing if it is damaged or out of reach."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001 - a damaged pickle raises anything; then we compile
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what this build has compiled, if the disk lets us."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            # A full disk will end the build with a better word than ours.
            return


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Put our templates behind those of the project, before a builder looks them up."""
    config.templates_path = [*config.templates_path, str(_TEMPLATES)]


def on_builder_inited(app: Sphinx) -> None:
    """Keep compiled templates, unless somebody else does or the templates are not Jinja's.

    At priority 300: Jinja allows this only before the first template is loaded.
    """
    templates = getattr(app.builder, "templates", None)
    if not isinstance(templates, BuiltinTemplateLoader):
        return
    environment = templates.environment
    if environment.bytecode_cache is None:
        extensions = tuple(sorted(environment.extensions))
        environment.bytecode_cache = CompiledTemplates(Path(app.doctreedir) / FOLDER, extensions)


def setup_theming(app: Sphinx) -> None:
    """Connect the handlers."""
    app.connect("config-inited", on_config_inited)
    app.connect("builder-inited", on_builder_inited, priority=300)
