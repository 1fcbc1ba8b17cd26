"""A chapter in JupyterLab: the theorem boxes, all cells run, the table of checks."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rfbook.chapters import copy_chapters

ROOT = Path(__file__).resolve().parents[2]
CHAPTER, CLAIM = "tools", "gaussian-cosine"
PATIENCE = 180_000  # milliseconds; the cells alone take some twenty seconds

# Without it a notebook keeps only the cells in the window in the page.
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
}


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(address: str, server: subprocess.Popen, log: Path) -> None:
    """Wait for the server's first answer."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture
def lab(tmp_path) -> Iterator[str]:
    """Start JupyterLab on a copy of the chapter; yield the address that opens it.

    Its settings, its kernels' files and the verdicts it writes lie in a folder of the
    test's own.
    """
    copy_chapters(tmp_path / "work", [CHAPTER], format="ipynb")
    settings = tmp_path / "settings"
    settings.mkdir()
    (settings / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    own = {
        "HOME": "home",
        "IPYTHONDIR": "home/ipython",
        "JUPYTER_CONFIG_DIR": "home/config",
        "JUPYTER_DATA_DIR": "home/data",
        "JUPYTER_RUNTIME_DIR": "home/runtime",
        "RFBOOK_VERDICTS": "verdicts.json",
    }
    port, token = free_port(), secrets.token_hex(16)
    options = {
        "IdentityProvider.token": token,
        "LabApp.app_settings_dir": settings,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": "",
        "ServerApp.allow_root": True,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.open_browser": False,
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": tmp_path / "work",
    }
    log = tmp_path / "log.txt"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                *(f"--{k}={options[k]}" for k in options),
            ],
            cwd=tmp_path,
            env=os.environ
            | {name: str(tmp_path / path) for name, path in own.items()}
            | {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        base = f"http://127.0.0.1:{port}"
        try:
            wait_until_up(f"{base}/api/status?token={token}", server, log)
            yield f"{base}/lab/tree/{CHAPTER}.ipynb?token={token}"
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture
def tab(browser) -> Iterator[Page]:
    """Return an empty page of the browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def run_all(tab: Page) -> None:
    """Choose Run, Run All Cells in the menu, and wait until every cell has run."""
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    tab.wait_for_function(
        r"""() => {
          const cells = [...document.querySelectorAll(".jp-CodeCell")];
          const ran = (cell) => /^\[\d+\]:$/.test(
            cell.querySelector(".jp-InputPrompt").textContent.trim());
          return cells.length > 0 && cells.every(ran);
        }"""
    )


def test_a_chapter_runs_in_jupyterlab(lab, tab):
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(lab)
    box = tab.locator(f".jp-MarkdownCell aside.myst-proof#{CLAIM}")
    expect(box).to_be_visible(timeout=PATIENCE)
    expect(box.locator(".katex").first).to_be_visible()
    run_all(tab)
    checks = tab.locator(".jp-OutputArea table.checks")
    source = (ROOT / "book" / f"{CHAPTER}.md").read_text(encoding="utf-8")
    assert checks.count() == source.count("\nrfbook.verify(") > 0
    expect(checks.first).to_contain_text(CLAIM)
    errors = tab.locator("[data-mime-type='application/vnd.jupyter.error']")
    assert errors.all_text_contents() == []
    base = lab.partition("/lab/")[0]
    inside = (base, base.replace("http", "ws"), "data:", "blob:")
    assert [url for url in requests if not url.startswith(inside)] == []
