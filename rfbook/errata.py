"""Places where the two papers, as we read them, are false, incomplete or inconsistent.

``rfbook/errata.json`` has one object for each place: what is printed, what is observed,
the correction, the claims that decide it, and how certain we are. An erratum's id is
permanent, like that of a claim. The file is also put beside the page of the book.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files

from rfbook.ledger.claim import Claim
from rfbook.ledger.coverage import Row
from rfbook.ledger.verdict import Verdict

FILE = "errata.json"
NEURIPS = "NeurIPS 2019"
LATER = "arXiv, later version"
VERSIONS = {"YehudaiShamir2019": (NEURIPS, LATER), "Ghorbani2019": (NEURIPS,)}
KINDS = (
    "false",
    "omitted hypothesis",
    "gap",
    "inconsistent",
    "slip of the text that we read",
)
CERTAINTIES = {
    "certain": "the text is plain, and so is the evidence",
    "reading": "the text is damaged here, and this is how we read it",
    "copy": "the error may be in the copy that we read and not in print",
    "wording": "it depends on how the words are meant",
}
MENDED = ("yes", "no", "unknown")
LONGEST_QUOTATION = 8

_MATHEMATICS = re.compile(r"\$[^$]*\$")
_QUOTATION = re.compile(r"“([^”]*)”")


@dataclass(frozen=True)
class Erratum:
    """One place of a paper, what is wrong with it, and what decides that.

    Parameters
    ----------
    id : str
        One to four words, never reused, never renamed.
    title : str
        What it is about, in a few words of our own; Markdown with formulas.
    paper : str
        Key of the reference in the book's bibliography.
    version : str
        The text that has the error: one of ``VERSIONS[paper]``.
    section : str
        Its section there, empty where the numbers cannot be read.
    place : str
        Where in the section: ``Proposition 4.6, item 2``.
    kind : str
        One of ``KINDS``.
    printed : str
        The formula, or a term of at most `LONGEST_QUOTATION` words in “quotes”.
    observation : str
        What is the matter, and what follows from it for the paper.
    correction : str
        What stands in its place, in the letters of the paper.
    claims : mapping
        Ids of the claims that decide it, each with its outcome, HOLDS or FAILS. A claim
        that FAILS is the printed statement.
    certainty : str
        One of ``CERTAINTIES``.
    doubt : str
        What speaks for another reading; empty only if ``certain``.
    mended : {"yes", "no", "unknown"}
        Whether a later version mends it, as far as we can see.
    later : str
        What we saw of the later version.

    Examples
    --------
    >>> erratum = next(e for e in load() if e.id == "psi-norm")
    >>> erratum.place, erratum.anchor
    ('Proposition 4.6, item 2; used in equation (6)', 'erratum-psi-norm')
    """

    id: str
    title: str
    paper: str
    version: str
    section: str
    place: str
    kind: str
    printed: str
    observation: str
    correction: str
    claims: Mapping[str, str]
    certainty: str
    doubt: str
    mended: str
    later: str

    def __post_init__(self) -> None:
        words = self.id.split("-")
        if len(words) > 4 or not all(word.isalnum() for word in words):
            raise ValueError(f"an id has one to four words: {self.id!r}")
        allowed = {
            "paper": VERSIONS,
            "version": VERSIONS.get(self.paper, ()),
            "kind": KINDS,
            "certainty": CERTAINTIES,
            "mended": MENDED,
        }
        for name, values in allowed.items():
            if (value := getattr(self, name)) not in values:
                raise ValueError(
                    f"{self.id}: {name} is one of {tuple(values)}, got {value!r}"
                )
        for name in ("title", "place", "printed", "observation", "correction", "later"):
            if not getattr(self, name):
                raise ValueError(f"{self.id}: the {name} is empty")
        if bool(self.doubt) == (self.certainty == "certain"):
            raise ValueError(f"{self.id}: a doubt stands exactly where it is uncertain")
        for name, outcome in self.claims.items():
            if outcome not in (Verdict.HOLDS.value, Verdict.FAILS.value):
                raise ValueError(f"{self.id}: {name} HOLDS or FAILS, not {outcome!r}")
        for words_quoted in quotations(self.printed):
            if len(words_quoted.split()) > LONGEST_QUOTATION:
                raise ValueError(
                    f"{self.id}: a quotation has at most {LONGEST_QUOTATION} words: "
                    f"{words_quoted!r}"
                )

    @property
    def anchor(self) -> str:
        """The id of the erratum's place on the page."""
        return f"erratum-{self.id}"


