"""Print what to install so that a batch runs again and again."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from vidbuild.batches import cron, ledger, reader, schedule
from vidbuild.create.composer.text import slug
from vidbuild.errors import UsageError
from vidbuild.project import CACHE_FOLDER, name_of, root_of

KINDS = tuple(schedule.KINDS)
OF_MACHINE = frozenset({"cron", "systemd"})  # what is installed on one machine, beside the batches of other projects
MAX_NAME = 80  # characters of a job's name, without its digest
DIGITS = 6  # of that digest


def schedule_text(batch: Path, when: str, kind: str, arguments: Sequence[str] = ()) -> str:
    """Return what to install: a line of a crontab, units of systemd, a workflow of GitHub or a job of GitLab.

    when: in the notation of cron. kind: one of KINDS. arguments: more ones of `vidbuild batch`.

    Raises SpecError if the batch is wrong, and UsageError for a time or kind that does not exist.
    """
    if kind not in schedule.KINDS:
        raise UsageError(f"unknown kind of schedule '{kind}'", hint=f"use {', '.join(KINDS)}")
    time = cron.parse(when)
    read = reader.read(batch)
    project = root_of(read.path)
    is_of_machine = kind in OF_MACHINE
    root = project if is_of_machine else _repository(project)
    file = read.path.resolve().relative_to(root)
    found = shutil.which("vidbuild")
    program = Path(found).absolute() if found else Path(sys.executable).with_name("vidbuild")
    is_next = any(each == "--next" or each.startswith("--next=") for each in arguments)
    kept = ledger.path_of(file).as_posix() if is_next else ""
    job = schedule.Job(
        _name(file, root if is_of_machine else None),
        root,
        program,
        ("batch", file.as_posix(), *arguments),
        (project / CACHE_FOLDER).relative_to(root).as_posix(),
        kept,
    )
    return schedule.KINDS[kind](job, time)


def _repository(project: Path) -> Path:
    """Return the root of the repository that has a project: a service runs its jobs there."""
    return next((each for each in (project, *project.parents) if os.path.lexists(each / ".git")), project)


def _name(file: Path, root: Path | None) -> str:
    """Return the name of a job, which no other batch has: from the path of its file.

    file: from the root of the project or repository. root: with which names differ between projects, for a machine that
    can have several; None for a name that is the same on each machine.
    """
    written = [*file.parent.parts, name_of(file)]
    parts = [slug(each) for each in ([root.name] if root else []) + written]
    made = "_".join(filter(None, parts))[:MAX_NAME] or "batch"
    is_exact = made == "_".join(written) and file.suffix == ".yaml" and root is None
    identity = os.fsencode((root or Path()) / file)
    digest = "" if is_exact else f"-{hashlib.sha256(identity).hexdigest()[:DIGITS]}"
    return f"vidbuild-{made}{digest}"
