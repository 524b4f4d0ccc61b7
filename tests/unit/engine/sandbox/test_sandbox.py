"""What a sandboxed process cannot reach, and what it still can."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.marks import WALLS
from tests.support.paths import ROOT
from vidbuild.engine.sandbox import landlock, rlimits, seccomp
from vidbuild.engine.sandbox.sandbox import ActiveSandbox, Sandbox, describe
from vidbuild.sizes import parse_size

CANARY = "the canary sings"

BEGIN = """
import errno, json, os, signal, socket, subprocess, sys, time
sys.path.append(sys.argv[1])
from vidbuild.engine.sandbox.sandbox import Sandbox, enter

def attempt(action):
    try:
        return repr(action())
    except OSError as error:
        return errno.errorcode[error.errno]

def read(path):
    with open(path) as file:
        return file.read()

def write(path, mode="w"):
    with open(path, mode) as file:
        file.write("x")

def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr

sandbox, place = Sandbox.from_data(json.loads(sys.argv[2])), json.loads(sys.argv[3])
"""


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """A canary, a project with links to it, a session with two steps' folders, and a folder of blobs."""
    canary = tmp_path / "home" / "canary.txt"
    project, session, blobs = tmp_path / "a project", tmp_path / "cache" / "session", tmp_path / "cache" / "cas"
    for folder in (canary.parent, project, session / "1", session / "2", blobs):
        folder.mkdir(parents=True)
    canary.write_text(CANARY)
    (project / "logo.txt").write_text("a logo")
    (project / "link.txt").symlink_to(canary)
    (project / "above").symlink_to(canary.parent)
    (session / "2" / "other.txt").write_text("of another step")
    (blobs / "input").write_text("an input")
    names = {"canary": canary, "project": project, "session": session, "blobs": blobs, "home": canary.parent}
    return {name: str(path) for name, path in names.items()}


def begin(place: dict[str, str], code: str, **fields: Any) -> subprocess.Popen[str]:
    """Start Python with the code, which has a sandbox of the place."""
    sandbox = Sandbox(
        read=(place["project"],),
        keep=(place["blobs"],),
        write=(place["session"],),
        **fields,
    )
    given = [str(ROOT), json.dumps(sandbox.to_data()), json.dumps(place)]
    script = BEGIN + textwrap.dedent(code)
    return subprocess.Popen(
        [sys.executable, "-I", "-c", script, *given],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=place["session"],
        env={"CANARY": CANARY},
    )


def shut(place: dict[str, str], code: str, **fields: object) -> dict[str, str]:
    """What the code, run by Python in a sandbox of the place, put into `found`."""
    process = begin(place, f"found = {{}}\n{textwrap.dedent(code)}\nprint(json.dumps(found))", **fields)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    found: dict[str, str] = json.loads(out.splitlines()[-1])
    return found


@pytest.fixture
def canary_stands(place: dict[str, str]) -> Iterator[None]:
    """Whatever is tried, the canary is as it was, and alone."""
    yield
    assert Path(place["canary"]).read_text() == CANARY
    assert [path.name for path in Path(place["home"]).iterdir()] == ["canary.txt"]
    assert sorted(path.name for path in Path(place["project"]).iterdir()) == ["above", "link.txt", "logo.txt"]


def test_a_sandbox_is_plain_data() -> None:
    """The description of a sandbox goes through JSON and comes back the same."""
    sandbox = Sandbox(("/usr",), ("/a b",), ("/c",), ("/d",), network=True, memory=1, files=2, more_memory="more")
    assert Sandbox.from_data(json.loads(json.dumps(sandbox.to_data()))) == sandbox


