"""Where the second source says what, for the claims about the Gaussian mixture."""

from rfbook.ledger import Source

CHAPTER = "mixture-features"


def printed(where: str, relation: str = "as printed", note: str = "") -> Source:
    """Name a place in the text of the second source that we read (NeurIPS 2019)."""
    return Source("Ghorbani2019", "NeurIPS 2019", where, relation, note)
