"""Finding, identifying and running ffmpeg, with the real one and with fakes that misbehave."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.render_lab import ENV, fake_ffmpeg
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import binary, ffmpeg, limits, process


def gone(pid: int) -> bool:
    """Return whether a process has ended; a zombie has ended too."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True
    return state in "ZX"


def soon(check: object, seconds: float = 10) -> bool:
    """Wait until a check holds."""
    assert callable(check)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Put a program with this body in ffmpeg's place."""

    def put(body: str) -> Path:
        path = fake_ffmpeg(tmp_path / "fake-ffmpeg", body)
        monkeypatch.setenv(ffmpeg.VARIABLE, str(path))
        return path

    return put


def start(tmp_path: Path, *args: str, timeout: float = 20) -> ffmpeg.CompletedRun:
    """Run ffmpeg for nothing in particular."""
    return ffmpeg.run(args, cwd=tmp_path, env=ENV, timeout=timeout, what="render the scene")


def test_the_wheels_binary_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a choice of the user's, the binary inside imageio-ffmpeg's wheel is used."""
    monkeypatch.delenv(ffmpeg.VARIABLE, raising=False)
    assert "imageio_ffmpeg/binaries" in ffmpeg.executable().as_posix()


def test_the_users_choice_wins(fake: object) -> None:
    """$VIDBUILD_FFMPEG is used when it names a program."""
    assert callable(fake)
    path = fake("")
    assert ffmpeg.executable() == path


def test_a_choice_that_is_no_program_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A $VIDBUILD_FFMPEG that names nothing is an error, never a silent fall back to another ffmpeg."""
    monkeypatch.setenv(ffmpeg.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(StepError, match=r"\$VIDBUILD_FFMPEG: '.*nowhere' is not a program"):
        ffmpeg.executable()


def test_a_missing_ffmpeg_has_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel the error names the command that installs it, although an ffmpeg may be on the PATH."""
    monkeypatch.delenv(ffmpeg.VARIABLE, raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(StepError, match="ffmpeg not found") as caught:
        ffmpeg.executable()
    assert caught.value.hint is not None
    assert "pip install imageio-ffmpeg" in caught.value.hint


def test_importing_starts_and_loads_nothing_heavy() -> None:
    """P46: neither importing the runner nor finding the binary loads imageio_ffmpeg or ffmpeg-python."""
    code = (
        "import sys; from vidbuild.media.ffmpeg import ffmpeg; ffmpeg.executable();"
        "print([name for name in ('imageio_ffmpeg', 'ffmpeg', 'PIL', 'asyncio') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_identity_has_version_and_configuration() -> None:
    """The identity is readable, and stands for all of the output of `-version`."""
    result = ffmpeg.identity()
    assert result.startswith("ffmpeg ")
    assert len(result.split(" sha256:")[1]) == 64
    assert result == ffmpeg.identity()


def test_identity_changes_with_the_configuration(fake: object) -> None:
    """P5: the same version built otherwise has another identity."""
    assert callable(fake)
    fake("print('ffmpeg version 9 Copyright'); print('configuration: --enable-a')")
    one = ffmpeg.identity()
    fake("print('ffmpeg version 9 Copyright'); print('configuration: --enable-b')")
    other = ffmpeg.identity()
    assert one != other
    assert one.split()[:2] == other.split()[:2] == ["ffmpeg", "9"]


def test_a_program_that_is_not_ffmpeg_has_no_identity(fake: object) -> None:
    """Another program in ffmpeg's place is an error at once, not a strange failure later."""
    assert callable(fake)
    fake("print('magick 7')")
    with pytest.raises(StepError, match="is not ffmpeg"):
        ffmpeg.identity()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("time.sleep(60)", "it did not print its version within 0.5 s"),
        ("sys.exit(4)", "it ended with exit code 4"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "it was ended by SIGSEGV"),
        ("while True: print('ffmpeg version 9')", "it wrote more than 1048576 bytes"),
    ],
)
def test_a_tool_without_a_version_is_an_error(
    fake: object, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    """V19: a tool that hangs, ends or floods when it is run for its version."""
    assert callable(fake)
    fake(body)
    monkeypatch.setattr(binary, "VERSION_SECONDS", 0.5 if "sleep" in body else 60)
    with pytest.raises(StepError, match=f"ffmpeg could not be started: {words}"):
        ffmpeg.identity()


def test_a_program_that_cannot_start_is_explained(fake: object, tmp_path: Path) -> None:
    """A binary for another machine gives a message with the system's reason."""
    assert callable(fake)
    path = fake("")
    path.write_bytes(b"\x7fELF but not for here")
    with pytest.raises(StepError, match="ffmpeg could not be started"):
        start(tmp_path)


def test_a_failure_carries_meaning_command_and_log(tmp_path: Path) -> None:
    """A failed run explains the error in words, and keeps the exact command and the end of ffmpeg's log."""
    with pytest.raises(StepError) as caught:
        start(tmp_path, "-i", "missing.png", "out.png")
    failure = caught.value.failure
    assert failure.message == "ffmpeg could not render the scene: file not found"
    assert failure.command[0] == str(ffmpeg.executable())
    assert failure.command[-3:] == ("-i", "missing.png", "out.png")
    assert "-nostdin" in failure.command
    assert any("missing.png" in line for line in failure.log)
    assert not any("0x" in line for line in failure.log)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("[out#0] Error writing trailer: No space left on device", "the disk is full"),
        ("Unknown encoder 'libx264'", "this ffmpeg has no encoder 'libx264'"),
        ("No such filter: 'overlay'", "this ffmpeg has no filter 'overlay'"),
        ("Unrecognized option 'fps_mode'.", "this ffmpeg rejects an option as unknown"),
        ("moov atom not found", "the file is truncated: its index is missing"),
        (
            "[fc#0] Failed to configure input pad on Parsed_overlay_38\nError: Cannot allocate memory",
            "filter 'Parsed_overlay_38' cannot be set up",
        ),
        ("Cannot allocate memory", "out of memory"),
        ("Protocol 'http' not on whitelist 'file,pipe'!", "the file refers to other files or is a playlist"),
        ("Stream map '0:v' matches no streams.", "the file has no such video or audio stream"),
        ("something unheard of", "it ended with exit code 3"),
    ],
)
def test_common_errors_in_plain_words(fake: object, tmp_path: Path, line: str, meaning: str) -> None:
    """Common messages of ffmpeg are explained; others are reported with the exit code."""
    assert callable(fake)
    fake(f"print({line!r}, file=sys.stderr); sys.exit(3)")
    with pytest.raises(StepError, match="ffmpeg could not render the scene") as caught:
        start(tmp_path)
    assert caught.value.message.endswith(meaning)


