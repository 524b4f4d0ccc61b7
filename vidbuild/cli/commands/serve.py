"""`vidbuild serve`: a page that shows specs as videos while they are edited."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.signals import Interrupt

_NAMED = 3  # specs that the first line names


@click.command("serve", epilog=options.example("vidbuild serve talk.yaml", "vidbuild serve --no-open --port 9000"))
@options.specs()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8484,
    show_default=True,
    help="Port, or the next one that is free; 0 for any.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; see the docs first.",
)
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in the browser.")
@options.jobs()
@options.videos()
@options.online()
@options.variables()
@options.brand()
@click.pass_obj
def command(
    interrupt: Interrupt,
    /,
    specs: Sequence[Path],
    port: int,
    host: str,
    *,
    open_page: bool,
    **chosen: Any,  # noqa: ANN401 - the options by the names of BuildOptions' fields
) -> int:
    """Serve a page with live previews of videos.

    It watches the specs and the files that they name. After an edit it shows the new picture first, then the changed
    scene with its audio, then the whole video. Without SPEC, it serves all specs of the current folder, also those that
    are added later. A spec that does not exist yet is built as soon as it does.
    """
    from vidbuild.cli.watch import SERVER_PACKAGES, require

    require(SERVER_PACKAGES, "the live page")
    from vidbuild.api.options import BuildOptions
    from vidbuild.cli import restart
    from vidbuild.serve.security import is_exposed
    from vidbuild.serve.server import Listening, LivePage, listen

    paths = spec_files.served_specs(specs)
    inherited = restart.inherited_socket()
    listening = Listening(inherited, host, inherited.getsockname()[1], ()) if inherited else listen(host, port)
    interrupt.graceful = True
    find = tuple if specs else spec_files.every_spec
    page = LivePage(paths, BuildOptions(**chosen), listening, interrupt.stop_requested, _report_bug, find)
    if listening.skipped:
        plural = "s" if len(listening.skipped) > 1 else ""
        ports = ", ".join(map(str, listening.skipped))
        console.message(f"port{plural} {ports} in use: serving on {listening.port}")
    if is_exposed(host):
        console.message(
            f"warning: other machines can reach '{host}': anybody who has the address below can watch the videos, read "
            "their texts and the lines of specs that have problems, and control builds; nothing is encrypted"
        )

    def started() -> None:
        names = ", ".join(f"'{each}'" for each in paths) if len(paths) <= _NAMED else f"{len(paths)} specs"
        console.result(f"serving {names}: {page.address}")
        sys.stdout.flush()
        for each in paths:
            if not each.exists():
                console.message(f"waiting for '{each}', which does not exist")
        console.message("Ctrl-C ends it")
        if open_page and not inherited:
            _open(page.address)

    page.run(started)
    if page.is_stale:
        restart.start_again(page.code, interrupt.stop_requested, listening.socket)
    return int(interrupt.code)


def _open(address: str) -> None:
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _report_bug(error: Exception) -> None:
    from vidbuild.cli import crash

    for line in crash.report_bug(error, sys.argv[1:]):
        console.message(line)