@WALLS
@pytest.mark.usefixtures("canary_stands")
def test_nothing_outside_is_read(place: dict[str, str]) -> None:
    """P9: a file outside the project is out of reach by its path, a link, `..`, /proc and a tool that is started."""
    found = shut(
        place,
        """
        parent = os.getppid()
        enter(sandbox)
        found["project"] = attempt(lambda: read(place["project"] + "/logo.txt"))
        found["path"] = attempt(lambda: read(place["canary"]))
        found["link"] = attempt(lambda: read(place["project"] + "/link.txt"))
        found["above"] = attempt(lambda: read(place["project"] + "/above/canary.txt"))
        found["dots"] = attempt(lambda: read(place["project"] + "/../home/canary.txt"))
        found["list"] = attempt(lambda: os.listdir(place["home"]))
        found["users"] = attempt(lambda: read("/etc/passwd"))
        found["parent"] = attempt(lambda: read(f"/proc/{parent}/environ"))
        found["own"] = attempt(lambda: read("/proc/self/environ"))
        found["root"] = attempt(lambda: read(f"/proc/{parent}/root" + place["canary"]))
        found["tool"] = str("sings" in str(run("/bin/cat", place["canary"])))
        found["tool works"] = run("/bin/cat", place["project"] + "/logo.txt")[1]
        """,
    )
    assert found.pop("project") == "'a logo'"
    assert found.pop("tool works") == "a logo"
    assert found.pop("tool") == "False"
    assert set(found.values()) == {"EACCES"}, found