def quotations(text: str) -> list[str]:
    """Return what a text quotes, without the formulas.

    Examples
    --------
    >>> quotations("the “result of theorem 3.1” for $x$, “with $y$ in it”")
    ['result of theorem 3.1', 'with  in it']
    """
    return _QUOTATION.findall(_MATHEMATICS.sub("", text))


def load() -> tuple[Erratum, ...]:
    """Read the errata that come with the package.

    Raises
    ------
    ValueError
        If an entry is malformed, or an id stands there twice.

    Examples
    --------
    >>> errata = load()
    >>> len({erratum.id for erratum in errata}) == len(errata)
    True
    """
    return parse(json.loads(files("rfbook").joinpath(FILE).read_text("utf-8")))


def parse(entries: Iterable[Mapping[str, object]]) -> tuple[Erratum, ...]:
    """Make errata of JSON objects and refuse malformed and repeated ones.

    Parameters
    ----------
    entries : iterable of mapping
        Every field of `Erratum` by its name; ``claims`` is an object, the other values
        are strings.

    Raises
    ------
    ValueError
        If a field is missing, unknown or of the wrong type, if an entry breaks a rule
        of `Erratum`, or if two entries have the same id.

    Examples
    --------
    >>> parse([{"id": "psi-norm"}])
    Traceback (most recent call last):
        ...
    ValueError: an erratum has the fields id, title, ..., got id
    """
    wanted = [field.name for field in fields(Erratum)]
    errata: dict[str, Erratum] = {}
    for entry in entries:
        if set(entry) != set(wanted):
            raise ValueError(
                f"an erratum has the fields {', '.join(wanted)}, "
                f"got {', '.join(map(str, entry))}"
            )
        for name, value in entry.items():
            if not isinstance(value, dict if name == "claims" else str):
                raise ValueError(f"{entry['id']}: the wrong type for {name}: {value!r}")
        erratum = Erratum(**entry)
        if erratum.id in errata:
            raise ValueError(f"two errata with the id {erratum.id}")
        errata[erratum.id] = erratum
    return tuple(errata.values())


def faults(errata: Iterable[Erratum], registry: Mapping[str, Claim]) -> list[str]:
    """Return where errata and ledger disagree; an empty list is what one wants.

    An erratum may name only claims of the ledger, with the outcome that they have
    there, and every refuted statement of a paper belongs to exactly one erratum.

    Examples
    --------
    >>> from rfbook.ledger import claims
    >>> registry = {"psi-odd": claims()["psi-odd"]}
    >>> faults([e for e in load() if e.id == "psi-squared-weights"], registry)
    ['psi-squared-weights: no claim psi-counts-printed', ...]
    """
    found, homes = [], {}
    for erratum in errata:
        for name, outcome in erratum.claims.items():
            if name not in registry:
                found.append(f"{erratum.id}: no claim {name}")
            elif registry[name].expects.value != outcome:
                found.append(
                    f"{erratum.id}: {name} does not have the outcome {outcome}"
                )
            elif outcome == Verdict.FAILS.value:
                homes.setdefault(name, []).append(erratum.id)
    for claim in registry.values():
        printed = {source.key for source in claim.sources} & set(VERSIONS)
        refuted = claim.expects is Verdict.FAILS and printed
        if refuted and len(homes.get(claim.id, ())) != 1:
            found.append(f"{claim.id}: in the errata {homes.get(claim.id, [])}")
    return found


def standing(rows: Iterable[Row], registry: Mapping[str, Claim]) -> tuple[int, int]:
    """Count the statements that claims decide, and those with a refuted part.

    Parameters
    ----------
    rows : iterable of Row
        Rows of the table of coverage; those without claims do not count.
    registry : mapping
        The ledger.

    Returns
    -------
    decided, refuted : int
        A statement has a refuted part if one of its claims is expected to FAIL.

    Examples
    --------
    >>> from rfbook.ledger import claims
    >>> from rfbook.ledger.coverage import load as rows
    >>> standing([r for r in rows() if r.number == "4.6"], claims())
    (4, 1)
    """
    decided = [row for row in rows if row.claims]
    refuted = [
        row
        for row in decided
        if any(registry[name].expects is Verdict.FAILS for name in row.claims)
    ]
    return len(decided), len(refuted)
