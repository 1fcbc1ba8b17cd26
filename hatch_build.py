"""What the wheel carries besides the package: the chapters and the verdicts."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CHAPTERS = "rfbook/_book"
VERDICTS = "rfbook/_verdicts.json"


class CarryBook(BuildHookInterface):
    """Put the pages, the bibliography and the verdicts into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel; an editable install reads them in the checkout.

        Parameters
        ----------
        version : str
            ``"editable"`` for an editable install, else ``"standard"``.
        build_data : dict
            Hatchling's description of the build, changed in place.
        """
        if version == "editable":
            return
        root = Path(self.root)
        carried = build_data["force_include"]
        # With the bibliography, whose entries a copied chapter writes out.
        pages = [*(root / "book").glob("*.md"), root / "book" / "references.bib"]
        for page in sorted(pages):
            carried[str(page)] = f"{CHAPTERS}/{page.name}"
        data = root / "book" / "_static" / "data"
        if data.is_dir():
            carried[str(data)] = f"{CHAPTERS}/_static/data"
        verdicts = root / "build" / "verdicts.json"
        if verdicts.is_file():
            carried[str(verdicts)] = VERDICTS