# What a step may read of the system, as SECURITY.md promises; each further path is a decision.
READABLE = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store", "/snap"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/etc/localtime"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", "/sys/devices/system/node"),
    *("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/stdout", "/dev/stderr"),
)
READABLE_ONLINE = (
    *("/etc/resolv.conf", "/run/systemd/resolve", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf"),
    *("/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/crypto-policies", "/etc/ca-certificates"),
    *("/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust"),
)
LISTED = """
tried = []
for folder in ("/", "/etc", "/etc/ssl", "/etc/pki", "/etc/pki/tls", "/run", "/run/systemd", "/var", "/var/lib", "/proc",
               "/proc/sys", "/sys", "/sys/devices", "/sys/devices/system", "/dev", "/nix", "/gnu", "/home", "/root"):
    if os.path.isdir(folder):
        tried += [os.path.join(folder, name) for name in os.listdir(folder) if not name.isdigit()]
enter(sandbox)

def opened(path):
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY))
    except OSError:
        return False
    return True

found["readable"] = [path for path in tried if opened(path)]
found["tried"] = len(tried)
"""


@WALLS
@pytest.mark.parametrize("network", [False, True])
def test_only_these_parts_of_the_system_are_read(place: dict[str, str], network: bool) -> None:
    """P9: of all that the system has, a sandboxed process opens what this test lists and the interpreter, no more."""
    found: dict[str, Any] = shut(place, LISTED, network=network)
    assert found["tried"] > 100
    allowed = [Path(path).resolve() for path in (*READABLE, *(READABLE_ONLINE if network else ()))]
    allowed += [Path(folder).resolve() for folder in (sys.prefix, sys.base_prefix, *sys.path) if folder]
    readable = {path: Path(path).resolve() for path in found["readable"]}
    surplus = [path for path, real in readable.items() if not any(real.is_relative_to(each) for each in allowed)]
    assert surplus == []
    assert "/usr" in readable
    assert ("/etc/hosts" in readable) == network


@WALLS
@pytest.mark.usefixtures("canary_stands")
def test_nothing_outside_is_written(place: dict[str, str]) -> None:
    """P9: outside the session's folder nothing is written, made, replaced or removed, whatever the way."""
    found = shut(
        place,
        """
        open("own.txt", "w").close()
        enter(sandbox)
        home, project = place["home"], place["project"]
        found["over"] = attempt(lambda: write(place["canary"]))
        found["append"] = attempt(lambda: write(place["canary"], "a"))
        found["through"] = attempt(lambda: write(project + "/link.txt"))
        found["beside"] = attempt(lambda: write(home + "/new.txt"))
        found["project"] = attempt(lambda: write(project + "/new.txt"))
        found["temp"] = attempt(lambda: write(f"/tmp/vidbuild-{os.getpid()}"))
        found["shared"] = attempt(lambda: write(f"/dev/shm/vidbuild-{os.getpid()}"))
        found["truncate"] = attempt(lambda: os.truncate(place["canary"], 0))
        found["remove"] = attempt(lambda: os.unlink(place["canary"]))
        found["rename"] = attempt(lambda: os.rename(project + "/logo.txt", project + "/other.txt"))
        found["take"] = attempt(lambda: os.rename(place["canary"], "mine.txt"))
        found["give"] = attempt(lambda: os.rename("own.txt", home + "/own.txt"))
        found["folder"] = attempt(lambda: os.mkdir(project + "/new"))
        found["symlink"] = attempt(lambda: os.symlink("x", project + "/new"))
        found["link"] = attempt(lambda: os.link("own.txt", project + "/new"))
        found["device"] = attempt(lambda: os.mknod("device", 0o60600, os.makedev(7, 0)))
        found["blob"] = attempt(lambda: write(place["blobs"] + "/input"))
        """,
    )
    # The errors for a device that root may not make, and for a link to another disk.
    assert set(found.values()) <= {"EACCES", "EXDEV", "EPERM"}, found
    assert len(found) == 17


@WALLS
def test_a_worker_can_do_its_work(place: dict[str, str]) -> None:
    """It writes its session, moves what it made among the blobs and over one that is there, and starts programs."""
    found = shut(
        place,
        """
        enter(sandbox)
        write("1/made.txt"); write("1/again.txt"); os.mkdir("1/new"); os.symlink("x", "1/link")
        os.mkdir(place["blobs"] + "/aa")
        os.rename("1/made.txt", place["blobs"] + "/aa/made")
        os.rename("1/again.txt", place["blobs"] + "/aa/made")
        os.fsync(os.open(place["blobs"] + "/aa", os.O_RDONLY))
        found["blob"] = read(place["blobs"] + "/aa/made")
        found["python"] = run(sys.executable, "-c", "import json, decimal, ctypes; print(1)")[1]
        found["null"] = attempt(lambda: write("/dev/null"))
        """,
    )
    assert found == {"blob": "x", "python": "1\n", "null": "None"}


@WALLS
@pytest.mark.usefixtures("canary_stands")
def test_a_step_sees_its_inputs_alone(place: dict[str, str]) -> None:
    """P9: a step, and what it starts, reads its inputs by name, nothing of the project, and writes its folder."""
    found = shut(
        place,
        """
        inside = enter(sandbox)
        blobs = place["blobs"]

        def step():
            found["input"] = attempt(lambda: read(blobs + "/input"))
            found["own"] = attempt(lambda: write("1/own.txt"))
            found["tool"] = run("/bin/cat", blobs + "/input")[1]
            found["no project"] = attempt(lambda: read(place["project"] + "/logo.txt"))
            found["no list"] = attempt(lambda: os.listdir(blobs))
            found["no other step"] = attempt(lambda: read("2/other.txt"))
            found["no beside"] = attempt(lambda: write("beside.txt"))
            found["no blob"] = attempt(lambda: os.rename("1/own.txt", blobs + "/mine"))
            found["no tool"] = str(run("/bin/cat", place["project"] + "/logo.txt")[0])

        inside.run(step, place["session"] + "/1")
        found["afterwards"] = attempt(lambda: read(place["project"] + "/logo.txt"))
        """,
    )
    assert found.pop("input") == "'an input'"
    assert found.pop("own") == "None"
    assert found.pop("tool") == "an input"
    assert found.pop("afterwards") == "'a logo'"
    assert found.pop("no tool") == "1"
    assert set(found.values()) <= {"EACCES", "EXDEV"}, found


@WALLS
def test_what_a_step_raises_is_raised(place: dict[str, str]) -> None:
    """That a step has a thread of its own is not seen: its error comes out, and the next step runs."""
    found = shut(
        place,
        """
        inside = enter(sandbox)
        try:
            inside.run(lambda: 1 // 0, place["session"] + "/1")
        except ZeroDivisionError as error:
            found["raised"] = str(error)
        for _ in range(40):  # the kernel stacks no more than 16 walls on one thread
            inside.run(lambda: found.update(again="yes"), place["session"] + "/1")
        """,
    )
    assert found == {"raised": "integer division or modulo by zero", "again": "yes"}


@WALLS
def test_a_step_that_is_stopped_cleans_up(place: dict[str, str]) -> None:
    """P19: if the worker is stopped, the step's thread leaves its blocks, which end what it started."""
    process = begin(
        place,
        """
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(9))
        inside = enter(sandbox)

        def step():
            try:
                print("begun", flush=True)
                while True:
                    time.sleep(0.02)
            finally:
                print("cleaned up", flush=True)

        inside.run(step, place["session"] + "/1")
        """,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60) == ("cleaned up\n", "")
    assert process.returncode == 9


NETWORK = """
enter(sandbox)
port = int(place["port"])
def socket_of(*kind):
    with socket.socket(*kind) as opened:
        return opened.fileno() > 0
found["tcp"] = attempt(lambda: socket.create_connection(("127.0.0.1", port)).close())
found["udp"] = attempt(lambda: socket_of(socket.AF_INET, socket.SOCK_DGRAM))
found["unix"] = attempt(lambda: socket_of(socket.AF_UNIX))
found["pair"] = attempt(lambda: [each.close() for each in socket.socketpair()])
"""


@WALLS
@pytest.mark.usefixtures("loopback")
@pytest.mark.skipif(not seccomp.known(), reason="this machine's system calls are not known")
def test_there_is_no_network(place: dict[str, str]) -> None:
    """P9: without a right to the network there is no socket of any kind, and a server is not even reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place["port"] = str(server.getsockname()[1])
        assert set(shut(place, NETWORK).values()) == {"EACCES"}
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


@WALLS
@pytest.mark.usefixtures("loopback")
def test_there_is_network_where_it_is_needed(place: dict[str, str]) -> None:
    """A worker of steps that need the network has it, and what certificates and names are looked up in."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place["port"] = str(server.getsockname()[1])
        code = f"{NETWORK}\nfound['hosts'] = attempt(lambda: len(read('/etc/hosts')) > 0)"
        found = shut(place, code, network=True)
        assert found == {"tcp": "None", "udp": "True", "unix": "True", "pair": "[None, None]", "hosts": "True"}
        server.accept()[0].close()


@WALLS
@pytest.mark.usefixtures("loopback")
@pytest.mark.skipif(landlock.abi() < landlock.TCP_SINCE, reason="this kernel's Landlock knows no TCP")
def test_tcp_is_forbidden_by_landlock_as_well(place: dict[str, str]) -> None:
    """P9: without seccomp, TCP at least is closed."""
    code = """
    from vidbuild.engine.sandbox import seccomp
    seccomp.known = lambda: False
    enter(sandbox)
    found["tcp"] = attempt(lambda: socket.create_connection(("127.0.0.1", int(place["port"]))).close())
    found["bind"] = attempt(lambda: socket.create_server(("127.0.0.1", 0)).close())
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        place["port"] = str(server.getsockname()[1])
        assert set(shut(place, code).values()) == {"EACCES"}


@WALLS
def test_no_other_process_is_reached(place: dict[str, str]) -> None:
    """P9: who is shut in neither signals nor traces anybody outside, but what it started it can end."""
    found = shut(
        place,
        """
        import ctypes
        parent = os.getppid()
        enter(sandbox)
        found["signal"] = attempt(lambda: os.kill(parent, 0))
        trace = ctypes.CDLL(None, use_errno=True).ptrace
        trace(16, parent, None, None)
        found["trace"] = errno.errorcode[ctypes.get_errno()]
        child = subprocess.Popen(["/bin/sleep", "60"])
        child.kill()
        found["child"] = str(child.wait())
        """,
    )
    assert found["trace"] in {"EACCES", "EPERM"}
    assert found["child"] == "-9"
    if landlock.abi() >= landlock.SCOPES_SINCE:
        assert found["signal"] == "EPERM"


def test_limits_hold_for_what_is_started_too(place: dict[str, str]) -> None:
    """P31: memory, files' size, their number and core dumps are limited, also in a child, and for good."""
    found = shut(
        place,
        """
        import resource
        enter(sandbox)

        def fill(path):
            with open(path, "wb") as file:
                while True:
                    file.write(bytes(1 << 18))
                    file.flush()

        def take():
            try:
                return len(bytearray(200 << 20))
            except MemoryError:
                return "no memory"

        taking = "import sys\\ntry: bytearray(200 << 20)\\nexcept MemoryError: print('no memory')"
        found["file"] = attempt(lambda: fill("large"))
        found["size"] = str(os.path.getsize("large"))
        found["child's file"] = str(run("/bin/dd", "if=/dev/zero", "of=larger", "bs=1M", "count=3")[0])
        found["child's size"] = str(os.path.getsize("larger"))
        if sys.platform == "linux":
            found["memory"] = take()
            found["child's memory"] = run(sys.executable, "-c", taking)[1].strip()
        found["open"] = attempt(lambda: [os.dup(0) for _ in range(200)])
        found["core"] = str(resource.getrlimit(resource.RLIMIT_CORE))
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
            found["raised"] = "yes"
        except (OSError, ValueError):
            found["raised"] = "no"
        """,
        memory=100 << 20,
        file_bytes=1 << 20,
        files=100,
    )
    expected = {
        "file": "EFBIG",
        "size": str(1 << 20),
        "child's file": str(-signal.SIGXFSZ),
        "child's size": str(1 << 20),
        "memory": "no memory",
        "child's memory": "no memory",
        "open": "EMFILE",
        "core": "(0, 0)",
        "raised": "no",
    }
    assert found == (expected if sys.platform == "linux" else {**found, "file": "EFBIG", "raised": "no"})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts a user's processes so")
def test_a_fork_bomb_is_stopped(place: dict[str, str]) -> None:
    """P31: endless forks are stopped by the limit of processes (of which only root has none)."""
    code = """
    from vidbuild.engine.sandbox import landlock, rlimits, seccomp  # which the other user may not read
    if os.getuid() == 0:
        os.setgroups([]); os.setgid(54321); os.setuid(54321)
    enter(sandbox)
    children = []
    def bomb():
        while len(children) < 3000:
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
    found["end"] = attempt(bomb)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    """
    place["session"] = "/"  # a folder that the other user has, too
    assert shut(place, code, processes=20) == {"end": "EAGAIN"}


@WALLS
@pytest.mark.parametrize("version", range(1, landlock.abi() + 1))
def test_every_version_of_landlock_shuts_in(place: dict[str, str], version: int) -> None:
    """P9: each version keeps files outside out of reach; moving to another folder takes the second."""
    found = shut(
        place,
        f"""
        from vidbuild.engine.sandbox.landlock import Access, restrict
        rules = {{Access.RUN: ["/usr", "/lib", "/lib64", "/not/there"], Access.WRITE: [place["session"]]}}
        restrict(rules, tcp=False, version={version})
        write("1/new.txt")
        found["read"] = attempt(lambda: read(place["canary"]))
        found["write"] = attempt(lambda: write(place["project"] + "/new"))
        found["move"] = attempt(lambda: os.rename("1/new.txt", "2/new.txt"))
        """,
    )
    assert found == {"read": "EACCES", "write": "EACCES", "move": "EXDEV" if version == 1 else "None"}


@WALLS
def test_the_first_version_shuts_in_the_step_alone(place: dict[str, str]) -> None:
    """P9: where a worker that is shut in could not add blobs, what it runs is shut in nevertheless."""
    found = shut(
        place,
        """
        from vidbuild.engine.sandbox import landlock
        restrict = landlock.restrict
        landlock.abi = lambda: 1
        landlock.restrict = lambda rules, tcp: restrict(rules, tcp=tcp, version=1)
        inside = enter(sandbox)
        inside.run(
            lambda: found.update(step=attempt(lambda: read(place["canary"])), own=attempt(lambda: write("1/own.txt"))),
            place["session"] + "/1",
        )
        found["move"] = attempt(lambda: os.rename("1/own.txt", place["blobs"] + "/own"))
        """,
    )
    assert found == {"step": "EACCES", "own": "None", "move": "None"}


@pytest.mark.skipif(not seccomp.known(), reason="this is done by seccomp")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSYS, "has no Landlock"),
        (errno.EOPNOTSUPP, "Landlock is turned off in this kernel"),
        (errno.EPERM, "Landlock may not be used here: operation not permitted"),
    ],
)
def test_without_landlock_steps_run(place: dict[str, str], code: int, words: str) -> None:
    """If the kernel has no Landlock, or forbids it, the reason is returned, and steps run without it."""
    found = shut(
        place,
        f"""
        from vidbuild.engine.sandbox import sandbox as module, seccomp
        seccomp.forbid([444], {code})
        inside = enter(sandbox)
        found["why"], found["described"] = module.missing(), module.describe()
        inside.run(lambda: found.update(read=read(place["canary"])), place["session"] + "/1")
        found["socket"] = attempt(socket.socket)
        """,
    )
    assert words in found["why"]
    assert (found["described"], found["read"], found["socket"]) == ("", CANARY, "EACCES")


