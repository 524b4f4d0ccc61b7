"""What is read from notebooks."""

from __future__ import annotations

import base64
import contextlib
import copy
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from vidbuild.create import registry
from vidbuild.create.importers.notebook import NotebookImporter
from vidbuild.create.source.outline import Code, Command, Commands, Outline, Picture, Prose, Speech, Table
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.errors import UsageError

Read = Callable[..., Outline]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads cells as a notebook, or a text as a file with a name."""

    def read_cells(*cells: dict[str, Any], name: str = "a.ipynb", text: str = "", **fields: Any) -> Outline:
        data = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields}
        (tmp_path / name).write_text(text or json.dumps(data), encoding="utf-8")
        return NotebookImporter().read(Source("notebook", str(tmp_path / name), tmp_path))

    return read_cells


def markdown(source: str, slide: str = "", **fields: Any) -> dict[str, Any]:
    """A Markdown cell."""
    metadata = {"slideshow": {"slide_type": slide}} if slide else {}
    return {"cell_type": "markdown", "metadata": metadata, "source": source.splitlines(keepends=True), **fields}


def code(source: str, *outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """A code cell with outputs."""
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": list(outputs),
        "execution_count": None,
    }


def result(**data: Any) -> dict[str, Any]:
    """An output with content by type: text_plain="1"."""
    return {
        "output_type": "execute_result",
        "metadata": {},
        "data": {name.replace("_", "/", 1): value for name, value in data.items()},
    }


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    """What a cell prints."""
    return {"output_type": "stream", "name": name, "text": text}


def png() -> bytes:
    """The bytes of a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(file, "PNG")
    return file.getvalue()


def blocks(outline: Outline) -> list[object]:
    """All blocks of a notebook, in order."""
    return [block for section in outline.sections for block in section.blocks]


def test_prose_code_and_outputs_in_order(read: Read) -> None:
    """Headings of Markdown cells begin sections; code is in the kernel's language, and what it prints follows it."""
    outline = read(
        markdown("# Acme\n\nFast."),
        code("print(1)", stream("1\n"), stream("2\n"), stream("a warning", "stderr")),
        markdown("## Plot\n\nHere."),
        code("plot()", result(text_plain="<Figure size 1>", image_png=base64.b64encode(png()).decode())),
        metadata={"kernelspec": {"language": "R"}},
    )
    assert outline.title == "Acme"
    assert [each.name for each in outline.sections] == ["Acme", "Acme > Plot"]
    *texts, picture = blocks(outline)
    assert texts == [
        Prose("Fast."),
        Code("print(1)", "r"),
        Code("1\n2"),
        Prose("Here."),
        Code("plot()", "r"),
    ]
    assert isinstance(picture, Picture)
    assert (picture.data, picture.alt) == (png(), "")


def test_forms_of_outputs(read: Read) -> None:
    """Of an output's forms the best is shown: a picture, a table, text without colors; of an error its message."""
    frame = (
        "<style>td {}</style><table><thead><tr><th></th><th>a</th><th>b</th></tr></thead>"
        "<tr><th>0</th><td>1</td><td>2</td></tr></table>"
    )
    outline = read(
        code("df", result(text_html=frame, text_plain="   a  b\n0  1  2")),
        code("bar()", stream("10%\r100%\n\x1b[31mred\x1b[0m\n")),
        code("f()", {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["long"]}),
        code("svg()", result(text_html="<div><svg width='1'></svg></div>")),
        code("w()", result(text_html="<script>1</script>", text_plain="Widget(value=1)")),
        code("x()", result(text_html="<script>1</script>")),
    )
    shown = [each for each in blocks(outline) if not (isinstance(each, Code) and each.code.endswith(("()", "df")))]
    picture = shown.pop(3)
    assert shown == [
        Table(("", "a", "b"), (("0", "1", "2"),)),
        Code("100%\nred"),
        Code("ValueError: no"),
        Code("Widget(value=1)"),
    ]
    assert isinstance(picture, Picture)
    assert (picture.name, picture.data) == ("picture.svg", b"<svg width='1'></svg>")
    assert [each.what for each in outline.omissions] == ["an output of cell 6: text/html"]


def test_markdown_tables_of_outputs(read: Read) -> None:
    """A Markdown table of an output is read as one of a cell: links are their text, an escaped bar divides nothing."""
    table = "| a | b |\n|---|--:|\n| [one](https://example.org) | x \\| y |\n\nBelow it.\n"
    assert blocks(read(code("show()", result(text_markdown=table, text_plain="<Markdown>"))))[1:] == [
        Table(("a", "b"), (("one", "x | y"),)),
        Prose("Below it."),
    ]


