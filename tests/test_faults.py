"""Damaged files, a full disk, a place that may not be written, two runs at once."""

import errno
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from rfbook import dev
from rfbook.ledger.runner import load_verdicts
from rfbook.records import RecordError, data_folder, read_record, write_whole

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
CLAIM = "sphere-overlap"


def verify(place, *ids, limit=None):
    """Start ``rfbook verify`` with its verdicts at a place; files grow to a limit."""

    def bound():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "rfbook", "verify", *ids],
        cwd=ROOT,
        env=dev.os.environ | {"RFBOOK_VERDICTS": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=bound,
    )


def last_line(process):
    """Wait for a run; return the last line of what it says of errors."""
    return process.communicate()[1].replace("\r", "\n").strip().splitlines()[-1]


def test_verdicts_that_do_not_fit_on_the_disk_leave_the_old_ones(tmp_path):
    place = tmp_path / "verdicts.json"
    write_whole(place, json.dumps({"format": 1, "claims": {}}).encode())
    before = place.read_bytes()
    process = verify(place, CLAIM, limit=100)
    told = last_line(process)
    assert process.returncode == 2
    assert told.startswith("rfbook: ")
    assert "File too large" in told
    assert place.read_bytes() == before
    assert not list(tmp_path.glob(".*.part"))


def test_a_place_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "verdicts.json"
    process = verify(place, CLAIM)
    told = last_line(process)
    assert process.returncode == 2
    assert str(place.parent) in told
    assert told.startswith("rfbook: ")


def test_two_runs_at_once_keep_both_outcomes(tmp_path):
    place = tmp_path / "verdicts.json"
    names = (CLAIM, "sphere-moments")
    runs = [verify(place, name) for name in names]
    for process in runs:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    assert set(names) <= set(load_verdicts(place)["claims"])


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_a_checkout_that_cannot_be_written_is_told_in_one_line(
    monkeypatch, capsys, number
):
    def fail(arguments):
        raise OSError(number, dev.os.strerror(number), "build/book.lock")

    monkeypatch.setitem(dev.COMMANDS, "book", fail)
    assert dev.main(["book"]) == 2
    said = capsys.readouterr().err
    assert said == f"rfbook: build/book.lock: {dev.os.strerror(number)}\n"


@pytest.mark.parametrize("name", ["benchmarks.json", "mixture-gap-samples.npz"])
def test_a_recorded_run_with_one_changed_byte_is_refused_by_its_checksum(
    name, tmp_path
):
    content = bytearray((data_folder() / name).read_bytes())
    digits = [
        i for i in range(len(content) // 3, len(content)) if content[i] == ord("7")
    ]
    content[digits[0]] = ord("8")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordError, match=f"^{name}: .*(checksum|CRC)"):
        read_record(tmp_path / name)


def test_half_a_recorded_run_is_refused(tmp_path):
    content = (data_folder() / "benchmarks.json").read_bytes()
    (tmp_path / "benchmarks.json").write_bytes(content[: len(content) // 2])
    with pytest.raises(RecordError, match=r"benchmarks\.json: not a readable record"):
        read_record(tmp_path / "benchmarks.json")


def test_a_damaged_verdict_file_is_named_and_not_written_over(tmp_path):
    place = tmp_path / "verdicts.json"
    place.write_text('{"format": 1, "claims": {')
    process = verify(place, CLAIM)
    assert f"{place} is damaged" in last_line(process)
    assert process.returncode == 2
    assert place.read_text() == '{"format": 1, "claims": {'
