"""Code languages, held against what the pinned typst colors."""

from __future__ import annotations

import json

import pytest
import typst

from tests.support import scene_samples
from tests.support.drawing import theme
from vidbuild.media.image import palette
from vidbuild.scenes.code import languages
from vidbuild.scenes.registry import SCENE_TYPES

SOURCE = b"""#set raw(theme: bytes(sys.inputs.theme))
#let colored(line) = line.body.func() != text
#show raw: it => [#metadata((it.lang, it.lines.any(colored))) <m>]
#for name in json(bytes(sys.inputs.names)) { raw("x = 1", lang: name, block: true) }"""


def colored(names: list[str]) -> set[str]:
    """Return the names that typst itself knows: with the project's syntax theme, it styles all text of a language."""
    inputs = {"names": json.dumps(names), "theme": palette.syntax_theme(theme())}
    compiler = typst.Compiler(SOURCE, sys_inputs=inputs)
    return {name for name, known in json.loads(compiler.query("<m>", field="value")) if known}


def test_typst_colors_every_known_language() -> None:
    """Each name in the table stands for something that typst colors, and a made-up one for nothing."""
    targets = {languages.typst_name(name) for name in languages.names()} - {""}
    assert None not in targets
    named = sorted(filter(None, targets))
    assert colored([*named, "no-such-language"]) == set(named)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("golang", "go"),
        ("csharp", "cs"),
        ("C#", "c#"),
        ("jsx", "tsx"),
        ("tsx", "tsx"),
        ("docker", "dockerfile"),
        ("Dockerfile", "dockerfile"),
        ("python3", "python"),
        ("shell", "sh"),
        ("zsh", "zsh"),
        ("dotenv", "dotenv"),
        (".py", "py"),
        (" Python ", "python"),
        ("objc", "objective-c"),
        ("postgresql", "sql"),
        ("k8s", "yaml"),
        ("console", ""),
        ("text", ""),
        ("", ""),
        ("powershell", None),
        ("nope", None),
    ],
)
def test_names_that_people_write(written: str, name: str | None) -> None:
    """Other names of a language, whatever their case, become the one that typst knows."""
    assert languages.typst_name(written) == name


@pytest.mark.parametrize(
    ("file", "code", "name"),
    [
        ("Dockerfile", "", "dockerfile"),
        ("Dockerfile.dev", "", "dockerfile"),
        ("web.dockerfile", "", "dockerfile"),
        ("Containerfile", "", "dockerfile"),
        ("Makefile", "", "makefile"),
        ("GNUmakefile", "", "gnumakefile"),
        ("Jenkinsfile", "", "jenkinsfile"),
        ("Vagrantfile", "", "vagrantfile"),
        (".bashrc", "", ".bashrc"),
        (".gitignore", "", ".gitignore"),
        (".env.local", "", "env"),
        ("CMakeLists.txt", "", "cmakelists.txt"),
        ("go.mod", "", "go"),
        ("Cargo.lock", "", "cargo.lock"),
        ("package.json", "", "json"),
        ("a.d.ts", "", "ts"),
        ("x.html.j2", "", "j2"),
        ("App.jsx", "", "tsx"),
        ("notes.txt", "", ""),
        ("LICENSE", "", ""),
        ("run", "#!/usr/bin/env python3\n", "python"),
        ("run", "#!/bin/bash -e\n", "bash"),
        ("run", "#!/usr/bin/env -S node --no-warnings\n", "javascript"),
        ("Procfile", "web: x", None),
        ("a.xyzzy", "", None),
    ],
)
def test_files_have_the_language_of_their_name(file: str, code: str, name: str | None) -> None:
    """The whole name decides, then the ending, then the line that names the interpreter."""
    assert languages.of_file(f"/x/{file}", code) == name


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {"language": "pyhton"},
            ("language", "no syntax highlighting for 'pyhton'", "did you mean 'python', 'python3' or 'python2'?"),
        ),
        ({"language": "powershell"}, ("language", "no syntax highlighting for 'powershell'", "write 'language: text'")),
        ({"file": "/x/Procfile"}, ("file", "no syntax highlighting for 'Procfile'", "set 'language: text'")),
        ({"language": "golang"}, None),
        ({"language": "console"}, None),
        ({"file": "/x/Makefile"}, None),
        ({"file": "/x/Procfile", "language": "text"}, None),
        ({}, None),
    ],
)
def test_code_without_colors_is_a_warning(fields: dict[str, str], problem: tuple[str, str, str] | None) -> None:
    """A language that typst does not know is a warning at its place, with the nearest names or plain text."""
    scene = scene_samples.scene("code", **{"code": "x = 1", **fields})
    problems = list(SCENE_TYPES["code"].lint(scene))
    assert [(each.field, each.message) for each in problems] == ([] if problem is None else [problem[:2]])
    if problem is not None:
        assert (problems[0].hint or "").startswith(problem[2])
