"""A release: what must agree before it, that it is whole, and the same every time."""

import hashlib
import os
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from rfbook import dev, release
from rfbook.doctor import CHROMIUM_ARGUMENTS, find_chromium
from rfbook.release import ReleaseError, changelog_section, disagreements

ROOT = Path(__file__).resolve().parents[1]
CHANGELOG = """# Changelog

## [Unreleased]

- Later.

## [1.2.0] - 2026-12-01

### Added

- A claim.

## [1.1.0]

- Without a day.
"""
GIT = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@book.example",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@book.example",
    "GIT_AUTHOR_DATE": "2026-12-01T12:00:00+0000",
    "GIT_COMMITTER_DATE": "2026-12-01T12:00:00+0000",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(folder, *arguments):
    """Run git in a folder as someone."""
    env = os.environ | GIT
    command = ["git", "-C", str(folder), *arguments]
    subprocess.run(command, env=env, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    """A checkout of a program of version 1.2.0, committed and tagged."""
    root = tmp_path / "checkout"
    (root / "rfbook").mkdir(parents=True)
    (root / "rfbook" / "__init__.py").write_text('__version__ = "1.2.0"\n')
    (root / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    cff = "cff-version: 1.2.0\nversion: 1.2.0\npreferred-citation:\n  version: 1.2.0\n"
    (root / "CITATION.cff").write_text(cff)
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    (root / ".gitignore").write_text("dist/\nbuild/\n_build/\n")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "All")
    git(root, "tag", "v1.2.0")
    return root


@pytest.fixture
def site(tmp_path):
    """A small book: two pages that link to each other, and a picture's folder."""
    pages = tmp_path / "site"
    (pages / "book").mkdir(parents=True)
    (pages / "index.html").write_text('<a href="book/psi.html">psi</a>')
    (pages / "book" / "psi.html").write_text('<p id="a-b">Psi</p>')
    return pages


# --- what must agree ------------------------------------------------------------------


def test_a_tagged_checkout_can_be_released(checkout):
    assert disagreements(checkout) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("pyproject.toml", "1.2.0", "1.3.0", "pyproject.toml states 1.3.0, not 1.2.0"),
        ("CITATION.cff", "  version: 1.2.0", "  version: 1.0", "states 1.0, not 1.2.0"),
        ("CITATION.cff", "version", "number", "CITATION.cff states no version"),
        ("CHANGELOG.md", "[1.2.0]", "[1.2.1]", "no section [1.2.0]"),
        ("CHANGELOG.md", " - 2026-12-01", "", "[1.2.0] has no day"),
        ("rfbook/__init__.py", "1.2.0", "1.3.0.dev0", "1.3.0.dev0 is no version"),
    ],
)
def test_what_disagrees_is_named(checkout, name, old, new, words):
    text = (checkout / name).read_text().replace(old, new)
    (checkout / name).write_text(text)
    found = disagreements(checkout)
    assert any(words in fault for fault in found)
    assert any("not as committed" in fault for fault in found)


def test_a_release_needs_the_tag_at_head(checkout):
    git(checkout, "commit", "-q", "--allow-empty", "-m", "More")
    assert disagreements(checkout) == ["HEAD has no tag v1.2.0: no tag at all"]
    git(checkout, "tag", "v1.3.0")
    assert disagreements(checkout) == ["HEAD has no tag v1.2.0: v1.3.0"]


def test_a_new_file_is_told(checkout):
    (checkout / "new.py").touch()
    assert disagreements(checkout) == ["1 files are not as committed: ?? new.py"]


def test_outside_git_the_reason_is_git_s(checkout):
    (checkout / ".git").rename(checkout / "no-git")
    assert [fault.split(":")[0] for fault in disagreements(checkout)] == [
        "git tag",
        "git status",
    ]


