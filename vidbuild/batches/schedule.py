"""What to install so that a batch runs again and again: for cron, systemd, GitHub and GitLab."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidbuild.batches.cron import Cron
from vidbuild.platforms import shell_command

STORE = "actions/cache"


@dataclass(frozen=True, slots=True)
class Job:
    """What runs.

    name: of the job.
    folder: absolute, from which it runs.
    program: the absolute path of vidbuild.
    cache: the project's, relative to `folder`.
    ledger: the batch's, relative to `folder`, which the next run needs; "" if it needs none.
    """

    name: str
    folder: Path
    program: Path
    arguments: Sequence[str]
    cache: str = ".vidbuild"
    ledger: str = ""

    @property
    def kept(self) -> list[str]:
        """The paths that the next run needs."""
        return [self.cache, *filter(None, [self.ledger])]

    @property
    def command(self) -> str:
        """The command with the program's whole path."""
        return shell_command(self.program, *self.arguments)

    @property
    def plain(self) -> str:
        """The command where the program is on PATH."""
        return shell_command("vidbuild", *self.arguments)


def for_cron(job: Job, cron: Cron) -> str:
    """Return a line of a crontab."""
    escaped = f"cd {shell_command(job.folder)} && {job.command}".replace("%", r"\%")
    return f"""\
# Add this line with 'crontab -e'. Times are those of this machine.
# cron has a PATH of its own, so the program is named with its whole path; '%' means a new line there and is escaped.
# A machine that is off then misses the run: systemd's timers make up for it.
# What the run prints is mailed; credentials have to be in the environment that cron gives it.
{cron.text} {escaped}
"""


def for_systemd(job: Job, cron: Cron) -> str:
    """Return a service and its timer."""
    times = "\n".join(f"OnCalendar={each}" for each in cron.on_calendar())
    folder = str(job.folder).replace("%", "%%")
    command = " ".join(_systemd_word(str(each)) for each in (job.program, *job.arguments))
    return f"""\
# ~/.config/systemd/user/{job.name}.service
[Unit]
Description={job.name}

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={command}
# Credentials: a file with lines NAME=VALUE that only you can read.
# EnvironmentFile=%h/.config/vidbuild.env

# ~/.config/systemd/user/{job.name}.timer
[Unit]
Description=When vidbuild {job.name} runs

[Timer]
{times}
# A run that was missed while the machine was off is made up for.
Persistent=true
RandomizedDelaySec=60

[Install]
WantedBy=timers.target

# Then: systemctl --user daemon-reload && systemctl --user enable --now {job.name}.timer
# Without a login the timers of a user stop: loginctl enable-linger
# To look: systemctl --user list-timers; journalctl --user -u {job.name}.service
"""


def _systemd_word(text: str) -> str:
    """Return a word of a command as systemd reads it: "%" and "$" stand for themselves when doubled."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if re.fullmatch(r"[\w@%$+=:,./-]+", text) else f'"{escaped}"'


def _yaml(text: str) -> str:
    """Return a text as a value in YAML, quoted if it has to be."""
    import yaml

    try:
        is_plain = yaml.safe_load(f"- run: {text}") == [{"run": text}]
    except yaml.YAMLError:
        is_plain = False
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def for_github(job: Job, cron: Cron) -> str:
    """Return a workflow for GitHub Actions."""
    often = "# GitHub starts nothing more often than every five minutes.\n" if cron.is_often else ""
    kept = "".join(f"\n            {each}" for each in job.kept)
    return f"""\
# .github/workflows/{job.name}.yml
# Times are UTC. Scheduled workflows run from the default branch only, start late when many do (avoid minute 0), and are
# switched off after 60 days without activity in a public repository.
{often}name: {job.name}
on:
  schedule:
    - cron: "{cron.text}"
  workflow_dispatch: {{}}
permissions:
  contents: read
concurrency: # a run that is still going on is not overtaken
  group: {job.name}
  cancel-in-progress: false
jobs:
  videos:
    runs-on: ubuntu-latest
    timeout-minutes: 120
    steps:
      - uses: actions/checkout@v7
      - uses: actions/setup-python@v7
        with: {{python-version: "3.12"}}
      - uses: {STORE}/restore@v6
        with:
          path: |{kept}
          key: {job.name}-none
          restore-keys: {job.name}-
      - run: pip install 'vidbuild[remote]'
      - run: {_yaml(job.plain)}
        # env: the secrets with which videos are sent
        #   AWS_ACCESS_KEY_ID: ${{{{ secrets.AWS_ACCESS_KEY_ID }}}}
        #   AWS_SECRET_ACCESS_KEY: ${{{{ secrets.AWS_SECRET_ACCESS_KEY }}}}
      - uses: {STORE}/save@v6
        if: always() # after a failure too: the rows that are done stay done
        with:
          path: |{kept}
          key: {job.name}-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
"""


def for_gitlab(job: Job, cron: Cron) -> str:
    """Return a job for GitLab CI; the time itself is set in the project."""
    kept = ", ".join(map(json.dumps, job.kept))
    return f"""\
# .gitlab-ci.yml
# The time is set in the project, under Build > Pipeline schedules, with a time zone: {cron.text}
# Scheduled pipelines run as their owner, and stop when that account is blocked or leaves the project.
{job.name}:
  image: python:3.12
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  resource_group: {job.name} # one run at a time
  cache:
    key: {job.name}
    paths: [{kept}]
    when: always # after a failure too: the rows that are done stay done
  script:
    - pip install 'vidbuild[remote]'
    - {_yaml(job.plain)}
  # Credentials: masked variables under Settings > CI/CD.
"""


KINDS: Mapping[str, Callable[[Job, Cron], str]] = {
    "cron": for_cron,
    "systemd": for_systemd,
    "github": for_github,
    "gitlab": for_gitlab,
}
