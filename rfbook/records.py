"""Recorded runs: the one format in which heavy results are kept.

A record says what was run and with which parameters, sizes and seeds, on which
device, with which versions and which sources of the package, for how long, and
what came out. One run is one file: JSON when the results are numbers, words and
lists, NPZ when there are arrays. In an NPZ the same JSON is the member
``header.json``. Nothing is ever pickled.

The same record gives the same bytes. A checksum over the contents, not over the
container, lets the reader refuse a damaged file.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import platform
import re
import sys
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfbook.devices import cpu_model

if TYPE_CHECKING:
    import numpy as np

FORMAT = "rfbook-record"
VERSION = 1
PACKAGES = ("numpy", "scipy", "torch")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEADER = "header.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class RecordError(ValueError):
    """A record that cannot be made, or a file that is not the one expected."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Record:
    """One run and what came out of it.

    Parameters
    ----------
    kind : str
        What was run, in lower-case words joined by hyphens.
    parameters : mapping of str to JSON values
        What the run was asked to do; a reader compares these.
    sizes : mapping of str to int
        How large the run was: dimensions, numbers of samples, of steps.
    seeds : sequence of int
        Each seed that was used, at least one.
    device : str
        Kind and model of the device.
    versions : mapping of str to str
        Of Python and of the packages that computed.
    source_digest : str
        SHA-256 of the package's sources, 64 hexadecimal digits.
    seconds : float
        Wall time.
    results : mapping of str to JSON values or numpy.ndarray
        What came out. Arrays of booleans, integers, floats or complex numbers;
        arrays go to NPZ only, and so do NaN and infinities.

    Raises
    ------
    RecordError
        For a field outside its rule; the message names the field and the value.
    """

    kind: str
    parameters: Mapping[str, Any]
    sizes: Mapping[str, int]
    seeds: Sequence[int]
    device: str
    versions: Mapping[str, str]
    source_digest: str
    seconds: float
    results: Mapping[str, Any]

    def __post_init__(self) -> None:
        _rule(_matches(_SLUG, self.kind), "kind", self.kind, "words joined by hyphens")
        for field in ("parameters", "sizes", "results"):
            _check_names(field, getattr(self, field), _NAME, "a Python identifier")
        _check_names("versions", self.versions, _PACKAGE, "a package's name")
        good = all(_is_int(n) and n >= 0 for n in self.sizes.values())
        _rule(good, "sizes", dict(self.sizes), "integers >= 0")
        seeds = tuple(self.seeds) if not isinstance(self.seeds, str) else ()
        good = bool(seeds) and all(_is_int(s) and s >= 0 for s in seeds)
        _rule(good, "seeds", self.seeds, "one or more integers >= 0")
        _rule(_is_word(self.device), "device", self.device, "a kind and a model")
        good = "python" in self.versions and all(map(_is_word, self.versions.values()))
        _rule(good, "versions", dict(self.versions), "words, that of python among them")
        digest = self.source_digest
        _rule(_matches(_DIGEST, digest), "source_digest", digest, "64 hex digits")
        good = isinstance(self.seconds, (int, float)) and math.isfinite(self.seconds)
        good = good and not isinstance(self.seconds, bool) and self.seconds >= 0
        _rule(good, "seconds", self.seconds, "a finite number >= 0")
        _rule(bool(self.results), "results", dict(self.results), "not empty")
        object.__setattr__(self, "seeds", tuple(map(int, seeds)))
        object.__setattr__(self, "seconds", float(self.seconds))
        for field in ("parameters", "sizes", "versions"):
            object.__setattr__(self, field, _plain(getattr(self, field), field))
        results = {
            name: _array(value, f"results.{name}")
            if _is_array(value)
            else _plain(value, f"results.{name}")
            for name, value in self.results.items()
        }
        object.__setattr__(self, "results", results)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The results that are arrays, by name."""
        return {k: v for k, v in sorted(self.results.items()) if _is_array(v)}

    @property
    def checksum(self) -> str:
        """SHA-256 over every field and every array, 64 hexadecimal digits."""
        digest = hashlib.sha256(_canonical(_header(self)))
        for name, array in self.arrays.items():
            digest.update(f"\n{name} {array.dtype.str} {array.shape}\n".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()


# ---- rules on fields -------------------------------------------------------


def _rule(good: bool, field: str, value: Any, rule: str) -> None:
    if not good:
        raise RecordError(f"{field} must be {rule}, got {value!r}")


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _check_names(field: str, value: Any, pattern: re.Pattern[str], rule: str) -> None:
    _rule(isinstance(value, Mapping), field, value, "a mapping")
    for name in value:
        _rule(_matches(pattern, name), f"{field}: a name", name, rule)


def _is_array(value: Any) -> bool:
    # A record can hold an array only if numpy has been imported.
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def _array(value: np.ndarray, where: str) -> np.ndarray:
    _rule(value.dtype.kind in "biufc", where, value.dtype, "of a numeric dtype")
    _rule(value.dtype.char not in "gG", where, value.dtype, "of a portable dtype")
    little = value.astype(value.dtype.newbyteorder("<"), order="C", copy=True)
    little.setflags(write=False)
    return little


def _plain(value: Any, where: str) -> Any:
    """Return a JSON value: NumPy's scalars as Python's, tuples as lists."""
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        _rule(math.isfinite(value), where, value, "finite (arrays may hold others)")
        return value
    if isinstance(value, Mapping):
        for key in value:
            _rule(isinstance(key, str), f"{where}: a key", key, "a string")
        return {k: _plain(v, f"{where}.{k}") for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v, f"{where}[{i}]") for i, v in enumerate(value)]
    raise RecordError(f"{where} must be a JSON value, got {type(value).__name__}")


# ---- the two containers ----------------------------------------------------


def _header(record: Record) -> dict[str, Any]:
    plain = {f.name: getattr(record, f.name) for f in fields(record)}
    plain["seeds"] = list(record.seeds)
    plain["results"] = {k: v for k, v in record.results.items() if not _is_array(v)}
    return {"format": FORMAT, "version": VERSION, **plain, "arrays": [*record.arrays]}


def _canonical(header: Mapping[str, Any]) -> bytes:
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _header_bytes(record: Record) -> bytes:
    header = {**_header(record), "checksum": record.checksum}
    return (json.dumps(header, sort_keys=True, indent=1) + "\n").encode()


def _npz_bytes(record: Record) -> bytes:
    import numpy as np

    members = {_HEADER: _header_bytes(record)}
    for name, array in record.arrays.items():
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
        members[f"{name}.npy"] = buffer.getvalue()
    out = io.BytesIO()
    # Stored, not deflated: what deflate puts out depends on the library's version.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()


def write_record(path: str | Path, record: Record) -> None:
    """Write a record, all of it or nothing, see `write_whole`.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.json`` or ``.npz``; a file that is there is replaced.
    record : Record
        What to write.

    Raises
    ------
    RecordError
        For another ending, or arrays in a record that is to be JSON.
    """
    path = Path(path)
    if _suffix(path) == ".json":
        if record.arrays:
            names = ", ".join(record.arrays)
            raise RecordError(f"arrays need a name ending in .npz: {names}")
        content = _header_bytes(record)
    else:
        content = _npz_bytes(record)
    write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, all of it or nothing.

    The bytes go to a file beside `path`, are forced to the disk and take the name
    in one step: a reader never meets half a file, and a run that is killed or finds
    the disk full leaves the old one.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _suffix(path: Path) -> str:
    if path.suffix not in (".json", ".npz"):
        raise RecordError(f"a record's name must end in .json or .npz, got {path.name}")
    return path.suffix


def read_record(
    path: str | Path,
    *,
    kind: str | None = None,
    expect: Mapping[str, Any] | None = None,
) -> Record:
    """Read a record, or refuse it.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    kind : str, optional
        The kind that the record must have.
    expect : mapping of str to JSON values, optional
        Parameters that the record must have, with these values.

    Returns
    -------
    Record

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RecordError
        If the file is damaged, of another format or version, or not the record
        that `kind` and `expect` describe.
    """
    path = Path(path)
    suffix = _suffix(path)
    content = path.read_bytes()
    try:
        members = {_HEADER: content} if suffix == ".json" else _unzip(content)
        header = json.loads(members.pop(_HEADER))
        record = _from_header(header, members)
    except RecordError as error:
        raise RecordError(f"{path.name}: {error}") from error
    # A damaged container can make its libraries raise nearly anything.
    except Exception as error:
        raise RecordError(f"{path.name}: not a readable record: {error}") from error
    _compare(path.name, record, kind, expect or {})
    return record


def _unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if len(set(names)) != len(names) or _HEADER not in names:
            raise RecordError(f"members must be {_HEADER} and arrays, got {names}")
        return {name: archive.read(name) for name in names}


def _from_header(header: Any, members: Mapping[str, bytes]) -> Record:
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RecordError("not a record of this book")
    if header.get("version") != VERSION:
        raise RecordError(f"version {header.get('version')!r}, this reads {VERSION}")
    names = {field.name for field in fields(Record)}
    wanted = names | {"format", "version", "arrays", "checksum"}
    if header.keys() != wanted:
        raise RecordError(
            f"fields missing or unknown: {sorted(header.keys() ^ wanted)}"
        )
    if sorted(members) != sorted(f"{name}.npy" for name in header["arrays"]):
        raise RecordError(f"arrays {header['arrays']}, but members {sorted(members)}")
    content = {name: header[name] for name in names}
    content["results"] = {**header["results"], **_load_arrays(members)}
    record = Record(**content)
    if record.checksum != header["checksum"]:
        raise RecordError("damaged: the contents do not match the checksum")
    return record


def _load_arrays(members: Mapping[str, bytes]) -> dict[str, np.ndarray]:
    if not members:
        return {}
    import numpy as np

    return {
        name.removesuffix(".npy"): np.load(io.BytesIO(content), allow_pickle=False)
        for name, content in members.items()
    }


def _compare(
    name: str, record: Record, kind: str | None, expect: Mapping[str, Any]
) -> None:
    if kind is not None and record.kind != kind:
        raise RecordError(f"{name}: kind {record.kind!r}, expected {kind!r}")
    for key, value in _plain(expect, "expect").items():
        if key not in record.parameters:
            raise RecordError(f"{name}: no parameter {key!r}, expected {value!r}")
        if record.parameters[key] != value:
            found = record.parameters[key]
            raise RecordError(f"{name}: {key} is {found!r}, expected {value!r}")


def data_folder() -> Path:
    """Return the folder of the book's recorded runs: the checkout's, else the wheel's.

    Raises
    ------
    FileNotFoundError
        If the package was installed without its chapters.

    Examples
    --------
    >>> data_folder().name
    'data'
    """
    package = Path(__file__).resolve().parent
    for book in (package.parent / "book", package / "_book"):
        if (book / "_static" / "data").is_dir():
            return book / "_static" / "data"
    raise FileNotFoundError(f"this installation carries no recorded runs: {package}")


def provenance(
    seeds: int | Iterable[int],
    *,
    seconds: float,
    source_digest: str,
    device: str | None = None,
    packages: Sequence[str] = PACKAGES,
) -> dict[str, Any]:
    """Return the fields of a `Record` that say how it was made.

    Parameters
    ----------
    seeds : int or iterable of int
        Each seed that was used.
    seconds : float
        Wall time of the run.
    source_digest : str
        SHA-256 of the package's sources.
    device : str, optional
        What `rfbook.devices.describe` returns; the processor by default.
    packages : sequence of str
        The packages whose versions are told, those of them that are installed.

    Returns
    -------
    dict
        ``seeds``, ``device``, ``versions``, ``source_digest`` and ``seconds``.

    Examples
    --------
    >>> made = provenance(1, seconds=0.5, source_digest="0" * 64, packages=["numpy"])
    >>> run = Record(kind="example", parameters={"d": 3}, sizes={"samples": 10},
    ...              results={"mean": 0.25}, **made)
    >>> run.seeds, sorted(run.versions)
    ((1,), ['numpy', 'python'])
    """
    versions = {"python": platform.python_version()}
    for package in packages:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {
        "seeds": (seeds,) if isinstance(seeds, int) else tuple(seeds),
        "device": f"cpu: {cpu_model()}" if device is None else device,
        "versions": versions,
        "source_digest": source_digest,
        "seconds": seconds,
    }
