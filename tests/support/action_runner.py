"""Runs the steps of a composite action as GitHub's runner does, with stubs for other actions and for services."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.paths import ROOT

ACTION = ROOT / "action.yml"
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|[!(),]|[A-Za-z_][\w.-]*)")
_STUB_GH = """\
#!/bin/bash
printf '%s\\n' "$*" >> "$STUB_GH/calls"
for argument; do
  case "$argument" in body=@*) cp "${argument#body=@}" "$STUB_GH/body" ;; esac
  if [[ $before == --jq && -e $STUB_GH/comments ]]; then jq -r "$argument" "$STUB_GH/comments"; fi
  before=$argument
done
exit "$(cat "$STUB_GH/code" 2> /dev/null || echo 0)"
"""
# Instead of a Python: `-m venv` makes an environment whose pip records its arguments, and whose vidbuild is this one.
_STUB_PYTHON = """\
#!/bin/bash
[[ $1 == -m ]] || exec {python} "$@"
mkdir -p "$3/bin"
printf '#!/bin/bash\\nprintf "%%s\\\\n" "$*" >> {calls}\\n' > "$3/bin/pip"
printf '#!/bin/bash\\necho "vidbuild $*" >> {calls}\\nexec {python} -m vidbuild "$@"\\n' > "$3/bin/vidbuild"
chmod +x "$3/bin/pip" "$3/bin/vidbuild"
"""


@dataclass
class Step:
    """How a step ended. outcome: success, failure or skipped."""

    name: str
    outcome: str
    stdout: str = ""
    stderr: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)  # to another action


class ActionRun:
    """One run of the action in a repository.

    github: values of the context `github`, by their dotted names.
    """

    def __init__(self, repository: Path, temp: Path, github: Mapping[str, str], inputs: Mapping[str, str]) -> None:
        self.repository = repository
        self.temp = temp
        self.calls = temp / "calls"
        self.gh = temp / "gh"
        self.summary = temp / "summary.md"
        self.steps: dict[str, Step] = {}
        self._github = {"run_id": "7", "run_attempt": "1", "token": "secret-token", "workflow": "video", **github}
        action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
        unknown = set(inputs) - set(action["inputs"])
        assert not unknown
        self._inputs = {name: str(self._text(each["default"])) for name, each in action["inputs"].items()} | {**inputs}
        self._stub()
        for step in action["runs"]["steps"]:
            self._run(step)

    @property
    def ok(self) -> bool:
        """Whether no step has failed."""
        return all(each.outcome != "failure" for each in self.steps.values())

    def log(self) -> str:
        """What all steps wrote."""
        return "".join(each.stdout + each.stderr for each in self.steps.values())

    def comment(self) -> str:
        """The comment that was written; "" if there is none."""
        body = self.gh / "body"
        return body.read_text(encoding="utf-8") if body.exists() else ""

    def answer(self, *comments: tuple[str, bool, str]) -> None:
        """Let the pull request have comments for the next run: each an id, whether it is one's own, and its text."""
        nodes = [
            {
                "url": f"https://github.com/acme/videos/pull/12#issuecomment-{number}",
                "body": body,
                "viewerDidAuthor": own,
            }
            for number, own, body in comments
        ]
        answered = {"data": {"repository": {"pullRequest": {"comments": {"nodes": nodes}}}}}
        (self.gh / "comments").write_text(json.dumps(answered), encoding="utf-8")

    def repeat(self, key: str) -> Step:
        """Run a step once more, and return how it ended."""
        action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
        step = next(each for each in action["runs"]["steps"] if key in {each.get("id"), each["name"]})
        self._run(step)
        return self.steps[key]

    def _stub(self) -> None:
        (self.temp / "bin").mkdir(parents=True, exist_ok=True)
        self.gh.mkdir(exist_ok=True)
        calls = str(self.calls)
        scripts = {"gh": _STUB_GH, "python": _STUB_PYTHON.format(python=sys.executable, calls=calls)}
        for name, text in scripts.items():
            path = self.temp / "bin" / name
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)

    def _run(self, step: Mapping[str, Any]) -> None:
        key = step.get("id", step["name"])
        condition = str(step.get("if", "success()"))
        wanted = "always()" in condition or self.ok
        if not wanted or not _truth(self._value(condition)):
            self.steps[key] = Step(step["name"], "skipped")
        elif "uses" in step:
            self.steps[key] = self._used(step)
        else:
            self.steps[key] = self._scripted(step)

    def _used(self, step: Mapping[str, Any]) -> Step:
        """Do what another action does, as far as later steps depend on it."""
        given = {name: str(self._text(value)) for name, value in step["with"].items()}
        made = Step(step["name"], "success", given=given)
        if step["uses"].startswith("actions/setup-python@"):
            made.outputs["python-path"] = str(self.temp / "bin" / "python")
        elif step["uses"].startswith("actions/upload-artifact@"):
            made.outputs["artifact-url"] = f"https://artifacts.example/{given['name']}"
        else:
            assert step["uses"].startswith("actions/cache")
            Path(given["path"]).mkdir(parents=True, exist_ok=True)
        return made

    def _scripted(self, step: Mapping[str, Any]) -> Step:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script can be code"
        output = self.temp / "output"
        output.write_text("", encoding="utf-8")
        script = self.temp / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        env = {
            **os.environ,
            "PATH": f"{self.temp / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "CI": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_REPOSITORY": "acme/videos",
            "GITHUB_WORKFLOW": self._github["workflow"],
            "GITHUB_JOB": "build",
            "GITHUB_REF": self._github.get("ref", "refs/heads/main"),
            "GITHUB_SHA": self._github.get("sha", ""),
            "RUNNER_TEMP": str(self.temp),
            "STUB_GH": str(self.gh),
            **{name: str(self._text(value)) for name, value in step.get("env", {}).items()},
        }
        done = subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.repository / str(self._text(step.get("working-directory", "."))),
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        outputs = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
        outcome = "failure" if done.returncode else "success"
        return Step(step["name"], outcome, done.stdout, done.stderr, outputs)

    def _text(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return _EXPRESSION.sub(lambda found: _shown(self._value(found[1])), value)

    def _value(self, expression: str) -> Any:
        """Return the value of an expression: names, texts, ==, !=, !, &&, ||, parentheses, always, startsWith."""
        python, at = [], 0
        while at < len(expression.rstrip()):
            token = _TOKEN.match(expression, at)
            assert token, f"unknown in an expression: {expression[at:]}"
            python.append(self._translated(token[1]))
            at = token.end()
        functions = {"always": lambda: True, "success": lambda: self.ok, "startsWith": str.startswith}
        return eval(" ".join(python), {"__builtins__": {}}, functions)  # noqa: S307 - of our own file, token by token

    def _translated(self, token: str) -> str:
        operators = {"&&": "and", "||": "or", "!": "not", "==": "==", "!=": "!="}
        if token in operators or token in {"(", ")", ",", "always", "success", "startsWith"}:
            return operators.get(token, token)
        return repr(token[1:-1] if token.startswith("'") else self._named(token))

    def _named(self, name: str) -> str:
        context, _, rest = name.partition(".")
        if context == "inputs":
            return self._inputs[rest]
        if context == "github":
            return self._github.get(rest, "")
        if context == "runner":
            return {"temp": str(self.temp), "os": "Linux", "arch": "X64"}[rest]
        assert context == "steps"
        step, _, rest = rest.partition(".")
        made = self.steps[step]  # a step can only use those before it
        return made.outcome if rest == "outcome" else made.outputs.get(rest.removeprefix("outputs."), "")


def _truth(value: Any) -> bool:
    return bool(value)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
