"""`vidbuild config`: shows your settings of servers and programs that speak, and of servers that write."""

from __future__ import annotations

import click

from vidbuild.cli import console, options, result_output
from vidbuild.cli.exit_codes import Exit


@click.command("config", epilog=options.example("vidbuild config", "vidbuild config --example"))
@click.option("--example", is_flag=True, help="Print an example of the file.")
@options.as_json("the settings")
def command(*, example: bool, as_json: bool) -> int:
    """Show your settings: servers, programs, and files of voices.

    A spec may name them, as in `speech:openai/alloy`. They are in a file of your own or in the environment, so that a
    spec from elsewhere cannot choose a server or a program. API keys are never shown.
    """
    from vidbuild.api.config import EXAMPLE, user_config

    if example:
        console.result(EXAMPLE.rstrip("\n"))
        return Exit.DONE
    found = user_config()
    code = Exit.WRONG if found.problems else Exit.DONE
    if as_json:
        entries = [{"voice": name, "source": source} for name, source in found.entries]
        errors = [{"message": each.message, "hint": each.hint} for each in found.problems]
        writers = [{"writer": name, "source": source} for name, source in found.writers]
        data = {
            "path": str(found.path),
            "exists": found.exists,
            "voices": entries,
            "writers": writers,
            "errors": errors,
        }
        console.result_json(data)
        return code
    console.result(f"{found.path}{'' if found.exists else ' (no such file)'}")
    if found.entries:
        console.result(console.columns((f"  {name}", source) for name, source in found.entries))
    elif not found.exists:
        console.message("vidbuild config --example prints an example")
    if found.writers:
        console.result(console.columns((f"  --writer {name}", source) for name, source in found.writers))
    for problem in found.problems:
        for line in result_output.error_lines(problem):
            console.message(line)
    return code
