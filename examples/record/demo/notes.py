"""Keeps notes in a file, one a line."""

import sys
import time
from pathlib import Path

FILE = Path("notes.txt")


def notes() -> list[str]:
    return FILE.read_text().splitlines() if FILE.exists() else []


def main(command: str, *words: str) -> int:
    if command == "add":
        FILE.write_text("\n".join([*notes(), " ".join(words)]) + "\n")
        print(f"\x1b[32m✓\x1b[0m note {len(notes())} is kept")
    elif command == "list":
        started = time.perf_counter()
        for number, note in enumerate(notes(), 1):
            print(f"{number:>3}  {note}")
        print(f"\x1b[2m{len(notes())} notes in {time.perf_counter() - started:.4f} s\x1b[0m")
    elif command == "clear":
        if input("Remove all notes? [y/N] ") != "y":
            print("Nothing was removed.")
            return 1
        FILE.unlink()
        print("All notes are removed.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
