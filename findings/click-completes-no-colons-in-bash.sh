#!/usr/bin/env bash
# click's completion for bash completes no value that contains ":".
#
# Surprise: bash splits words at ":" (COMP_WORDBREAKS), and click's script takes the words as bash splits them. With the
# choices "draw:one" and "draw:two", Tab after "draw:o" completes nothing at all, and completion for zsh and fish, from
# the same program, works. A good guess would have been that the script joins the words again, as bash-completion's
# _get_comp_words_by_ref -n : does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check click==8.5.1
cat >"$folder/app.py" <<'PYTHON'
import click


@click.command()
@click.argument("step", type=click.Choice(["draw:one", "draw:two", "mux"]))
def app(step):
    print(step)


app(prog_name="app")
PYTHON
printf '#!/bin/sh\nexec "%s/venv/bin/python" "%s/app.py" "$@"\n' "$folder" "$folder" >"$folder/venv/bin/app"
chmod +x "$folder/venv/bin/app"
PATH="$folder/venv/bin:$PATH" "$folder/venv/bin/python" - <<'PYTHON'
import os
import pty
import select
import sys
import time
from importlib.metadata import version


def completed(typed):
    """What the line is after Tab, in an interactive bash."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "dumb", "PS1": "$ "}
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    os.write(terminal, b"PS1='$ '; eval \"$(_APP_COMPLETE=bash_source app)\"; echo set-$((40+2))\n")
    shown, end = b"", time.monotonic() + 30
    while b"set-42" not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536)
    os.write(terminal, typed.encode() + b"\t")
    shown, end = b"", time.monotonic() + 5
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return shown.decode(errors="replace").rpartition("$ ")[2].replace("\x07", "").strip("\r\n")


plain, colon = completed("app mu"), completed("app draw:o")
print(f"click {version('click')}")
print(f"'app mu' + Tab: {plain!r}")
print(f"'app draw:o' + Tab: {colon!r}")
sys.exit(0 if plain == "app mux " and "draw:one" not in colon else "the behavior has changed")
PYTHON