def test_a_killed_ffmpeg_is_named_as_such(fake: object, tmp_path: Path) -> None:
    """If the kernel kills ffmpeg because memory ran out, the message names that."""
    assert callable(fake)
    fake("os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(StepError, match="ended by SIGKILL, possibly out of memory") as caught:
        start(tmp_path)
    assert caught.value.failure.transient


@pytest.mark.parametrize(("number", "name"), [(signal.SIGSEGV, "SIGSEGV"), (40, "signal 40")])
def test_a_crashed_ffmpeg_is_not_retried(fake: object, tmp_path: Path, number: int, name: str) -> None:
    """A crash would repeat, so it is final; signals without a name are reported by number."""
    assert callable(fake)
    fake(f"os.kill(os.getpid(), {int(number)})")
    with pytest.raises(StepError, match=f"ffmpeg could not render the scene: it was ended by {name}") as caught:
        start(tmp_path)
    assert not caught.value.failure.transient


@pytest.mark.parametrize("words", ["No space left on device", "Cannot allocate memory", "Too many open files"])
def test_transient_errors_are_marked(fake: object, tmp_path: Path, words: str) -> None:
    """A full disk or lack of memory may end soon; all other errors of ffmpeg are final."""
    assert callable(fake)
    fake(f"print('av_write: {words}', file=sys.stderr); sys.exit(1)")
    with pytest.raises(StepError) as caught:
        start(tmp_path)
    assert caught.value.failure.transient
    fake("print('Invalid data found when processing input', file=sys.stderr); sys.exit(1)")
    with pytest.raises(StepError) as caught:
        start(tmp_path)
    assert not caught.value.failure.transient


def test_binary_garbage_is_made_readable(fake: object, tmp_path: Path) -> None:
    """V19: bytes that are no text, and codes that would move a terminal's cursor, are not passed on."""
    assert callable(fake)
    fake("sys.stderr.buffer.write(b'\\x1b[2J\\x00\\xff' + bytes(range(256)) * 999); sys.exit(1)")
    with pytest.raises(StepError) as caught:
        start(tmp_path)
    log = caught.value.failure.log
    assert log
    assert all(line.isprintable() for line in log)
    assert sum(map(len, log)) <= ffmpeg.ERROR_LINES * ffmpeg.ERROR_LINE_LENGTH


def test_too_much_output_is_refused(fake: object, tmp_path: Path) -> None:
    """V19: what is captured is bounded: a flood of output is an error, and the tool is ended."""
    assert callable(fake)
    fake("print('here', file=sys.stderr, flush=True)\nwhile True: sys.stdout.write('z' * 100_000)")
    with pytest.raises(StepError, match="ffmpeg could not look: it wrote more than 1000000 bytes") as caught:
        ffmpeg.capture([], cwd=tmp_path, env=ENV, timeout=60, what="look", max_bytes=1_000_000)
    assert caught.value.failure.log == ("here",)


@pytest.mark.parametrize(
    "said", ["", "frame=\\n", "frame=99999999999999999999999\\n", "frame=-1\\nframe=x\\n", "=\\n" * 99]
)
def test_progress_that_is_none_is_left_out(fake: object, tmp_path: Path, said: str) -> None:
    """Nothing, or rubbish, in the place of progress is no progress and no error; the exit code decides."""
    assert callable(fake)
    fake(f"sys.stdout.write('{said}')")
    result: list[int] = []
    assert ffmpeg.run([], cwd=tmp_path, env=ENV, timeout=20, what="count", progress=result.append).code == 0
    assert result == []


def test_progress_comes_in_any_pieces(fake: object, tmp_path: Path) -> None:
    """A line that arrives in two pieces is one."""
    assert callable(fake)
    fake("for part in ('fra', 'me=1', '2\\nframe=', '30\\n'): os.write(1, part.encode()); time.sleep(0.02)")
    result: list[int] = []
    ffmpeg.run([], cwd=tmp_path, env=ENV, timeout=20, what="count", progress=result.append)
    assert result == [12, 30]


def test_much_stderr_does_not_deadlock(fake: object, tmp_path: Path) -> None:
    """V19: megabytes on stderr, some without line ends, are drained while it runs, and only both ends are kept."""
    assert callable(fake)
    fake("for n in range(30000): print(f'line {n} ' + 40 * 'x', file=sys.stderr)\nsys.stderr.write('y' * 5_000_000)")
    finished = start(tmp_path)
    assert len(finished.log) == ffmpeg.HEAD_LINES + ffmpeg.TAIL_LINES + 1
    assert finished.log[0].startswith("line 0 ")
    assert finished.log[-2].startswith("line 29999 ")
    assert max(len(line) for line in finished.log) <= process.LINE_BYTES


def test_much_stdout_does_not_deadlock(fake: object, tmp_path: Path) -> None:
    """V19: output that no caller reads is drained as well."""
    assert callable(fake)
    fake("sys.stdout.write('y' * 5_000_000)")
    assert start(tmp_path).code == 0


def test_captured_output_is_whole(fake: object, tmp_path: Path) -> None:
    """What is captured is every byte of stdout, apart from the log."""
    assert callable(fake)
    fake("sys.stdout.write('z' * 3_000_000); sys.stderr.write('log\\n')")
    finished = ffmpeg.capture([], cwd=tmp_path, env=ENV, timeout=20, what="look")
    assert finished.output == b"z" * 3_000_000
    assert finished.log == ("log",)


def test_a_failed_capture_has_its_code(fake: object, tmp_path: Path) -> None:
    """With check=False a failure shows in the exit code, for callers to whom it is an answer."""
    assert callable(fake)
    fake("print('half'); sys.exit(1)")
    finished = ffmpeg.capture([], cwd=tmp_path, env=ENV, timeout=20, what="look", check=False)
    assert (finished.code, finished.output) == (1, b"half\n")
    with pytest.raises(StepError, match="could not look"):
        ffmpeg.capture([], cwd=tmp_path, env=ENV, timeout=20, what="look")


def test_a_timeout_ends_the_whole_group(fake: object, tmp_path: Path) -> None:
    """P19: a run that takes too long is stopped with all its children, and the message has the limit."""
    assert callable(fake)
    fake(
        "child = os.fork()\n"
        "if child: open('pids', 'w').write(f'{os.getpid()} {child}')\n"
        "print('working', file=sys.stderr, flush=True)\n"
        "time.sleep(60)"
    )
    began = time.monotonic()
    with pytest.raises(StepError, match=r"could not render the scene within 1\.5 s and was stopped") as caught:
        start(tmp_path, timeout=1.5)
    assert time.monotonic() - began < 15
    assert set(caught.value.failure.log) == {"working"}
    pids = [int(pid) for pid in (tmp_path / "pids").read_text(encoding="ascii").split()]
    assert all(soon(lambda pid=pid: gone(pid)) for pid in pids)


def test_an_interrupt_ends_the_whole_group(fake: object, tmp_path: Path) -> None:
    """P19: Ctrl-C while ffmpeg runs leaves nothing running."""
    assert callable(fake)
    fake("open('pid', 'w').write(str(os.getpid())); time.sleep(60)")
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> None:
        assert soon(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(encoding="ascii"))
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        start(tmp_path)
    assert soon(lambda: gone(int((tmp_path / "pid").read_text(encoding="ascii"))))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_ffmpeg_dies_with_a_killed_worker(fake: object, tmp_path: Path) -> None:
    """P19: kill -9 of the worker leaves no ffmpeg behind."""
    assert callable(fake)
    fake("open('pid', 'w').write(str(os.getpid())); time.sleep(60)")
    code = (
        "from pathlib import Path; from vidbuild.media.ffmpeg import ffmpeg;"
        f"ffmpeg.run([], cwd=Path({str(tmp_path)!r}), env={{}}, timeout=60, what='wait')"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as worker:
        assert soon(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(encoding="ascii"))
        pid = int((tmp_path / "pid").read_text(encoding="ascii"))
        assert not gone(pid)
        worker.kill()
    assert soon(lambda: gone(pid))


def test_arguments_never_meet_a_shell(tmp_path: Path) -> None:
    """V18: an argument with a shell's and a filter graph's own characters is one argument and nothing else."""
    nasty = "a;touch pwned;'$(touch pwned)' [0:v] `touch pwned`\n%d.png"
    with pytest.raises(StepError) as caught:
        start(tmp_path, "-i", nasty, "out.png")
    assert nasty in caught.value.failure.command
    assert list(tmp_path.iterdir()) == []


def test_progress_is_reported_in_frames(tmp_path: Path) -> None:
    """Progress rises to the last frame."""
    result: list[int] = []
    args = ["-f", "lavfi", "-i", "testsrc=s=64x36", "-frames:v", "50", "-f", "null", "-"]
    ffmpeg.run(args, cwd=tmp_path, env=ENV, timeout=30, what="count", progress=result.append)
    assert result == sorted(result)
    assert result[-1] == 50


def test_only_the_given_environment_is_seen(fake: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P9: a variable of the user's does not reach ffmpeg unless the step was given it."""
    assert callable(fake)
    monkeypatch.setenv("SECRET", "canary")
    fake("print(os.environ.get('SECRET'), os.environ.get('GIVEN'), os.getcwd())")
    finished = ffmpeg.capture([], cwd=tmp_path, env={"GIVEN": "yes"}, timeout=20, what="look")
    assert finished.output.decode().split() == ["None", "yes", str(tmp_path)]


def test_a_users_file_is_opened_behind_walls() -> None:
    """V26: a user's media is read from that one file: no network, no playlist, and no name is taken for an option."""
    args = ffmpeg.untrusted_input(Path("/project/-odd:name%d.mp4"), "-ss", "1")
    assert args[-2:] == ["-i", "file:/project/-odd:name%d.mp4"]
    assert args[args.index("-protocol_whitelist") + 1] == "file,pipe"
    formats = args[args.index("-format_whitelist") + 1].split(",")
    assert not {"hls", "concat", "dash", "image2", "lavfi"} & set(formats)
    assert args[args.index("-max_streams") + 1] == str(limits.STREAMS)
    assert args[args.index("-max_pixels") + 1] == str(limits.CLIP_PIXELS)


def test_the_memory_of_frames_returns_to_the_system(fake: Callable[[str], Path], tmp_path: Path) -> None:
    """Frames are allocated outside the heap, and no thread keeps a heap of its own, unless the step says otherwise."""
    fake("open('seen', 'w').write(os.environ['MALLOC_ARENA_MAX'] + ' ' + os.environ['MALLOC_MMAP_THRESHOLD_'])")
    start(tmp_path)
    arenas, threshold = (tmp_path / "seen").read_text(encoding="utf-8").split()
    assert arenas == "1"
    assert int(threshold) < 640 * 360 * 3
