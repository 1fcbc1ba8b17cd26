"""The page of the functions: a section and a table for each public module."""

from __future__ import annotations

import ast
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from rfbook.api import FILE, Name, frozen
from rfbook.ledger.digest import module_path
from rfbook.sphinxext.claims import DEFINITION, SOURCE, id_links, table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HEAD = ["name", "what it is", "claims"]


class ApiDirective(SphinxDirective):
    """``{rfbook-api}``: the public names, a section for each module."""

    def run(self) -> list[nodes.Node]:
        """Return the sections of all modules."""
        self.env.note_dependency(str(files("rfbook") / FILE))
        return [self._section(module, names) for module, names in frozen().items()]

    def _section(self, module: str, names: dict[str, Name]) -> nodes.section:
        section = nodes.section(ids=[anchor(module)])
        section += nodes.title("", "", nodes.literal("", module))
        section += nodes.paragraph("", "", *self._words(first_line(module)))
        rows = [self._row(name, row) for name, row in names.items()]
        ids = [anchor(module, name) for name in names]
        section += table(HEAD, rows, ["ledger", "api"], ids)
        return section

    def _row(self, name: str, row: Name) -> list[nodes.Node]:
        if self.env.app.builder.format != "html":  # where records have no pages
            claims = [nodes.Text(", ".join(row.claims))]
        else:
            claims = id_links(self.env.app, self.env.docname, row.claims)
        return [
            nodes.inline("", "", *self._called(name, row)),
            nodes.inline("", "", *self._words(row.says)),
            nodes.inline("", "", *(claims if row.claims else ())),
        ]

    def _called(self, name: str, row: Name) -> list[nodes.Node]:
        """Return the name, which leads to its source, and its arguments."""
        word, builder = nodes.literal("", name), self.env.app.builder
        if builder.format != "html" or module_path(row.home) is None:
            return [word]
        page = builder.get_relative_uri(self.env.docname, f"{SOURCE}/{row.home}")
        uri = f"{page}#{name}" if defines(row.home, name) else page
        link = nodes.reference("", "", word, internal=True, refuri=uri)
        return [link, nodes.inline("", row.signature, classes=["api-signature"])]

    def _words(self, text: str) -> list[nodes.Node]:
        """Return a docstring's line: reStructuredText's code and formulas are ours."""
        marked = text.replace("``", "`").replace(":math:`", "{math}`")
        return self.state.inline_text(marked, self.lineno)[0]


def defines(module: str, name: str) -> bool:
    """Tell whether a module's text defines a function or class, and has its anchor.

    Examples
    --------
    >>> defines("rfbook.psi", "psi"), defines("rfbook", "claims")
    (True, False)
    """
    text = module_path(module).read_text(encoding="utf-8")
    return any(found[1] == name for found in DEFINITION.finditer(text))


def first_line(module: str) -> str:
    """Return the first line of a module's docstring.

    Examples
    --------
    >>> first_line("rfbook.ranges")
    'The ranges that functions enforce, and the exact inputs of rigorous ones.'
    """
    text = module_path(module).read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(text)).split("\n", 1)[0]


def anchor(module: str, name: str = "") -> str:
    """Return the id of a module's section, or of a name's row.

    Examples
    --------
    >>> anchor("rfbook.psi"), anchor("rfbook.psi", "psi_relu_sum")
    ('api-psi', 'api-psi-psi_relu_sum')
    """
    room = module.rpartition(".")[2]
    return f"api-{room}-{name}" if name else f"api-{room}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the tables to the build."""
    app.add_directive("rfbook-api", ApiDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
