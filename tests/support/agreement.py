"""Whether `check` finds what `build` finds: `python -m tests.support.agreement CHECK.json BUILD.json` ends with 0.

The files are what the commands print with `--json` for the same specs, which all must be valid and built. Captions of
the videos keep the rules, or `check` names those that do not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support import caption_checker


def problems(result: Mapping[str, Any], severity: str) -> set[str]:
    """Return a result's errors or warnings as lines, to compare them."""
    return {json.dumps(each, sort_keys=True, ensure_ascii=False) for each in result[severity]}


def expect_the_same(checked: Mapping[str, Any], built: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Expect the same problems in what both commands print of the same specs; return what `check` found, by spec."""
    pairs = list(zip(checked["specs"], built.get("builds", [built]), strict=True))
    for check, build in pairs:
        assert check["spec"] == build["spec"]
        assert problems(check, "errors") == problems(build, "errors"), check["spec"]
        if check["ok"]:
            assert problems(check, "warnings") == problems(build, "warnings"), check["spec"]
        assert check["ok"] == (build["status"] in {"built", "up-to-date"})
    return {check["spec"]: check for check, _ in pairs}


def expect_captions_in_order(spec: Path, checked: Mapping[str, Any]) -> None:
    """Expect of a spec that is built in the folder `build` beside it that its captions keep the rules."""
    built = [path for path in spec.parent.glob("build/*.srt") if path.name.partition(".")[0] == spec.stem]
    assert built, spec
    messages = [each["message"] for each in checked["warnings"]]
    for srt in built:
        assert caption_checker.unreported(caption_checker.faults_of(srt), messages) == [], srt


def main() -> None:
    """Compare the two files of the command line."""
    checked, built = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:])
    found = expect_the_same(checked, built)
    assert [spec for spec, each in found.items() if not each["ok"]] == []
    for spec, each in found.items():
        expect_captions_in_order(Path(spec), each)


if __name__ == "__main__":
    main()
