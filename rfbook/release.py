"""A release: what must agree before it, what is made, and how it is packed.

Everything is read from the checkout and needs the standard library alone. What is made
from one tag is the same every time, as far as it is ours: archives are sorted and dated
by the commit, and a release appears whole in ``dist/VERSION`` or not at all.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

NOTES = "NOTES.md"
SUMS = "SHA256SUMS"
VERSION_LINES = {
    "rfbook/__init__.py": re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE),
    "pyproject.toml": re.compile(r'^version = "([^"]+)"', re.MULTILINE),
    "CITATION.cff": re.compile(r"^ *version: *(\S+)", re.MULTILINE),
}
"""Where the version is stated; the first is the one that the program goes by."""

NUMBER = re.compile(r"\d+\.\d+\.\d+")
_SECTION = re.compile(r"^## \[([^\]]+)\](?: - (\S+))?[ ]*$", re.MULTILINE)
_BLOCK = 1 << 20


class ReleaseError(ValueError):
    """A reason why there can be no release."""


# --- what must agree ------------------------------------------------------------------


def stated_versions(root: Path) -> dict[str, list[str]]:
    """Return the versions that each file states, in the order of its lines."""
    return {
        name: pattern.findall((root / name).read_text(encoding="utf-8"))
        for name, pattern in VERSION_LINES.items()
    }


def stated_version(root: Path) -> str:
    """Return the version that the program goes by.

    Raises
    ------
    ReleaseError
        If it is not stated.
    """
    name = next(iter(VERSION_LINES))
    found = stated_versions(root)[name]
    if not found:
        raise ReleaseError(f"{name} states no version")
    return found[0]


def changelog_section(text: str, version: str) -> tuple[str, str]:
    r"""Return the day and the text of a version's section of the changelog.

    Raises
    ------
    ReleaseError
        If there is no such section, or it has no day.

    Examples
    --------
    >>> text = "# Log\n\n## [Unreleased]\n\n## [1.0.0] - 2026-12-01\n\n- All of it.\n"
    >>> changelog_section(text, "1.0.0")
    ('2026-12-01', '- All of it.')
    """
    heads = list(_SECTION.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        if head[1] == version:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", head[2] or ""):
                raise ReleaseError(f"CHANGELOG.md: the section [{version}] has no day")
            end = following.start() if following else len(text)
            return head[2], text[head.end() : end].strip()
    raise ReleaseError(f"CHANGELOG.md has no section [{version}]")


def git(root: Path, *arguments: str) -> list[str]:
    """Return the lines that git prints.

    Raises
    ------
    ReleaseError
        If git fails, with its words.
    """
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.splitlines()


def disagreements(root: Path) -> list[str]:
    """Return all that stands in the way of a release of the checkout as it is."""
    version, found = stated_version(root), []
    if not NUMBER.fullmatch(version):
        found.append(f"{version} is no version to release: three numbers, as in 1.2.0")
    for name, stated in stated_versions(root).items():
        others = sorted({other for other in stated if other != version})
        if others or not stated:
            said = ", ".join(others) or "no version"
            found.append(f"{name} states {said}, not {version}")
    for look in (_tag, _tree, _log):
        try:
            found += look(root, version)
        except ReleaseError as error:
            found.append(str(error))
    return found


def _tag(root: Path, version: str) -> list[str]:
    tags = git(root, "tag", "--points-at", "HEAD")
    if f"v{version}" in tags:
        return []
    return [f"HEAD has no tag v{version}: {', '.join(tags) or 'no tag at all'}"]


def _tree(root: Path, version: str) -> list[str]:
    changed = git(root, "status", "--porcelain")
    if not changed:
        return []
    return [f"{len(changed)} files are not as committed: {changed[0].strip()}"]


def _log(root: Path, version: str) -> list[str]:
    changelog_section((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    return []


# --- what is made ---------------------------------------------------------------------


def names(version: str) -> dict[str, str]:
    """Return the names of what a release consists of, by what it is.

    Examples
    --------
    >>> names("1.2.0")["book"]
    'rfbook-1.2.0-book.zip'
    """
    return {
        "wheel": f"rfbook-{version}-py3-none-any.whl",
        "source": f"rfbook-{version}.tar.gz",
        "book": f"rfbook-{version}-book.zip",
        "PDF": f"rfbook-{version}.pdf",
        "EPUB": f"rfbook-{version}.epub",
        "notes": NOTES,
        "checksums": SUMS,
    }


def commit_time(root: Path) -> int:
    """Return the time of the commit at HEAD, in seconds since 1970."""
    return int(git(root, "log", "-1", "--format=%ct")[0])


def pack(folder: Path, archive: Path, time: int) -> None:
    """Pack a folder into a zip file that depends on its files and the time alone.

    Everything stands in one folder of the archive's own name.

    Parameters
    ----------
    folder : pathlib.Path
        A folder without symbolic links.
    archive : pathlib.Path
        The file to write.
    time : int
        The date of every file, in seconds since 1970; zip knows none before 1980.

    Raises
    ------
    ReleaseError
        If the folder is empty or holds a link.
    """
    found = sorted(folder.rglob("*"))
    files = [path for path in found if path.is_file()]
    if not files or any(path.is_symlink() for path in found):
        raise ReleaseError(f"{folder} must hold files, and no links")
    day = datetime.fromtimestamp(time, UTC)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in files:
            name = f"{archive.stem}/{path.relative_to(folder).as_posix()}"
            entry = zipfile.ZipInfo(name, day.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            packed.writestr(entry, path.read_bytes())


def checksums(folder: Path) -> str:
    """Return a line for each file of a folder, as ``sha256sum`` writes it."""
    files = sorted(path for path in folder.iterdir() if path.name != SUMS)
    return "".join(f"{digest(path)}  {path.name}\n" for path in files)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def notes(root: Path, version: str) -> str:
    """Return the release notes: the version's section of the changelog, with a head."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    day, body = changelog_section(text, version)
    made = names(version)
    own = (
        f"`{made['book']}`: unpack it and open `index.html`; it needs no network. "
        f"`{made['PDF']}`: the book on paper. `{made['EPUB']}`: the book on a reading "
        f"device. `{made['wheel']}`: the programs, the chapters and the verdicts, for "
        f"pip. `sha256sum -c {SUMS}` checks the files."
    )
    return f"# rfbook {version} ({day})\n\n{own}\n\n{body}\n"


