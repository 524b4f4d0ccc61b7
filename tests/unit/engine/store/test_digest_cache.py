"""Digests of files, cached by their stat."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.store import digest_cache
from vidbuild.engine.store.blobs import Blobs, Signature, signature
from vidbuild.engine.store.digest_cache import DigestCache


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source file, written just now."""
    (tmp_path / "source").write_bytes(b"first")
    return tmp_path / "source"


@pytest.fixture
def table(tmp_path: Path) -> DigestCache:
    """A table whose file is not there yet."""
    return DigestCache(tmp_path / "store" / "files")


def reopened(tmp_path: Path, *, read_only: bool = False) -> DigestCache:
    """The table as the next build finds it."""
    return DigestCache(tmp_path / "store" / "files", read_only=read_only)


def rewrite(path: Path, content: bytes) -> None:
    """Change a file's bytes in place and put its mtime back."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_known_file_is_not_read_again(tmp_path: Path, source: Path, table: DigestCache) -> None:
    """The second build hashes nothing of a file whose stat is unchanged."""
    digest = table.digest(str(source))
    table.save()
    again = reopened(tmp_path)
    assert (again.digest(str(source)), again.hashed) == (digest, 0)
    assert (digest, table.hashed) == (durable.hash_file(source), 5)


def test_an_edit_that_restores_mtime_is_seen(tmp_path: Path, source: Path, table: DigestCache) -> None:
    """P8: same length, same name, same mtime, other bytes: another digest."""
    first = table.digest(str(source))
    table.save()
    rewrite(source, b"other")
    assert reopened(tmp_path).digest(str(source)) != first


@pytest.mark.parametrize("edits", range(20))
def test_two_edits_within_one_tick_are_both_seen(tmp_path: Path, source: Path, table: DigestCache, edits: int) -> None:
    """P8: an edit right after the file was hashed, as fast as can be, is seen although the clock may not have moved."""
    rewrite(source, b"%05d" % edits)
    table.digest(str(source))
    rewrite(source, b"%05d" % (edits + 1))
    table.save()
    assert reopened(tmp_path).digest(str(source)) == durable.hash_file(source)


def test_a_file_changed_a_moment_ago_is_waited_for(source: Path, table: DigestCache) -> None:
    """P8: a digest is cached only once any later edit must change the file's ctime; that takes milliseconds."""
    source.write_bytes(b"again")
    table.digest(str(source))
    assert time.time_ns() - source.stat().st_ctime_ns >= digest_cache._TICK_NS


@pytest.mark.parametrize(("age", "kept"), [(0.5, False), (2.0, False), (2.5, True), (-5.0, False)])
def test_coarse_clocks_need_two_seconds(
    source: Path, table: DigestCache, monkeypatch: pytest.MonkeyPatch, age: float, kept: bool
) -> None:
    """P8: if the file system counts whole seconds, a digest is cached only after two of them."""
    second = 1_700_000_000_000_000_000
    coarse = Signature(5, second, second, 1)
    monkeypatch.setattr(digest_cache, "signature", lambda _: coarse)
    monkeypatch.setattr(time, "time_ns", lambda: second + int(age * 1e9))
    table.digest(str(source))
    assert (table.lookup(str(source), coarse) is not None) == kept


def test_a_file_from_the_future_is_not_cached(
    source: Path, table: DigestCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P8: a file from the future is hashed each time."""
    monkeypatch.setattr(time, "time_ns", lambda: source.stat().st_ctime_ns - 1)
    table.digest(str(source))
    table.digest(str(source))
    assert table.hashed == 10


def test_a_file_that_changes_while_it_is_hashed_is_not_remembered(
    source: Path, table: DigestCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P8: a digest counts only if the stat after hashing is the one before."""
    hash_file = durable.hash_file

    def hash_and_edit(path: str) -> str:
        digest = hash_file(path)
        rewrite(source, b"other")
        return digest

    monkeypatch.setattr(durable, "hash_file", hash_and_edit)
    table.digest(str(source))
    assert table.lookup(str(source), signature(source)) is None


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"0" * 64 + b"\n{}\n"])
def test_a_damaged_table_is_an_empty_one(tmp_path: Path, source: Path, table: DigestCache, damage: bytes) -> None:
    """The table may be thrown away or spoilt: files are hashed again, and nothing else happens."""
    table.digest(str(source))
    table.save()
    (tmp_path / "store" / "files").write_bytes(damage)
    again = reopened(tmp_path)
    assert (again.digest(str(source)), again.hashed) == (durable.hash_file(source), 5)
    again.save()
    assert reopened(tmp_path).lookup(str(source), signature(source)) == durable.hash_file(source)


def test_two_builds_keep_what_either_learned(tmp_path: Path, table: DigestCache) -> None:
    """A build that ends later does not take away what another wrote meanwhile."""
    other = reopened(tmp_path)
    table.record("a", Signature(1, 2, 3, 4), "A")
    other.record("b", Signature(5, 6, 7, 8), "B")
    table.save()
    other.save()
    both = reopened(tmp_path)
    assert both.lookup("a", Signature(1, 2, 3, 4)) == "A"
    assert both.lookup("b", Signature(5, 6, 7, 8)) == "B"


