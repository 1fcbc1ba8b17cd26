"""Recorded runs: what is written is read, and nothing else is."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfbook import records
from rfbook.records import Record, RecordError, provenance, read_record, write_record


def made(**changes) -> Record:
    given_fields = {
        "kind": "psi-sweep",
        "parameters": {"dimension": 10, "radii": (0.5, 1.0), "law": "normal"},
        "sizes": {"samples": 1000},
        "results": {"mean": 0.1, "errors": [1, 2.5, None, True, "word"]},
        **provenance([3, 4], seconds=1.25, source_digest="ab" * 32),
        **changes,
    }
    return Record(**given_fields)


def with_arrays() -> Record:
    rng = np.random.default_rng(1)
    arrays = {
        "risk": rng.standard_normal((3, 4)),
        "counts": np.arange(5, dtype=">i4"),
        "logs": np.array([0.0, -np.inf, np.nan]),
        "mask": np.array([True, False]),
        "phase": np.array([1 + 2j]).reshape(()),
        "fortran": np.asfortranarray(rng.standard_normal((2, 3))),
    }
    return made(results={"mean": 0.1, **arrays})


@pytest.fixture(params=["run.json", "run.npz"])
def written(request, tmp_path):
    record = made() if request.param.endswith("json") else with_arrays()
    path = tmp_path / request.param
    write_record(path, record)
    return path, record


# ---- there and back --------------------------------------------------------


def test_every_field_comes_back(written):
    path, record = written
    back = read_record(path)
    assert back.checksum == record.checksum
    for field in fields(Record):
        if field.name != "results":
            assert getattr(back, field.name) == getattr(record, field.name)
    assert back.results.keys() == record.results.keys()
    for name, value in record.results.items():
        np.testing.assert_array_equal(back.results[name], value)
        if isinstance(value, np.ndarray):
            assert back.results[name].dtype == value.dtype


def test_the_same_record_gives_the_same_bytes(written, tmp_path):
    path, _ = written
    again = tmp_path / f"again{path.suffix}"
    write_record(again, read_record(path))
    assert again.read_bytes() == path.read_bytes()


def test_an_npz_is_read_by_numpy_without_pickle(tmp_path):
    write_record(tmp_path / "run.npz", with_arrays())
    with np.load(tmp_path / "run.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["counts"], np.arange(5))
        assert json.loads(archive["header.json"])["kind"] == "psi-sweep"


def test_numpy_scalars_become_numbers():
    record = made(results={"mean": np.float64(0.1), "n": np.int64(3)})
    assert record.results == {"mean": 0.1, "n": 3}
    assert type(record.results["n"]) is int


def test_the_arrays_of_a_record_cannot_be_changed():
    source = np.zeros(3)
    record = made(results={"risk": source})
    source[0] = 1.0
    assert record.results["risk"][0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        record.results["risk"][0] = 1.0


@pytest.mark.parametrize("field", [f.name for f in fields(Record)])
def test_the_checksum_covers_every_field(field):
    other = {
        "kind": "psi-other",
        "parameters": {"dimension": 11},
        "sizes": {"samples": 1001},
        "seeds": [3, 5],
        "device": "cpu: another",
        "versions": {"python": "3.0"},
        "source_digest": "cd" * 32,
        "seconds": 1.5,
        "results": {"mean": 0.2},
    }
    assert made(**{field: other[field]}).checksum != made().checksum


@pytest.mark.parametrize(
    "array", [np.zeros(2), np.zeros((1, 1)), np.zeros(1, "f4"), np.full(1, -0.0)]
)
def test_the_checksum_covers_values_shape_and_type(array):
    changed = made(results={"risk": array})
    assert changed.checksum != made(results={"risk": np.zeros(1)}).checksum


# ---- writing ---------------------------------------------------------------


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    write_record(path, made())
    before = path.read_bytes()

    def fail(_):
        raise OSError("no space left")

    monkeypatch.setattr(records.os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        write_record(path, made(seconds=2.0))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_arrays_do_not_go_into_json(tmp_path):
    with pytest.raises(RecordError, match=r"ending in \.npz: counts, "):
        write_record(tmp_path / "run.json", with_arrays())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["run.pickle", "run", "run.JSON"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(RecordError, match=r"must end in \.json or \.npz"):
        write_record(tmp_path / name, made())
    with pytest.raises(RecordError, match=r"must end in \.json or \.npz"):
        read_record(tmp_path / name)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "Psi sweep"),
        ("kind", ""),
        ("parameters", {"not a name": 1}),
        ("parameters", {"f": {1, 2}}),
        ("parameters", {"f": float("nan")}),
        ("parameters", [1]),
        ("parameters", {"f": {1: 2}}),
        ("sizes", {"samples": -1}),
        ("sizes", {"samples": 1.0}),
        ("sizes", {"samples": True}),
        ("seeds", []),
        ("seeds", [-1]),
        ("seeds", [0.5]),
        ("seeds", "12"),
        ("device", " "),
        ("versions", {"numpy": "2.0"}),
        ("versions", {"python": ""}),
        ("source_digest", "ab"),
        ("source_digest", "AB" * 32),
        ("source_digest", None),
        ("seconds", -1.0),
        ("seconds", float("inf")),
        ("seconds", "1"),
        ("results", {}),
        ("results", {"x": float("inf")}),
        ("results", {"x": np.array([object()])}),
        ("results", {"x": np.array(["word"])}),
        ("results", {"../x": np.zeros(1)}),
        ("results", {"x": [np.zeros(1)]}),
    ],
)
def test_a_field_outside_its_rule_is_named(field, value):
    with pytest.raises(RecordError, match=f"^{field}"):
        made(**{field: value})


def test_provenance_tells_versions_of_what_is_there():
    told = provenance(
        1, seconds=0, source_digest="0" * 64, packages=["numpy", "nosuch"]
    )
    assert told["versions"].keys() == {"python", "numpy"}
    assert told["versions"]["numpy"] == np.__version__
    assert told["seeds"] == (1,)
    assert told["device"].startswith("cpu: ")


# ---- reading ---------------------------------------------------------------


def test_the_expected_record_is_read(written):
    path, _ = written
    read_record(path, kind="psi-sweep", expect={"dimension": 10, "radii": (0.5, 1.0)})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"kind": "other"}, "kind 'psi-sweep', expected 'other'"),
        ({"expect": {"dimension": 11}}, "dimension is 10, expected 11"),
        ({"expect": {"radii": [0.5]}}, "radii is .*, expected"),
        ({"expect": {"depth": 1}}, "no parameter 'depth', expected 1"),
    ],
)
def test_a_record_of_another_run_is_refused(written, call, message):
    path, _ = written
    with pytest.raises(RecordError, match=f"^{path.name}: {message}"):
        read_record(path, **call)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["json", "npz"]), st.integers(0), st.integers(1, 255))
def test_no_flipped_byte_changes_what_is_read(tmp_path_factory, kind, place, flip):
    folder = tmp_path_factory.getbasetemp()
    path = folder / f"whole.{kind}"
    record = made() if kind == "json" else with_arrays()
    if not path.exists():
        write_record(path, record)
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= flip
    damaged = folder / f"damaged.{kind}"
    damaged.write_bytes(content)
    try:
        back = read_record(damaged)
    except RecordError:
        return
    # White space, and fields of the ZIP container that hold no contents.
    assert back.checksum == record.checksum


def test_a_byte_of_an_array_is_covered_by_the_checksum_alone(tmp_path):
    path = tmp_path / "run.npz"
    write_record(path, made(results={"risk": np.zeros(2)}))
    rewrite(path, {"risk.npy": npy(np.ones(2))})
    with pytest.raises(RecordError, match="do not match the checksum"):
        read_record(path)


@pytest.mark.parametrize("part", [0, 1, 10, 0.5, -1])
def test_half_a_file_is_refused(written, part):
    path, _ = written
    content = path.read_bytes()
    end = int(part * len(content)) if isinstance(part, float) else part
    # Without the last byte JSON only lacks its newline: take the brace too.
    path.write_bytes(content[: end if end >= 0 else -2])
    with pytest.raises(RecordError, match=f"^{path.name}: "):
        read_record(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 2}, "version 2, this reads 1"),
        ({"format": "other"}, "not a record of this book"),
        ({"extra": 1}, r"fields missing or unknown: \['extra'\]"),
        ({"seeds": None}, "seeds|not a readable"),
        ({"seconds": 9.0}, "do not match the checksum"),
        ({"results": {"mean": 0.2}}, "do not match the checksum"),
        ({"arrays": ["risk"]}, "arrays .*, but members"),
    ],
)
def test_a_changed_header_is_refused(tmp_path, changes, message):
    path = tmp_path / "run.json"
    write_record(path, made())
    header = json.loads(path.read_bytes())
    path.write_text(json.dumps({**header, **changes}))
    with pytest.raises(RecordError, match=message):
        read_record(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"1", b"{", b"\xff", b'{"a": NaN}'])
def test_what_is_no_record_is_refused(tmp_path, content):
    for name in ("run.json", "run.npz"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RecordError, match=f"^{name}: "):
            read_record(tmp_path / name)


def test_a_pickled_array_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    write_record(path, made(results={"risk": np.zeros(2)}))
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    rewrite(path, {"risk.npy": buffer.getvalue()})
    with pytest.raises(RecordError, match="allow_pickle=False"):
        read_record(path)


def test_an_array_too_many_or_too_few_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    write_record(path, made(results={"risk": np.zeros(2)}))
    rewrite(path, {"more.npy": npy(np.zeros(1))})
    with pytest.raises(RecordError, match="but members"):
        read_record(path)
    rewrite(path, {"more.npy": None, "risk.npy": None})
    with pytest.raises(RecordError, match="but members"):
        read_record(path)


def test_no_file_is_no_record(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_record(tmp_path / "run.json")


def npy(array) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def rewrite(path, changes) -> None:
    """Write the ZIP again, sound in itself, with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)
