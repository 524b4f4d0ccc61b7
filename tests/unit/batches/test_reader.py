"""Reading a batch: its rows, their ids and names, and what is wrong with others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vidbuild.batches import ledger, reader
from vidbuild.batches.matrix import MAX_ROWS
from vidbuild.batches.row import Row, id_of
from vidbuild.errors import UsageError
from vidbuild.spec.diagnostics import SpecError


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is the current folder."""
    (tmp_path / "vidbuild.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(text: str) -> list[Row]:
    """Return the rows of a batch with this text."""
    Path("batch.yaml").write_text(f"batch: 1\n{text}", encoding="utf-8")
    return list(reader.read(Path("batch.yaml")).rows)


def errors(text: str) -> str:
    """Return the messages about a batch with this text."""
    with pytest.raises(SpecError) as caught:
        rows(text)
    return str(caught.value)


def test_rows_that_are_written_out() -> None:
    """A row has the values that it gives, and its files are in the folder of the batch's outputs."""
    (row,) = rows("videos:\n  - {spec: a/b.yaml, brand: acme, vars: {x: 1}, languages: [en, de], outputs: [wide]}")
    assert (row.id, row.name, row.folder) == ("a-b-acme-x-1-wide-en-de",) * 2 + (Path("build"),)
    assert (row.spec, row.brand, row.variables) == (Path("a/b.yaml"), "acme", {"x": 1})
    assert (row.languages, row.outputs, row.origin) == (("en", "de"), ("wide",), None)
    assert row.location.line == 3


def test_a_matrix_is_all_combinations_but_those_excluded() -> None:
    """They come in the order of its fields; an exclusion matches the values that it has."""
    matrix = "matrix: {spec: [a.yaml, b.yaml], brand: [x, y], language: [en, de]}\n"
    assert [row.id for row in rows(f"{matrix}exclude: [{{brand: y, language: de}}, {{spec: b.yaml, brand: x}}]")] == [
        "a-x-en",
        "a-x-de",
        "a-y-en",
        "b-y-en",
    ]


def test_rows_of_other_languages_can_have_one_name() -> None:
    """The names of their files have the language; those that could have a video in common are an error."""
    found = rows("name: '{{ spec }}'\nmatrix: {spec: [a.yaml], language: [en, de]}\n")
    assert [(row.id, row.name) for row in found] == [("a-en", "a"), ("a-de", "a")]
    head = "name: x\nvideos:\n  - {spec: a.yaml, id: p, languages: [en], outputs: [wide]}\n"
    rows(f"{head}  - {{spec: a.yaml, id: q, languages: [en], outputs: [tall]}}\n")
    for other in (
        "spec: a.yaml, languages: [en, de]",
        "spec: a.yaml, outputs: [wide]",
        "spec: b.yaml, languages: [de]",
    ):
        assert "the rows in lines 4 and 5 write the same files 'build/x'" in errors(f"{head}  - {{{other}, id: q}}\n")


def test_a_name_that_is_too_long_is_an_error_at_the_id() -> None:
    """It is not shown whole."""
    found = errors(f"videos: [{{spec: a.yaml, id: {'x' * 201}}}]")
    assert "batch.yaml:2:29: 'xxx" in found
    assert "…' cannot be the name of files: it has 201 characters" in found


def test_a_number_that_loses_digits_is_a_warning() -> None:
    """A version 3.10 is the number 3.1: in rows and in a matrix, each at its place."""
    rows(
        "videos: [{spec: a.yaml, vars: {v: 3.10, n: 1.5, t: '2.10'}}]\n"
        "matrix: {spec: [b.yaml], vars: [{v: 4.0}, {v: 4.50}]}\n"
    )
    found = reader.read(Path("batch.yaml")).warnings
    assert [(each.code, each.line, each.column, each.message, each.hint) for each in found] == [
        ("VB108", 2, 35, "3.10 is a number, which becomes the text '3.1'", 'write "3.10"'),
        ("VB108", 3, 47, "4.50 is a number, which becomes the text '4.5'", 'write "4.50"'),
    ]


def test_an_id_is_made_of_values_and_never_of_the_position() -> None:
    """Rows in another order have the same ids."""
    first = "  - {spec: a.yaml, brand: x}\n"
    second = "  - {spec: a.yaml, vars: {name: Acme Inc., beta: true}}\n"
    ids = [row.id for row in rows(f"videos:\n{first}{second}")]
    assert ids == ["a-x", "a-Acme-Inc-beta-true"]
    assert [row.id for row in rows(f"videos:\n{second}{first}")] == ids[::-1]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"spec": "talk.vidbuild.yaml"}, "talk"),
        ({"create": "docs/guide.md", "brand": "x"}, "docs-guide-x"),
        ({"create": {"from": "topic:How tides work"}}, "topic-How-tides-work"),
        ({"spec": "a.yaml", "vars": {"title": "日本"}}, "a-0b9c3f56"),
        ({"spec": "a.yaml", "vars": {"title": "Ärger"}}, "a-Arger"),
    ],
)
def test_ids_of_values(values: dict[str, object], expected: str) -> None:
    """Accents are left out; letters of other scripts become a digest, so that two texts have two ids."""
    found = id_of(values)
    assert found == expected or (found.startswith("a-") and "日" in str(values) and len(found) == 10)


