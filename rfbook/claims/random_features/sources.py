"""Where the sources say what, for the claims of the chapter on random features."""

from rfbook.ledger import Source

CHAPTER = "random-features"


def printed(where: str, relation: str = "as printed", note: str = "") -> Source:
    """Name a place in the conference version (NeurIPS 2019) of the first source."""
    return Source("YehudaiShamir2019", "NeurIPS 2019", where, relation, note)


def later(where: str, relation: str = "as printed", note: str = "") -> Source:
    """Name a place in the later arXiv text, which we read without its formulas."""
    return Source("YehudaiShamir2019", "arXiv, later version", where, relation, note)


def lazy(where: str, relation: str = "as printed", note: str = "") -> Source:
    """Name a place in the conference version (NeurIPS 2019) of the second source."""
    return Source("Ghorbani2019", "NeurIPS 2019", where, relation, note)
