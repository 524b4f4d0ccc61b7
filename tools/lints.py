"""Writes docs/lints.md, the page about what vidbuild warns of, from vidbuild/lints.json."""

from __future__ import annotations

from vidbuild.lints import lints

GROUPS = {
    "1": "The text of the spec",
    "2": "Narration, voices and captions",
    "3": "What is shown",
    "4": "Times, clips and recordings",
    "5": "Audio",
    "6": "Licenses",
    "9": "Outputs, cache and machine",
}

HEAD = """# What vidbuild warns of

`vidbuild check`, `build` and the other commands end each warning with the code of its lint:

```
video.yaml:4:12: warning: title of 92 characters: viewers can read up to 70 at a glance [VB306]
```

`vidbuild lints` lists the codes, and `vidbuild lints VB306` explains one. With `--json`, each warning has its code in
`code`. A code never changes its meaning.

## Switching one off

```yaml
lint: {VB306: off}                     # for all scenes
scenes:
  - id: intro
    type: title
    title: Everything about the first version of Acme, and some of what comes after it
    lint: {VB201: off}                 # for this scene
```

A warning that is switched off is not an error with `--strict` either. No step runs because of it: what a spec switches
off is in no key. Errors cannot be switched off, nor can the warnings that are not about the spec (marked *always*). A
warning from the cache of a version without codes has none until its step runs again.
"""


def page() -> str:
    """Return the page."""
    lines = [HEAD]
    group = ""
    for lint in lints().values():
        if lint.code[2] != group:
            group = lint.code[2]
            lines += [f"## {GROUPS[group]}", ""]
        always = " *Always.*" if lint.always else ""
        lines += [f"### {lint.code} {lint.name}", "", f"{lint.description} {lint.hint}{always}", ""]
    return "\n".join(lines).rstrip() + "\n"