def test_a_long_id_is_cut_and_stays_unique() -> None:
    """It ends with a digest of all values."""
    ids = {id_of({"spec": "a.yaml", "vars": {"text": "word " * 60 + end}}) for end in ("a", "b")}
    assert len(ids) == 2
    assert all(len(each) <= 100 for each in ids)


def test_names_are_made_of_the_row() -> None:
    """The id, the spec's name, the brand and the row's own variables; folders are made as well."""
    name = 'name: "{{ brand }}/{{ spec }}-{{ product }}"\n'
    (row,) = rows(f"{name}videos:\n  - {{spec: docs/intro.yaml, brand: acme, vars: {{product: One}}}}")
    assert (row.folder / row.name) == Path("build/acme/intro-One")


def test_a_brand_has_topics(project: Path) -> None:
    """`create: topics` is a row for each of them; a brand takes those of the brand that it extends."""
    (project / "brands").mkdir()
    (project / "brands" / "house.yaml").write_text("topics: [How tides work, What a lock is]\n")
    (project / "brands" / "acme.yaml").write_text("extends: house\n")
    found = rows("videos:\n  - {create: {from: topics, writer: 'near:model'}, brand: acme}")
    assert [row.id for row in found] == ["topic-How-tides-work-acme", "topic-What-a-lock-is-acme"]
    assert [row.origin.source for row in found if row.origin] == ["topic:How tides work", "topic:What a lock is"]
    assert {row.origin.options["writer"] for row in found if row.origin} == {"near:model"}
    assert found[0].spec == Path("specs/topic-How-tides-work-acme.yaml")


def test_sources_are_relative_to_the_batch(project: Path) -> None:
    """A file beside the batch is found from wherever the command runs, with its kind or without."""
    (project / "docs").mkdir()
    (project / "docs" / "guide.md").write_text("# Guide")
    (project / "docs" / "batch.yaml").write_text(
        "batch: 1\nvideos: [{create: guide.md}, {create: 'document:guide.md'}]"
    )
    found = reader.read(Path("docs/batch.yaml")).rows
    assert [row.origin.source for row in found if row.origin] == ["docs/guide.md", "document:docs/guide.md"]


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("output: out", "1:1", "missing 'videos' or 'matrix'", "add 'videos:"),
        ("videos: [{brand: x}]", "2:10", "missing row field 'spec'", "or 'create'"),
        ("videos: [{spec: a.yaml, create: b.md}]", "2:25", "either 'spec' or 'create'", "remove one"),
        ("videos: [{spec: a.yaml, brnd: x}]", "2:25", "unknown row field 'brnd'", "did you mean 'brand'?"),
        ("videos: [{spec: a.yaml, theme: x}]", "2:25", "unknown row field 'theme'", "use id, spec, create, brand"),
        ("matrix: {spec: [a.yaml], size: [1]}", "2:26", "unknown matrix field 'size'", "use spec, create, brand"),
        ("matrix: {brand: [x]}", "2:1", "neither 'spec' nor 'create'", "add 'spec: [video.yaml]'"),
        ("matrix: {spec: [a.yaml, a.yaml]}", "2:25", "a value of 'spec' is there twice", "remove one"),
        ("matrix: {spec: [a.yaml], create: [b.md]}", "2:26", "either 'spec' or 'create'", "two batches"),
        ("matrix: {spec: [a.yaml]}\nexclude: [{spec: b.yaml}]", "3:18", "has no such value", "did you mean 'a.yaml'?"),
        (
            "matrix: {spec: [a.yaml], vars: [{v: 3.9}, {v: 4}]}\nexclude: [{vars: {v: '3.9'}}]",
            "3:18",
            "has no such value",
            "write v: 3.9, a number, as the matrix has it",
        ),
        (
            "matrix: {spec: [a.yaml], vars: [{v: '4', w: true}]}\nexclude: [{vars: {v: 4, w: true}}]",
            "3:18",
            "has no such value",
            'write v: "4", a text, as the matrix has it',
        ),
        ("matrix: {spec: [a.yaml]}\nexclude: [{brand: b}]", "3:12", "the matrix has no 'brand'", "it has spec"),
        ("matrix: {spec: [a.yaml]}\nexclude: [{spec: a.yaml}]", "3:1", "every combination", "remove one"),
        ("videos: [{spec: a.yaml}]\nexclude: [{spec: a.yaml}]", "3:11", "there is no 'matrix'", "the row itself"),
        ("videos: [{spec: ../a.yaml}]", "2:17", "is outside the project", "inside the project"),
        ("output: /srv\nvideos: [{spec: a.yaml}]", "2:9", "is outside the project", "inside the project"),
        ("name: '{{ spc }}'\nvideos: [{spec: a.yaml}]", "2:11", "'spc' is not defined", "did you mean 'spec'?"),
        ("name: '{{ brand }}/x'\nvideos: [{spec: a.yaml}]", "2:7", "cannot be the name of files", "between folders"),
        ("name: '../{{ id }}'\nvideos: [{spec: a.yaml}]", "2:7", "cannot be the name of files", "between folders"),
        ("videos: [{spec: a.yaml, brand: b/c}]", "2:32", "'brand' must be a brand's name", ""),
        ("videos: [{spec: a.yaml, publish: videos}]", "2:34", "'publish' must be an address", ""),
        ("videos: [{spec: a.yaml, vars: {x: [1]}}]", "2:35", "'x' must be", ""),
        ("videos: [{create: topics}]", "2:11", "needs a brand", "add 'brand: NAME'"),
        ("videos: [{create: topics, brand: x}]", "2:11", "brand 'x' has no 'topics'", "brands/x.yaml"),
        (
            "videos:\n  - {spec: a.yaml}\n  - {spec: a.yaml}",
            "4:5",
            "rows in lines 3 and 4 have the same id 'a'",
            "'id'",
        ),
        (
            "name: '{{ spec }}'\nvideos:\n  - {spec: a.yaml, brand: x}\n  - {spec: a.yaml, brand: y}",
            "5:5",
            "rows in lines 4 and 5 write the same files 'build/a'",
            "use '{{ id }}' in 'name'",
        ),
        (
            "videos:\n  - {create: {from: a.md, into: x.yaml}}\n  - {create: {from: b.md, into: x.yaml}}",
            "4:5",
            "rows in lines 3 and 4 create 'x.yaml' from different sources",
            "change 'into'",
        ),
        ("- a", "1:1", "", ""),
    ],
)
def test_a_wrong_batch_is_located(text: str, place: str, message: str, hint: str) -> None:
    """Each error has its line and column in the batch, and a way out."""
    found = errors(text)
    assert f"batch.yaml:{place}: " in found or not message
    assert message in found
    assert hint in found


