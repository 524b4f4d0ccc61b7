"""Diagnostics as text: place, source line, carets, hint, count."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild import columns
from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import VidbuildError
from vidbuild.location import Location
from vidbuild.spec.diagnostics import (
    WIDTH,
    SpecError,
    read_sources,
    render,
    split_lines,
    summary,
    tidy,
)


def at(line: int, column: int, end: int, message: str = "wrong", hint: str | None = None) -> Diagnostic:
    """An error in v.yaml."""
    return Diagnostic("error", message, "v.yaml", Location("v.yaml", line, column, end), hint)


def lines(text: str, *diagnostics: Diagnostic) -> list[str]:
    """What is shown for a source text."""
    return render(diagnostics, {"v.yaml": text}).split("\n")


def test_design_example() -> None:
    """P42: the text is the one that the design shows: place, source line, carets under the token, hint, count."""
    text = "\n" * 13 + "    naration: First install it with pip.\n"
    shown = render([at(14, 5, 13, "unknown scene field 'naration'", "did you mean 'narration'?")], {"v.yaml": text})
    assert shown == (
        "v.yaml:14:5: unknown scene field 'naration'\n"
        "   14 │     naration: First install it with pip.\n"
        "      │     ^^^^^^^^\n"
        "      hint: did you mean 'narration'?\n"
        "v.yaml: 1 error"
    )


@pytest.mark.parametrize(
    ("text", "place", "source", "carets"),
    [
        ("a: b", (4, 5), "    1 │ a: b", "      │    ^"),
        ("\ta: b", (5, 6), "    1 │     a: b", "      │        ^"),
        ("a: 日本: b", (8, 9), "    1 │ a: 日本: b", "      │          ^"),
        ("a: 日本", (4, 6), "    1 │ a: 日本", "      │    ^^^^"),
        ("a: e\u0301x b", (6, 7), "    1 │ a: e\u0301x b", "      │     ^"),
        ("a: \x1b[31mb", (4, 5), "    1 │ a:  [31mb", "      │    ^"),
        ("", (1, 2), "    1 │", "      │ ^"),
        ("a", (9, 12), "    1 │ a", "      │  ^"),
    ],
)
def test_carets_stand_under_the_token(text: str, place: tuple[int, int], source: str, carets: str) -> None:
    """P42: tabs, wide and combining characters and control characters move the carets as a terminal moves the text."""
    assert lines(text, at(1, *place))[1:3] == [source, carets]


def test_long_lines_are_shown_in_part() -> None:
    """P42: of a very long line the part around the token is shown, with ellipses, and the caret is still under it."""
    text = "a" * 5000 + "TOKEN" + "b" * 5000
    _, source, carets, _ = lines(text, at(1, 5001, 5006))
    assert columns.width(source) <= WIDTH + 8
    assert source[carets.index("^") : carets.rindex("^") + 1] == "TOKEN"
    assert source.startswith("    1 │ …a")
    assert source.endswith("b…")


def test_long_tokens_are_cut() -> None:
    """A token longer than the line that is shown is cut, and so are its carets."""
    _, source, carets, _ = lines("key: " + "日" * 500, at(1, 6, 506))
    assert columns.width(source) <= WIDTH + 8
    assert columns.width(source) == columns.width(carets) == len(carets)
    assert source.count("…") == 1
    _, source, _, _ = lines("key: " + "x" * 500 + " and more", at(1, 6, 506))
    assert source.endswith("x…")


def test_wide_line_numbers() -> None:
    """Six-digit line numbers move the margin and not the caret."""
    text = "\n" * 123_455 + "a: b"
    assert lines(text, at(123_456, 4, 5))[1:3] == ["123456 │ a: b", "       │    ^"]


def test_without_the_source() -> None:
    """Where the file cannot be read, place and message are still there."""
    assert render([at(3, 4, 5, hint="try")]) == "v.yaml:3:4: wrong\n  hint: try\nv.yaml: 1 error"
    assert render([at(3, 4, 5)], {"v.yaml": "one line"}) == "v.yaml:3:4: wrong\nv.yaml: 1 error"


def test_specs_made_in_python_name_the_field() -> None:
    """A problem without a line names the field in the way Python would write it."""
    diagnostic = Diagnostic("error", "wrong", "v.yaml", Location("scenes[1].title", 0, 0, 0))
    assert render([diagnostic]) == "v.yaml: scenes[1].title: wrong\nv.yaml: 1 error"
    assert (diagnostic.path, diagnostic.line, diagnostic.column) == ("scenes[1].title", 0, 0)


def test_problem_of_the_whole_file() -> None:
    """A file that cannot be read at all has a problem without a place."""
    diagnostic = Diagnostic("error", "cannot read the spec", "v.yaml")
    assert render([diagnostic]) == "v.yaml: cannot read the spec\nv.yaml: 1 error"
    assert (diagnostic.path, diagnostic.line, diagnostic.column) == ("v.yaml", 0, 0)


def test_counts() -> None:
    """The last line counts errors and warnings apart."""
    warning = Diagnostic("warning", "long", "v.yaml", Location("v.yaml", 1, 1, 2))
    assert render([at(1, 1, 2), at(2, 1, 2), warning]).endswith("v.yaml: 2 errors, 1 warning")
    assert render([warning]).startswith("v.yaml:1:1: warning: long")
    assert render([]) == ""


def test_tidy_sorts_by_place_and_drops_duplicates() -> None:
    """Diagnostics are sorted by place, those in the spec's own file first."""
    theme = Diagnostic("error", "wrong", "v.yaml", Location("a-theme.yaml", 1, 1, 2))
    found = tidy([theme, at(10, 1, 2), at(9, 7, 8), at(9, 2, 3), at(10, 1, 2)])
    assert [(item.path, item.line, item.column) for item in found] == [
        ("v.yaml", 9, 2),
        ("v.yaml", 9, 7),
        ("v.yaml", 10, 1),
        ("a-theme.yaml", 1, 1),
    ]


def test_a_spec_error_has_text_and_parts() -> None:
    """The error's own text is what a user is shown, and its parts are there for programs."""
    error = SpecError([at(1, 4, 5)], {"v.yaml": "a: b"})
    assert isinstance(error, VidbuildError)
    assert str(error) == error.message == render(error.diagnostics, error.sources)


def test_sources_are_read_for_what_is_found_later(tmp_path: Path) -> None:
    """The lines of a step's problem come from the file as it is now; one that is gone is left out."""
    spec, gone = str(tmp_path / "v.yaml"), str(tmp_path / "gone.yaml")
    Path(spec).write_bytes(b"\xef\xbb\xbfa: b\n")
    found = [Diagnostic("error", "wrong", spec, Location(name, 1, 1, 2)) for name in (spec, gone)]
    assert read_sources(found) == {spec: "a: b\n"}


def test_lines_are_those_of_yaml() -> None:
    """Lines end where YAML ends them, and not at a form feed."""
    assert split_lines("a\r\nb\rc\nd\x85e\u2028f\x0cg") == ["a", "b", "c", "d", "e", "f\x0cg"]


def test_a_file_whose_name_has_lines_is_counted_in_one() -> None:
    """The summary of a spec's diagnostics is one line, whatever its file is called."""
    assert summary([Diagnostic("error", "m", "a\n::error::b.yaml")]) == "a\ufffd::error::b.yaml: 1 error"
