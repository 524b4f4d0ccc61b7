"""Tools' identities."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.engine.keys.tools import Access, Tool, Tools, access_of
from vidbuild.engine.store.digest_cache import DigestCache


class Counted:
    """A tool in a file, whose identity is the file's text; it counts how often it is asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked = 0
        path.write_text("9.0")

    def identify(self) -> str:
        """Start the tool, in place of a real one."""
        self.asked += 1
        return self.path.read_text()

    def tool(self) -> Tool:
        """The tool as the engine sees it."""
        return Tool(lambda: [self.path], self.identify)


def test_a_tool_is_asked_only_when_its_file_is_new(tmp_path: Path) -> None:
    """V25: a null build starts no process to learn which tools it has."""
    counted = Counted(tmp_path / "ffmpeg")
    for _ in range(3):
        table = DigestCache(tmp_path / "files")
        tools = Tools({"ffmpeg": counted.tool()}, table)
        assert [tools.identity("ffmpeg"), tools.identity("ffmpeg")] == ["9.0", "9.0"]
        table.save()
    assert counted.asked == 1
    counted.path.write_text("9.1 is longer")
    assert Tools({"ffmpeg": counted.tool()}, DigestCache(tmp_path / "files")).identity("ffmpeg") == "9.1 is longer"


@pytest.mark.parametrize("edited", [0, 1, 2])
def test_a_tool_of_several_files_is_recognized_by_all_of_them(edited: int, tmp_path: Path) -> None:
    """After an edit of any of its files a tool is asked again, and before that it is not."""
    files = [tmp_path / name for name in ("program", "library", "data")]
    for file in files:
        file.write_text("1")
    tool = Tool(lambda: files, lambda: " ".join(file.read_text() for file in files))
    for _ in range(2):
        table = DigestCache(tmp_path / "files")
        assert Tools({"tool": tool}, table).identity("tool") == "1 1 1"
        table.save()
    files[edited].write_text("22")
    expected = " ".join("22" if index == edited else "1" for index in range(3))
    assert Tools({"tool": tool}, DigestCache(tmp_path / "files")).identity("tool") == expected


def test_another_file_is_another_tool(tmp_path: Path) -> None:
    """Two files are distinguished even if their stat is alike."""
    one, other = Counted(tmp_path / "one"), Counted(tmp_path / "other")
    table = DigestCache(tmp_path / "files")
    Tools({"ffmpeg": one.tool()}, table).identity("ffmpeg")
    Tools({"ffmpeg": other.tool()}, table).identity("ffmpeg")
    assert (one.asked, other.asked) == (1, 1)


def test_a_tool_without_a_file_is_asked_once_a_build(tmp_path: Path) -> None:
    """What is cheap to ask, such as a package's version, needs no file to be remembered by."""
    answers = iter(["0.13", "0.14"])
    tools = Tools({"typst": Tool(list, lambda: next(answers))}, DigestCache(tmp_path / "files"))
    assert (tools.identity("typst"), tools.identity("typst")) == ("0.13", "0.13")


def test_an_unknown_tool_is_a_mistake(tmp_path: Path) -> None:
    """A kind that names an undeclared tool cannot be built by accident without it."""
    with pytest.raises(KeyError, match="blender"):
        Tools({}, DigestCache(tmp_path / "files")).identity("blender")


def test_a_step_may_do_what_all_of_its_tools_allow() -> None:
    """Steps get the network if one of their tools needs it, the variables of each, and the limits of each."""
    known = {
        "plain": Tool(list, str),
        "one": Tool(list, str, network=True, concurrency=2, env=("PROXY", "KEY")),
        "two": Tool(list, str, concurrency=1, env=("PROXY",)),
    }
    assert access_of(known, ["plain"]) == Access()
    assert access_of(known, ["plain", "one", "two"]) == Access(True, ("KEY", "PROXY"), {"one": 2, "two": 1})
    assert access_of(known, ["two"]) == Access(env=("PROXY",), limits={"two": 1})


def test_steps_of_a_tool_with_a_worker_of_its_own_run_there() -> None:
    """A step runs in the worker that its tool names, one with two such tools in another, and all others in any."""
    known = {name: Tool(list, str, worker=name) for name in ("one", "two")} | {"plain": Tool(list, str)}
    assert [access_of(known, names).worker for names in (["plain"], ["plain", "one"], ["two", "one"])] == [
        "",
        "one",
        "one+two",
    ]