def test_rows_can_share_a_spec_that_is_created() -> None:
    """Of one source it is written once, for several brands."""
    found = rows("videos:\n" + "".join(f"  - {{create: {{from: a.md, into: x.yaml}}, brand: {b}}}\n" for b in "xy"))
    assert {str(row.spec) for row in found} == {"x.yaml"}


def test_topics_count_as_rows(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is that of the rows that are built."""
    monkeypatch.setattr("vidbuild.batches.matrix.MAX_ROWS", 3)
    (project / "brands").mkdir()
    (project / "brands" / "acme.yaml").write_text("topics: [a, b, c, d]\n")
    assert "the batch has more than 3 rows" in errors("videos: [{create: topics, brand: acme}]")


def test_a_matrix_has_a_limit() -> None:
    """A hundred thousand combinations are a mistake, found before any of them is made."""
    many = ", ".join(f"s{number}.yaml" for number in range(400))
    brands = ", ".join(f"b{number}" for number in range(250))
    assert f"has 100000 combinations: the maximum is {MAX_ROWS}" in errors(
        f"matrix: {{spec: [{many}], brand: [{brands}]}}"
    )


def test_a_matrix_may_have_as_many_rows_as_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The maximum itself is allowed."""
    monkeypatch.setattr("vidbuild.batches.matrix.MAX_ROWS", 2)
    assert len(rows("matrix: {spec: [a.yaml], brand: [x, y]}")) == 2
    assert "has 3 combinations: the maximum is 2" in errors("matrix: {spec: [a.yaml], brand: [x, y, z]}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "UTF"),
        (b"batch: [", "expected"),
        (b"x" * 2_000_001, "too large"),
        (b"batch: 2\nvideos: []", "1"),
    ],
)
def test_a_file_that_is_no_batch(content: bytes, message: str) -> None:
    """It is refused like a spec would be."""
    Path("batch.yaml").write_bytes(content)
    with pytest.raises(SpecError, match=message):
        reader.read(Path("batch.yaml"))


def test_a_batch_that_is_not_there() -> None:
    """The nearest file is named."""
    Path("videos.yaml").write_text("")
    with pytest.raises(SpecError, match="cannot read the batch") as caught:
        reader.read(Path("video.yaml"))
    assert "videos.yaml" in str(caught.value)