def test_nothing_new_is_not_written(tmp_path: Path, table: DigestCache) -> None:
    """A null build does not write the table."""
    table.record("a", Signature(1, 2, 3, 4), "A")
    table.save()
    before = signature(tmp_path / "store" / "files")
    again = reopened(tmp_path)
    assert again.lookup("a", Signature(1, 2, 3, 4)) == "A"
    again.save()
    assert signature(tmp_path / "store" / "files") == before


def test_the_table_is_pruned(tmp_path: Path, table: DigestCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the table has far more entries than were used, only the used ones are kept."""
    monkeypatch.setattr(digest_cache, "_UNUSED_ROWS", 10)
    for number in range(50):
        table.record(f"old{number}", Signature(1, 2, 3, number), "x")
    table.save()
    later = reopened(tmp_path)
    later.record("new", Signature(1, 1, 1, 1), "y")
    later.save()
    last = reopened(tmp_path)
    assert last.lookup("new", Signature(1, 1, 1, 1)) == "y"
    assert last.lookup("old7", Signature(1, 2, 3, 7)) is None


def test_a_file_that_was_changed_long_enough_ago_is_not_waited_for(
    source: Path, table: DigestCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source is hashed at once if it is older than two ticks of the file system's clock, of at most 10 ms each."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    changed = source.stat().st_ctime_ns
    for age in (19_000_000, 20_000_000):
        monkeypatch.setattr(time, "time_ns", lambda age=age: changed + age)
        table._known.clear()
        table.digest(str(source))
    assert slept == [0.001]


@pytest.mark.parametrize(("rows", "left"), [(20_002, 20_002), (20_003, 1)])
def test_rows_of_other_projects_stay_up_to_twenty_thousand(
    tmp_path: Path, table: DigestCache, rows: int, left: int
) -> None:
    """The table keeps 20,000 rows beside twice those of this build, and of more only those of this build."""
    (tmp_path / "store").mkdir()
    data = {f"old{number}": [1, 2, 3, number, "x"] for number in range(rows - 1)}
    (tmp_path / "store" / "files").write_bytes(checksummed.dumps(data))
    table.record("new", Signature(1, 1, 1, 1), "y")
    table.save()
    saved = checksummed.read(tmp_path / "store" / "files")
    assert saved is not None
    assert len(saved) == left
    assert saved["new"] == [1, 1, 1, 1, "y"]


@pytest.mark.parametrize(("rows", "kept"), [(12, True), (13, False)])
def test_twice_as_many_rows_as_were_used_are_kept(
    tmp_path: Path, table: DigestCache, monkeypatch: pytest.MonkeyPatch, rows: int, kept: bool
) -> None:
    """Other builds of the project use the table as well: unused rows stay up to twice the used ones and some more."""
    monkeypatch.setattr(digest_cache, "_UNUSED_ROWS", 10)
    for number in range(rows - 1):
        table.record(f"old{number}", Signature(1, 2, 3, number), "x")
    table.save()
    later = reopened(tmp_path)
    later.record("new", Signature(1, 1, 1, 1), "y")
    later.save()
    assert (reopened(tmp_path).lookup("old0", Signature(1, 2, 3, 0)) == "x") == kept


def make_blob(tmp_path: Path, content: bytes = b"content") -> tuple[Blobs, str]:
    """A store of one blob."""
    blobs = Blobs(tmp_path / "cas")
    (tmp_path / "made").write_bytes(content)
    ((blob, _),) = blobs.move_in({"": tmp_path / "made"}).values()
    return blobs, blob.digest


def test_a_blob_is_whole_while_its_stat_stands(tmp_path: Path, table: DigestCache) -> None:
    """V9: a blob that was checked once is not read again while its stat is the same."""
    blobs, digest = make_blob(tmp_path)
    assert table.has_intact(blobs, digest)
    assert table.has_intact(blobs, digest)
    assert table.hashed == 7


@pytest.mark.parametrize(
    "content", [b"", b"cont", b"c0ntent", b"content+"], ids=["emptied", "cut", "flipped", "longer"]
)
def test_a_corrupt_blob_is_a_miss_and_is_removed(tmp_path: Path, table: DigestCache, content: bytes) -> None:
    """P21: a blob whose bytes do not match its name is a miss and is removed."""
    blobs, digest = make_blob(tmp_path)
    assert table.has_intact(blobs, digest)
    blobs.path(digest).chmod(0o644)
    rewrite(blobs.path(digest), content)
    assert not table.has_intact(blobs, digest)
    assert not blobs.path(digest).exists()
    assert not table.has_intact(blobs, digest)


def test_looking_only_takes_nothing_away(tmp_path: Path) -> None:
    """P27: a read-only table sees damage and leaves it."""
    blobs, digest = make_blob(tmp_path)
    blobs.path(digest).chmod(0o644)
    blobs.path(digest).write_bytes(b"c0ntent")
    table = reopened(tmp_path, read_only=True)
    assert not table.has_intact(blobs, digest)
    assert blobs.path(digest).exists()
    table.record("a", Signature(1, 2, 3, 4), "A")
    table.save()
    assert not (tmp_path / "store").exists()


def test_a_blob_under_a_wrong_name_is_a_miss(tmp_path: Path, table: DigestCache) -> None:
    """V9: being there is no proof; the bytes are."""
    blobs, digest = make_blob(tmp_path)
    wrong = "0" * 64
    blobs.path(wrong).parent.mkdir(parents=True)
    blobs.path(digest).rename(blobs.path(wrong))
    assert not table.has_intact(blobs, wrong)
