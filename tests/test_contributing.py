"""The guide's example is a claim that passes, and its commands exist."""

import re

from rfbook import dev
from rfbook.doctor import ROOT
from rfbook.ledger.registry import gather
from rfbook.ledger.runner import run_claim

GUIDE = (ROOT / "CONTRIBUTING.md").read_text()


def example():
    """The claim of the guide."""
    (code,) = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    namespace = {}
    exec(code, namespace)
    return namespace["CLAIM"]


def test_the_example_keeps_the_rules_and_holds():
    claim = example()
    assert list(gather([claim])) == ["odd-sum"]
    outcome = run_claim(claim)
    assert outcome["ok"], outcome["problems"]


def test_the_commands_of_the_guide_exist():
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", GUIDE, re.MULTILINE))
    assert {"setup", "book", "test", "golden"} <= named
    assert named <= set(dev.COMMANDS)


def test_the_guide_fits_on_two_pages():
    assert len(GUIDE.split()) <= 1000
