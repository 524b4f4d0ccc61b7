"""Print what to install so that a batch runs again and again."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from vidbuild.batches import cron, ledger, reader, schedule
from vidbuild.create.composer.text import slug
from vidbuild.errors import UsageError
from vidbuild.project import name_of, root_of

KINDS = tuple(schedule.KINDS)


def schedule_text(batch: Path, when: str, kind: str, arguments: Sequence[str] = ()) -> str:
    """Return what to install: a line of a crontab, units of systemd, a workflow of GitHub or a job of GitLab.

    when: in the notation of cron. kind: one of KINDS. arguments: more ones of `vidbuild batch`.

    Raises SpecError if the batch is wrong, and UsageError for a time or kind that does not exist.
    """
    if kind not in schedule.KINDS:
        raise UsageError(f"unknown kind of schedule '{kind}'", hint=f"use {', '.join(KINDS)}")
    time = cron.parse(when)
    read = reader.read(batch)
    root = root_of(read.path)
    file = read.path.resolve().relative_to(root)
    found = shutil.which("vidbuild")
    program = Path(found).absolute() if found else Path(sys.executable).with_name("vidbuild")
    name = f"vidbuild-{slug(name_of(read.path)) or 'batch'}"
    is_next = any(each == "--next" or each.startswith("--next=") for each in arguments)
    kept = ledger.path_of(file).as_posix() if is_next else ""
    job = schedule.Job(name, root, program, ("batch", file.as_posix(), *arguments), kept)
    return schedule.KINDS[kind](job, time)