def test_magics(read: Read) -> None:
    """Commands of a shell are commands with their output, cells in other languages are in these; setup is left out."""
    outline = read(
        code("%matplotlib inline\n!pip install acme", stream("done\n")),
        code("%%bash\nls"),
        code("%%R -w 400\nplot(x)"),
        code("%%writefile a/b.py\nx = 1"),
        code("%%time\ny = 2"),
        metadata={"language_info": {"name": "python"}},
    )
    assert blocks(outline) == [
        Commands((Command(run="pip install acme"), Command(output="done"))),
        Commands((Command(run="ls"),), "bash"),
        Code("plot(x)", "r"),
        Code("x = 1", "", "a/b.py"),
        Code("y = 2", "python"),
    ]
    assert [each.what for each in outline.omissions] == ["magics of cell 1, which prepare the notebook"]


def test_slides(read: Read) -> None:
    """A notebook with slides is a talk: a section for each; notes are spoken, skipped cells are said."""
    outline = read(
        markdown("# Acme", "slide"),
        markdown("It is fast.", "fragment"),
        markdown("Say *hello* first.", "notes"),
        markdown("Not for you.", "skip"),
        code("x = 1", slideshow={"slide_type": "subslide"}),
        markdown("## End", "slide"),
    )
    assert outline.paced
    assert [(each.heading, each.blocks) for each in outline.sections] == [
        ("Acme", (Prose("It is fast."), Speech("Say hello first."))),
        ("", (Code("x = 1"),)),
        ("End", ()),
    ]
    assert [each.what for each in outline.omissions] == ["cell 4, which the slides skip"]


def test_hidden_cells(read: Read) -> None:
    """What a notebook hides is not shown."""
    outline = read(
        code("a = 1", stream("1"), tags=["hide-input"]),
        code("b = 2", stream("2"), jupyter={"outputs_hidden": True}),
        code("c = 3", stream("3"), tags=["remove-cell"]),
    )
    assert blocks(outline) == [Code("1"), Code("b = 2")]


def test_attached_pictures(read: Read) -> None:
    """A picture that is attached to a cell is shown; one that is not there is left out, with the cell."""
    outline = read(
        markdown(
            "# A\n\n![A plot](attachment:p.png) ![](attachment:q.png) ![](attachment:r.png)",
            attachments={
                "p.png": {"image/png": base64.b64encode(png()).decode()},
                "r.png": {"image/png": "\u00e9"},
            },
        )
    )
    (picture,) = blocks(outline)
    assert isinstance(picture, Picture)
    assert (picture.alt, picture.data) == ("A plot", png())
    assert [each.what for each in outline.omissions] == [
        "a picture that is not in the notebook: q.png (cell 1)",
        "a picture that is not in the notebook: r.png (cell 1)",
    ]


def test_an_attached_picture_has_its_name_or_that_of_an_address(read: Read) -> None:
    """Links have %20 for the blank in a name."""
    attached = {"my plot.png": {"image/png": base64.b64encode(png()).decode()}}
    outline = read(markdown("# A\n\n![A plot](attachment:my%20plot.png)", attachments=attached))
    (picture,) = blocks(outline)
    assert isinstance(picture, Picture)
    assert not outline.omissions


def test_widgets_are_left_out(read: Read) -> None:
    """Their text is the name of a Python object; a picture of one is shown."""
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "IntSlider(value=0)"}
    image = {"image/png": base64.b64encode(png()).decode()}
    outline = read(code("slider", result(**widget)), code("plot", result(**widget, **image)))
    assert [type(block) for block in blocks(outline)] == [Code, Code, Picture]
    assert [each.what for each in outline.omissions] == [
        "an output of cell 1: application/vnd.jupyter.widget-view+json"
    ]


def test_format_3(read: Read) -> None:
    """Notebooks of the format before 4: worksheets, inputs, cells of headings and types of outputs by name."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Acme"]},
        {
            "cell_type": "code",
            "language": "python",
            "input": ["x = 1\n", "x"],
            "outputs": [{"output_type": "pyout", "text": ["1"]}, {"output_type": "pyerr", "ename": "E", "evalue": "v"}],
        },
    ]
    outline = read(nbformat=3, worksheets=[{"cells": cells}])
    assert outline.title == "Acme"
    assert blocks(outline) == [
        Code("x = 1\nx", "python"),
        Code("1"),
        Code("E: v"),
    ]


def test_scripts_with_cells(read: Read) -> None:
    """Scripts in the percent format: comments of Markdown cells are prose, and messages have lines."""
    text = (
        "# ---\n# jupyter: {}\n# ---\n\n# %% [markdown]\n# # Acme\n#\n# Fast. ![x](no.png)\n\n# %% build\nx = 1\n\n"
        '# %% [md]\n"""\nMore *text* here.\n"""\n'
    )
    outline = read(name="a.py", text=text)
    assert outline.title == "Acme"
    assert blocks(outline) == [Prose("Fast."), Code("x = 1", "python"), Prose("More text here.")]
    assert [(each.line, each.what) for each in outline.omissions] == [
        (8, "a picture that is not in the project: no.png")
    ]


def test_other_scripts_are_no_notebooks(tmp_path: Path) -> None:
    """A script without cells is no source."""
    (tmp_path / "a.py").write_text("x = 5 %% 2\n")
    with pytest.raises(UsageError, match="is no source that vidbuild reads"):
        registry.resolve(str(tmp_path / "a.py"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{\n 1", r"a\.ipynb:2:2: no valid JSON: "),
        ("[]", "expected a mapping, got list"),
        ("{}", "no field 'nbformat'"),
        ('{"nbformat": 2}', "notebook format 2: expected 3 or 4"),
        ('{"nbformat": 4, "cells": []}', "has no cells"),
        ('{"nbformat": 4, "cells": [3]}', "cell 1: expected a mapping, got int"),
        ('{"nbformat": 4, "cells": [{"cell_type": "x"}]}', "cell 1: unknown type of cell 'x'"),
        ('{"nbformat": 4, "a": ' + "[" * 100000 + "}", "nested too deeply"),
    ],
)
def test_files_that_are_no_notebooks(read: Read, text: str, message: str) -> None:
    """Each problem is named with its place."""
    with pytest.raises(SourceError, match=message):
        read(text=text)


def test_digests_follow_the_cells(read: Read) -> None:
    """A section's digest changes with its cells and outputs, not with execution counts and cells of other sections."""
    cells = [markdown("# A"), code("x", stream("1")), markdown("# B"), code("y", stream("2"))]
    first = read(*cells).sections
    second = read(*cells[:1], {**cells[1], "execution_count": 7}, *cells[2:3], code("y", stream("3"))).sections
    assert first[0].digest == second[0].digest
    assert first[1].digest != second[1].digest


