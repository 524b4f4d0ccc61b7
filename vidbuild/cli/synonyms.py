"""What other tools call a command or an option, and the hint with what it is called here."""

from __future__ import annotations

_CHECK, _BUILD, _STILL = ("vidbuild check SPEC", "vidbuild build SPEC", "vidbuild still SPEC SCENE")
_LIVE, _AGAIN = ("vidbuild serve SPEC", "vidbuild build --watch SPEC")

# The command group and a name in it -> the hint.
COMMANDS: dict[str, dict[str, str]] = {
    "vidbuild": {
        **dict.fromkeys(("lint", "validate", "verify", "test", "analyze"), _CHECK),
        **dict.fromkeys(("new", "start", "scaffold"), "vidbuild init FOLDER"),
        **dict.fromkeys(("generate", "import", "from"), "vidbuild create --from SOURCE"),
        **dict.fromkeys(("preview", "screenshot", "snapshot", "frame", "thumbnail", "image", "show", "view"), _STILL),
        **dict.fromkeys(("render", "make", "run", "compile", "export", "encode", "video"), _BUILD),
        **dict.fromkeys(("dev", "live", "studio", "play", "server", "ui"), _LIVE),
        **dict.fromkeys(("watch", "follow"), _AGAIN),
        **dict.fromkeys(("clean", "clear", "purge", "reset"), "vidbuild cache clear"),
        **dict.fromkeys(("gc", "prune", "trim"), "vidbuild cache gc"),
        **dict.fromkeys(("why", "status"), "vidbuild explain SPEC"),
        **dict.fromkeys(("log", "logs", "history", "list", "ls", "ps"), "vidbuild runs"),
        **dict.fromkeys(("resume", "continue"), "vidbuild build --resume last"),
        **dict.fromkeys(("cancel", "stop", "kill"), "vidbuild runs cancel last"),
        **dict.fromkeys(("info", "env", "diagnose"), "vidbuild doctor"),
        **dict.fromkeys(("speak", "tts", "languages"), "vidbuild voices"),
        **dict.fromkeys(("types", "templates", "layouts"), "vidbuild scenes"),
        **dict.fromkeys(("rules", "rule", "codes", "warnings"), "vidbuild lints"),
        **dict.fromkeys(("dag", "deps", "tree", "steps", "plan"), "vidbuild graph SPEC"),
        "version": "vidbuild --version",
        "help": "vidbuild --help",
    },
    "vidbuild cache": {
        **dict.fromkeys(("clean", "rm", "remove", "delete", "purge", "reset"), "vidbuild cache clear"),
        **dict.fromkeys(("prune", "trim"), "vidbuild cache gc"),
        **dict.fromkeys(("check", "fsck", "test"), "vidbuild cache verify"),
        **dict.fromkeys(("path", "dir", "show", "size", "status", "ls", "list"), "vidbuild cache info"),
    },
    "vidbuild runs": {
        **dict.fromkeys(("list", "ls", "ps"), "vidbuild runs"),
        **dict.fromkeys(("log", "logs", "view", "info", "get"), "vidbuild runs show last"),
        **dict.fromkeys(("stop", "kill", "abort"), "vidbuild runs cancel last"),
        **dict.fromkeys(("continue", "retry", "restart"), "vidbuild build --resume last"),
    },
}

# An option of some command -> the options that mean it, of which the hint names the one that the command has.
OPTIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("--scene", "--scenes", "--filter", "--select", "-s"), ("--only", "--quiet")),
    **dict.fromkeys(("--out", "--outdir", "--output-dir", "--out-dir", "--dest", "--target"), ("--output",)),
    **dict.fromkeys(("--force", "-f", "--no-cache", "--rebuild", "-B", "--always-make"), ("--fresh",)),
    **dict.fromkeys(("--check", "--plan", "--simulate", "--what-if"), ("--dry-run",)),
    **dict.fromkeys(("--workers", "--threads", "--parallel", "--concurrency", "-p"), ("--jobs",)),
    **dict.fromkeys(("--set", "--param", "--define", "-D", "--variable", "--vars", "-e"), ("--var",)),
    **dict.fromkeys(("--time", "--t", "-t", "--seconds", "--frame"), ("--at",)),
    **dict.fromkeys(("--werror", "-W", "--fail-on-warning", "--warnings-as-errors", "--max-warnings"), ("--strict",)),
    **dict.fromkeys(("--silent",), ("--quiet",)),
    **dict.fromkeys(("--debug", "--log-level", "-d"), ("--verbose",)),
    **dict.fromkeys(("--continue", "--continue-on-error"), ("--keep-going", "--resume")),
    **dict.fromkeys(("--no-network", "--local"), ("--offline",)),
    **dict.fromkeys(("--template", "--style"), ("--theme",)),
    **dict.fromkeys(("--name", "-n"), ("--title",)),
    **dict.fromkeys(("--all", "--list"), ("--all",)),
    **dict.fromkeys(("--max-size", "--size"), ("--limit",)),
    **dict.fromkeys(("--log", "--event-log"), ("--events",)),
    **dict.fromkeys(("--output-format", "--formatter", "--reporter", "--report", "--sarif", "--junit"), ("--format",)),
}


def command_hint(group: str, name: str) -> str | None:
    """Return the hint for a command that does not exist, if its meaning is known."""
    return COMMANDS.get(group, {}).get(name.lower())


def option_hint(name: str, known: set[str]) -> str | None:
    """Return the option that is meant by one that does not exist, if its meaning is known and the command has it."""
    return next((option for option in OPTIONS.get(name, ()) if option in known), None)
