"""Small XML documents, written the same way every time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping


def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """Append an element; an attribute that is empty is left out."""
    given = {key: value for key, value in attributes.items() if value}
    element = ET.SubElement(parent, name, given)
    if text:
        element.text = text
    return element


def start(name: str, namespace: str, attributes: Mapping[str, str] | None = None) -> ET.Element:
    """Return a root whose descendants are all in one namespace.

    The namespace is written as an attribute, since ElementTree would otherwise invent a prefix,
    or take one from a table that all users of the interpreter share.
    """
    return ET.Element(name, {"xmlns": namespace, **(attributes or {})})


def write(root: ET.Element) -> str:
    """Return the document, indented."""
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'