def test_changed_notebooks_are_read_or_refused(read: Read) -> None:
    """Whatever a notebook has in its fields, it is read or refused with a message."""
    chance = random.Random(13)
    whole = [
        markdown("# A\n\n| a | b |\n|---|---|\n| 1 | 2 |", "slide", attachments={"p": {"image/png": "AA=="}}),
        code("!ls\n%%x", result(text_html="<table><tr><td>1<tr><td>2</table>", image_png="AA=="), tags=["a"]),
    ]
    odd: list[Any] = [None, 3, -1.5, "", "x", [], [None], {}, {"a": 1}, True, ["\ud800"], "\x00", 10**30]
    for _ in range(300):
        data: Any = json.loads(
            json.dumps({"nbformat": 4, "metadata": {"kernelspec": {"language": "r"}}, "cells": whole})
        )
        for _ in range(chance.randint(1, 4)):
            holder = data
            while True:
                keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
                key = chance.choice(keys)
                if not isinstance(holder[key], dict | list) or not holder[key] or chance.random() < 0.3:
                    break
                holder = holder[key]
            holder[key] = copy.deepcopy(chance.choice(odd))
            if not isinstance(data, dict) or not data:
                break
        with contextlib.suppress(SourceError):
            read(text=json.dumps(data))


@pytest.mark.parametrize("quotes", ['"""', 'r"""', 'R"""', "'''", "r'''"])
def test_cells_in_strings_keep_their_headings(read: Read, quotes: str) -> None:
    """Jupytext writes Markdown cells as strings too, raw ones if they have backslashes; their lines are no comments."""
    outline = read(
        name="a.py", text=f"# %% [markdown]\n{quotes}\n# Acme\n\nFast.\n\n## Use\n\nRun it.\n{quotes[-3:]}\n"
    )
    assert [(each.heading, each.blocks) for each in outline.sections] == [
        ("Acme", (Prose("Fast."),)),
        ("Use", (Prose("Run it."),)),
    ]


def test_magics_in_comments_of_a_script(read: Read) -> None:
    """Jupytext comments magics out, so that the script runs; in the notebook they are none."""
    text = "# %%\n# %matplotlib inline\n# !ls -a\nx = 1  # !no\n# 5 % 3\n\n# %%\n# %%bash\n# ls\n"
    first, second, third = blocks(outline := read(name="a.py", text=text))
    assert first == Commands((Command(run="ls -a"),))
    assert second == Code("x = 1  # !no\n# 5 % 3", "python")
    assert third == Commands((Command(run="ls"),), "bash")
    assert [each.what for each in outline.omissions] == ["magics of line 1, which prepare the notebook"]


def test_names_of_objects_are_no_output(read: Read) -> None:
    """What Python calls the parts of a plot says nothing beside the plot, and of JSON there is only a name."""
    image = {"image/png": base64.b64encode(png()).decode(), "text/plain": "<Figure size 640x480 with 1 Axes>"}
    lines = "[<matplotlib.lines.Line2D at 0x7f0c1a>,\n <matplotlib.lines.Line2D at 0x7f0c1b>]\n"
    plot = code(
        "plot()",
        stream("loss: 3\n"),
        result(text_plain=lines),
        result(text_plain="Text(0.5, 1.0, 'A')"),
        result(**image),
    )
    json_shown = code(
        "show()", result(**{"application/json": {"a": 1}, "text/plain": "<IPython.core.display.JSON object>"})
    )
    outline = read(plot, json_shown)
    assert [each for each in blocks(outline) if isinstance(each, Code)] == [
        Code("plot()"),
        Code("loss: 3"),
        Code("show()"),
    ]
    assert [each.what for each in outline.omissions] == ["an output of cell 2: application/json, text/plain"]