@WALLS
def test_a_sandbox_describes_itself() -> None:
    """The restrictions that are in force have readable names."""
    assert describe().startswith(f"Landlock {landlock.abi()}: files")
    assert ("network" in describe()) == seccomp.known()


@WALLS
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has such rights")
def test_root_keeps_no_right_but_to_files(place: dict[str, str]) -> None:
    """P9: in a container's root, too, a worker cannot mount, set the clock, or become somebody else."""
    found = shut(
        place,
        """
        enter(sandbox)
        found["user"] = attempt(lambda: os.setuid(1))
        found["clock"] = attempt(lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))
        found["root"] = attempt(lambda: os.chroot(place["session"]))
        found["child"] = run(sys.executable, "-c", "import os\\ntry: os.setuid(1)\\nexcept OSError: print('no')")[1]
        """,
    )
    assert found == {"user": "EPERM", "clock": "EPERM", "root": "EPERM", "child": "no\n"}


@WALLS
def test_rights_to_files_are_kept(place: dict[str, str]) -> None:
    """In a container's root, a worker keeps the rights to read, write and change files of others, and no more."""
    found = shut(
        place,
        """
        status = open("/proc/self/status")
        rights = lambda: next(int(line.split()[1], 16) for line in status.read().splitlines() if "CapEff" in line)
        found["before"] = rights()
        status.seek(0)
        enter(sandbox)
        found["after"] = rights()
        """,
    )
    files = 1 << 1 | 1 << 2 | 1 << 3  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
    assert int(found["after"]) == int(found["before"]) & files