def test_the_notes_are_the_changelog_s(checkout):
    made = release.notes(checkout, "1.2.0")
    assert made.startswith("# rfbook 1.2.0 (2026-12-01)\n")
    assert made.endswith("### Added\n\n- A claim.\n")
    assert "Later" not in made


def test_this_changelog_can_be_cut():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dated = text.replace(
        "## [Unreleased]", "## [Unreleased]\n\n## [9.9.9] - 2026-12-01"
    )
    day, body = changelog_section(dated, "9.9.9")
    assert day == "2026-12-01"
    assert body.startswith("### Added")


def test_this_checkout_states_one_version():
    stated = release.stated_versions(ROOT)
    assert {v for versions in stated.values() for v in versions} == {
        release.stated_version(ROOT)
    }
    assert len(stated["CITATION.cff"]) == 2


# --- what is made ---------------------------------------------------------------------


def test_a_book_packed_twice_is_the_same_file(site, tmp_path):
    digests = []
    for number in (1, 2):
        archive = tmp_path / str(number) / "book.zip"
        archive.parent.mkdir()
        release.pack(site, archive, 1_800_000_000)
        digests.append(hashlib.sha256(archive.read_bytes()).hexdigest())
        for path in site.rglob("*.html"):
            os.utime(path, (number, number))
            path.chmod(0o600)
        (site / "index.html").write_bytes((site / "index.html").read_bytes())
    assert digests[0] == digests[1]
    (site / "index.html").write_text("other")
    release.pack(site, archive, 1_800_000_000)
    assert hashlib.sha256(archive.read_bytes()).hexdigest() != digests[0]


def test_an_archive_has_one_folder_in_order(site, tmp_path):
    release.pack(site, tmp_path / "rfbook-1.zip", 1_800_000_000)
    with zipfile.ZipFile(tmp_path / "rfbook-1.zip") as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {
            (2027, 1, 15, 8, 0, 0)
        }
    assert names == ["rfbook-1/book/psi.html", "rfbook-1/index.html"]


def test_a_link_or_an_empty_folder_is_not_packed(site, tmp_path):
    (site / "link").symlink_to(site / "book", target_is_directory=True)
    with pytest.raises(ReleaseError, match="no links"):
        release.pack(site, tmp_path / "a.zip", 0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReleaseError, match="must hold files"):
        release.pack(tmp_path / "empty", tmp_path / "a.zip", 0)


def whole(tmp_path):
    """Return the files that hold the whole book."""
    files = {"PDF": tmp_path / "book.pdf", "EPUB": tmp_path / "book.epub"}
    for kind, file in files.items():
        file.write_text(kind)
    return files


def aside(tmp_path):
    """Return a folder with what the build of wheel and source would leave."""
    folder = tmp_path / "aside"
    folder.mkdir()
    for kind in ("wheel", "source"):
        (folder / release.names("1.2.0")[kind]).write_text(kind)
    return folder


def test_a_release_is_whole_and_its_checksums_hold(checkout, site, tmp_path):
    first = release.finish(checkout, aside(tmp_path), site, whole(tmp_path))
    assert first == checkout / "dist" / "1.2.0"
    sums = (first / release.SUMS).read_text()
    assert {path.name for path in first.iterdir()} == set(
        release.names("1.2.0").values()
    )
    assert len(sums.splitlines()) == len(release.names("1.2.0")) - 1
    for line in sums.splitlines():
        digest, name = line.split("  ")
        assert digest == hashlib.sha256((first / name).read_bytes()).hexdigest()
    second = release.finish(checkout, aside(tmp_path), site, whole(tmp_path))
    assert (second / release.SUMS).read_text() == sums
    assert [path.name for path in (checkout / "dist").iterdir()] == ["1.2.0"]