class TestLedger:
    """What is done is remembered beside the batch."""

    def rows(self, project: Path) -> list[Row]:
        """Three rows whose specs exist."""
        for name in "abc":
            (project / f"{name}.yaml").write_text(f"# {name}\n")
        return rows("videos: [{spec: a.yaml}, {spec: b.yaml}, {spec: c.yaml}]")

    def test_the_next_rows_are_those_that_are_not_done(self, project: Path) -> None:
        """Done is what was built with these values and this text of the spec."""
        a, b, c = self.rows(project)
        book = ledger.read(Path("batch.yaml"))
        book.record(a.id, a.content(), ok=True)
        book = ledger.read(Path("batch.yaml"))
        assert book.next_rows([a, b, c], 2) == [b, c]
        (project / "a.yaml").write_text("# changed\n")
        assert book.next_rows([a, b, c], 1) == [a]

    def test_a_row_is_done_from_wherever_the_command_runs(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a row asks for does not depend on the current folder, but on the folder of its files."""
        (project / "docs").mkdir()
        (project / "docs" / "guide.md").write_text("# Guide")
        text = "batch: 1\nvideos: [{create: guide.md, name: NAME}]\n"
        (project / "docs" / "batch.yaml").write_text(text.replace("NAME", "a/guide"))
        (above,) = reader.read(Path("docs/batch.yaml")).rows
        (project / "docs" / "batch.yaml").write_text(text.replace("NAME", "b/guide"))
        (moved,) = reader.read(Path("docs/batch.yaml")).rows
        (project / "docs" / "batch.yaml").write_text(text.replace("NAME", "a/guide"))
        monkeypatch.chdir(project / "docs")
        (beside,) = reader.read(Path("batch.yaml")).rows
        assert above.content() == beside.content() != moved.content()

    def test_a_row_that_fails_lets_others_go_first(self, project: Path) -> None:
        """Otherwise one that always fails would hold up all."""
        a, b, c = self.rows(project)
        book = ledger.read(Path("batch.yaml"))
        book.record(a.id, a.content(), ok=False)
        assert book.next_rows([a, b, c], 3) == [b, c, a]
        book.record(a.id, a.content(), ok=True)
        assert ledger.read(Path("batch.yaml")).failures == {}

    def test_it_has_a_line_for_each_row(self, project: Path) -> None:
        """So that two branches can be merged."""
        a, b, _ = self.rows(project)
        book = ledger.read(Path("batch.yaml"))
        book.record(b.id, b.content(), ok=True)
        book.record(a.id, a.content(), ok=False)
        lines = Path("batch.ledger.json").read_text().splitlines()
        assert lines[0] == '{"ledger": 1, "rows": {'
        assert [line.strip()[:4] for line in lines[1:3]] == ['"a":', '"b":']

    def test_a_pipe_in_its_place_is_no_ledger(self, project: Path) -> None:
        """To open it would wait for ever."""
        os.mkfifo(project / "batch.ledger.json")
        with pytest.raises(UsageError, match=r"cannot read the ledger 'batch\.ledger\.json': not a regular file"):
            ledger.read(Path("batch.yaml"))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            '{"rows": {}}',
            '{"ledger": 2, "rows": {}}',
            '{"ledger": 1, "rows": []}',
            '{"ledger": 1, "rows": {"a": {"failures": "many"}}}',
            '{"ledger": 1, "rows": {"a": {"failures": [1]}}}',
            '{"ledger": 1, "rows": {"a": {"failures": 1e999}}}',
            '{"ledger": 1, "rows": {"a": {"failures": true}}}',
            '{"ledger": 1, "rows": {"a": {"done": 5}}}',
            '{"ledger": 1, "rows": {"a": 3}}',
            '{"ledger": true, "rows": {}}',
            "[" * 100_000,
        ],
    )
    def test_a_file_that_is_no_ledger_is_left_alone(self, project: Path, text: str) -> None:
        """It is an error, since an empty ledger in its place would build everything again."""
        (project / "batch.ledger.json").write_text(text)
        with pytest.raises(UsageError, match=r"batch\.ledger\.json"):
            ledger.read(Path("batch.yaml"))
        assert (project / "batch.ledger.json").read_text() == text


def test_fields_of_ones_own_have_what_rows_share() -> None:
    """As in specs and brands: `x-` fields are ignored, and a merge key takes their values."""
    found = rows(
        "x-base: &base {spec: a.yaml, vars: {n: 1}}\nvideos:\n  - {<<: *base, brand: x}\n  - {<<: *base, brand: y}"
    )
    assert [row.id for row in found] == ["a-x-n-1", "a-y-n-1"]
    assert "unknown field 'y-base'" in errors("y-base: 1\nvideos:\n  - {spec: a.yaml}")