@WALLS
def test_a_pipe_among_the_files_is_not_waited_for(place: dict[str, str]) -> None:
    """A named pipe that may be read is not opened for it, which would wait for its other end."""
    found = shut(
        place,
        """
        from dataclasses import replace
        pipe = place["session"] + "/pipe"
        os.mkfifo(pipe)
        signal.alarm(10)
        enter(replace(sandbox, read=(*sandbox.read, pipe)))
        found["project"] = attempt(lambda: read(place["project"] + "/logo.txt"))
        """,
    )
    assert found == {"project": "'a logo'"}


def test_other_systems_have_no_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system other than Linux, the reason names it, and no version is reported."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert landlock.missing.__wrapped__() == "darwin has no Landlock"
    assert landlock.abi.__wrapped__() == 0


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (1, "1"), (1000, "1000"), (1023, "1023"), (1024, "1K"), (1536, "1536"), (3 << 20, "3M"),
        (1025 << 10, "1025K"), (8 << 30, "8G"), (1 << 40, "1T"), (2048 << 40, "2048T"),
    ],
)  # fmt: skip
def test_sizes_are_written_with_the_largest_unit_that_divides_them(number: int, text: str) -> None:
    """A limit in a message is a whole number with the largest unit, as the options of the command accept it."""
    assert rlimits.size(number) == text
    assert parse_size(text) == number


