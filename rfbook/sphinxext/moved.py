"""Old addresses of records that moved to another chapter: they lead to the new ones.

A claim's permanent address is its row of the ledger. The page of its record follows its
chapter; where a chapter was divided, the old page keeps the places and sends on whoever
comes there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from rfbook.ledger import claims
from rfbook.sphinxext.claims import RECORD, record_link

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MOVED = {
    # The chapter on features for a quadratic target was a part of this one.
    "quadratic-gap": (
        "activation-growth",
        "covariance-optimal",
        "covariance-wide",
        "exponential-covariance",
        "quadratic-risk",
        "rf-activation-exact",
        "rf-alignment",
        "rf-centring-needed",
        "rf-fixed-point",
        "rf-fixed-point-isotropic",
        "rf-fixed-point-linear",
        "rf-limit",
        "rf-limit-wide",
        "rf-limit-wide-printed",
        "rf-mean-exact",
        "rf-odd-activation",
        "rf-overlap-fluctuation",
        "rf-quadratic-exact",
        "rf-quadratic-limit",
        "rf-quadratic-offset",
        "rf-quadratic-zero",
        "rf-relu-exact",
        "rf-resolvent",
        "rf-trace-zero",
        "weight-scale",
    ),
}
"""By chapter: the claims whose records once stood on its page."""


def moved_section(app: Sphinx, chapter: str) -> list[nodes.section]:
    """Return the section that ends a page of records, if some have left the page.

    Its items carry the ids that the records and their citations had there.
    """
    if chapter not in MOVED or app.builder.format != "html":
        return []
    section = nodes.section(ids=["moved"])
    section += nodes.title("", "Moved to another chapter")
    items = nodes.bullet_list()
    for name in MOVED[chapter]:
        link = record_link(app, f"{RECORD}/{chapter}", claims()[name], name)
        ids = [f"claim-{name}", f"cite-{name}"]
        items += nodes.list_item("", nodes.paragraph("", "", link), ids=ids)
        items[-1]["classes"] = ["moved"]
    section += items
    return [section]
