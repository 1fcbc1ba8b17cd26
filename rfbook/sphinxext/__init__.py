"""The book's own part of the build, one Sphinx extension in a few modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PARTS = (
    "rfbook.sphinxext.site",
    "rfbook.sphinxext.execution",
    "rfbook.sphinxext.claims",
    "rfbook.sphinxext.records",
    "rfbook.sphinxext.formal",
    "rfbook.sphinxext.errata",
    "rfbook.sphinxext.meta",
    "rfbook.sphinxext.downloads",
    "rfbook.sphinxext.exercises",
    "rfbook.sphinxext.terms",
    "rfbook.sphinxext.api",
    "rfbook.sphinxext.search",
    "rfbook.sphinxext.path",
    "rfbook.sphinxext.offline",
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Load every part of the extension."""
    for part in PARTS:
        app.setup_extension(part)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