def test_the_tasks_of_the_system_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of tasks is the second of `/proc/loadavg`'s fourth field; without it, more than a system has."""
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"0.20 0.18 0.12 1/1234 11206\n")
    assert rlimits._tasks() == 1234
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"odd")
    assert rlimits._tasks() == 65_536


@pytest.mark.parametrize(
    ("error", "limited"),
    [
        (MemoryError(), "memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "memory"),
        (RuntimeError("can't start new thread"), "memory"),
        (OSError(errno.EFBIG, "File too large"), "files"),
        (OSError(errno.ENOSPC, "No space left on device"), ""),
        (ValueError("odd"), ""),
    ],
    ids=repr,
)
def test_the_limit_that_caused_an_error_is_named(error: Exception, limited: str) -> None:
    """P31: an error, or what caused it, names the limit and how to raise it, unless there is no limit."""
    expected = {
        "memory": ("out of memory: the limit is 2G", "more"),
        "files": ("file too large: the limit is 3M", "larger"),
        "": None,
    }[limited]
    limits = Sandbox(memory=2 << 30, file_bytes=3 << 20, more_memory="more", larger_files="larger")
    outer = ValueError("outer")
    outer.__cause__ = error
    for raised in (error, outer):
        assert ActiveSandbox(limits).limit(raised) == expected
        assert ActiveSandbox(Sandbox()).limit(raised) is None