def finish(root: Path, aside: Path, pages: Path, whole: Mapping[str, Path]) -> Path:
    """Complete a folder that holds wheel and source, and put it in its place.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    aside : pathlib.Path
        The folder; it is gone afterwards.
    pages : pathlib.Path
        The built book.
    whole : mapping of str to pathlib.Path
        The book in one file: its PDF and its EPUB, by the names of `names`.

    Returns
    -------
    pathlib.Path
        ``dist/VERSION``, which holds this release and nothing else.

    Raises
    ------
    ReleaseError
        If something is missing, or is there that does not belong to a release.
    """
    version = stated_version(root)
    made = names(version)
    pack(pages, aside / made["book"], commit_time(root))
    for kind, file in whole.items():
        shutil.copyfile(file, aside / made[kind])
    (aside / NOTES).write_text(notes(root, version), encoding="utf-8")
    (aside / SUMS).write_text(checksums(aside), encoding="utf-8")
    if wrong := {path.name for path in aside.iterdir()} ^ set(made.values()):
        raise ReleaseError(f"missing or too much: {', '.join(sorted(wrong))}")
    target = root / "dist" / version
    target.parent.mkdir(exist_ok=True)
    old = target.with_name(f"{version}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    aside.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def plan(root: Path) -> Iterator[str]:
    """Yield what a release would consist of, line by line."""
    version = stated_version(root)
    yield f"dist/{version}:"
    for kind, name in names(version).items():
        yield f"  {kind:<10}{name}"