def test_what_is_not_whole_leaves_the_old_release(checkout, site, tmp_path):
    kept = release.finish(checkout, aside(tmp_path), site, whole(tmp_path))
    sums = (kept / release.SUMS).read_text()
    folder = aside(tmp_path)
    (folder / release.names("1.2.0")["wheel"]).unlink()
    with pytest.raises(ReleaseError, match=r"rfbook-1\.2\.0-py3-none-any\.whl"):
        release.finish(checkout, folder, site, whole(tmp_path))
    assert (kept / release.SUMS).read_text() == sums


def read_first_link(start: str) -> str:
    """Open a page, follow its first link, and return what the place there says."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS
        )
        page = browser.new_page()
        page.goto(start)
        page.click("a")
        words = page.inner_text("#a-b")
        browser.close()
    return words


@pytest.mark.browser
def test_an_unpacked_book_opens_from_disk(site, tmp_path):
    release.pack(site, tmp_path / "b.zip", 1_800_000_000)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    start = (tmp_path / "unpacked" / "b" / "index.html").as_uri()
    # The tests of the book's pages keep a browser open in this thread.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(read_first_link, start).result() == "Psi"


# --- the command ----------------------------------------------------------------------


@pytest.fixture
def command(checkout, site, monkeypatch):
    """The command over the small checkout; the tools it calls leave their files."""
    calls = []

    def tool(env, *arguments, **variables):
        calls.append(list(map(str, arguments)))
        if "build" in arguments:
            folder = Path(arguments[-1])
            folder.mkdir(parents=True)
            for kind in ("wheel", "source"):
                text = f"{kind} {variables['SOURCE_DATE_EPOCH']}"
                (folder / release.names("1.2.0")[kind]).write_text(text)
        if "rfbook.epub" in arguments:
            make("epub")

    def make(kind):
        (site.parent / kind).mkdir(exist_ok=True)
        (site.parent / kind / f"rfbook.{kind}").write_text(kind)

    def pdf(arguments):
        calls.append(["pdf"])
        make("pdf")

    for name, value in {
        "ROOT": checkout,
        "PAGE": site,
        "BUILD": checkout / "build",
        "run": tool,
        "verify": lambda arguments: calls.append(["verify"]),
        "pdf": pdf,
        "prepare": lambda: dev.Environment("current", checkout),
        "check_machine": lambda: None,
        "find_chromium": lambda: "chromium",
    }.items():
        monkeypatch.setattr(dev, name, value)
    return calls


def test_the_command_builds_everything_and_twice_the_same(command, checkout, capsys):
    assert dev.main(["release"]) == 0
    sums = (checkout / "dist" / "1.2.0" / release.SUMS).read_text()
    assert [c[0] for c in command] == ["verify", "-m", "pdf", "-m", "-m"]
    assert command[1][1:] == ["rfbook", "history", "--released"]
    assert {"--wheel", "--sdist"} <= set(command[4])
    assert dev.main(["release"]) == 0
    assert (checkout / "dist" / "1.2.0" / release.SUMS).read_text() == sums
    assert "The release is in" in capsys.readouterr().out


def test_a_dry_run_makes_nothing_and_tells_all(command, checkout, capsys):
    git(checkout, "tag", "-d", "v1.2.0")
    assert dev.main(["release", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in release.names("1.2.0").values())
    assert "HEAD has no tag v1.2.0" in told
    assert command == []
    assert not (checkout / "dist").exists()


def test_without_the_tag_or_chromium_there_is_no_release(
    command, checkout, monkeypatch, capsys
):
    git(checkout, "tag", "-d", "v1.2.0")
    monkeypatch.setattr(dev, "find_chromium", lambda: None)
    assert dev.main(["release"]) == 2
    told = capsys.readouterr().err
    assert "HEAD has no tag" in told
    assert "Chromium is missing" in told
    assert command == []


def test_this_checkout_s_dry_run_works():
    done = subprocess.run(
        [dev.sys.executable, "-S", "-m", "rfbook.dev", "release", "--dry-run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"dist/{release.stated_version(ROOT)}:" in done.stdout
