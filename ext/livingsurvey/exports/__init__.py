"""The survey as data to take away: pure functions from the catalog to text.

The site and the command line write the same files through the same functions:
:data:`~.formats.FORMATS` names the formats, :func:`~.formats.list_files` the files of a site, and
:func:`~.formats.write_file` returns the text of each.
Nothing here looks at a clock, so that equal data give equal bytes.
"""

from livingsurvey.exports.formats import FORMATS, File, Format, list_files
from livingsurvey.exports.records import About, Selection

__all__ = ["FORMATS", "About", "File", "Format", "Selection", "list_files"]
