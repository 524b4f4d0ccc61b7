"""The names of a build: that under which a video's steps are remembered, and what its files have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.plan_cache import Scope
from vidbuild.engine.store.store import Store
from vidbuild.project import cache_of, name_of, root_of

if TYPE_CHECKING:
    from vidbuild.choice import Choice

DRAFT = "draft"  # how the names of a draft's files end, before the format


def entry_of(
    spec: Path,
    only: Sequence[str] = (),
    store: Store | None = None,
    choice: Choice | None = None,
    *,
    draft: bool = False,
    base: str | None = None,
) -> str:
    """The name under which a video's steps are remembered: the spec's path in the project, and what was chosen of it.

    In a store outside the project, which others may use too, its whole path: their specs may be called the same.
    """
    root, whole = root_of(spec), spec.absolute().parent.resolve() / spec.name
    own = (store.root if store else cache_of(root)).resolve().is_relative_to(root)
    path = (whole.relative_to(root) if own else whole).as_posix()
    output, language = (choice.output, choice.language) if choice else ("", "")
    path += f" --name {base}" if base else ""
    path += f" --output-name {output}" if output else ""
    path += f" --language {language}" if language else ""
    path += " --draft" if draft else ""
    return f"{path} --only {','.join(sorted(set(only)))}" if only else path


def outputs_name(spec: Path, video: str, scenes: Sequence[str], scope: Scope) -> str:
    """The outputs' common name: the spec's or given, the output's and language's, and the scenes that were chosen.

    That of a draft is never a video's.
    """
    base = scope.base.rpartition("/")[2] if scope.base else name_of(spec)
    own = [scope.name] if scope.name else [base, video, *(scenes if scope.only else ())]
    return ".".join(filter(None, (*own, DRAFT if scope.draft else "")))
