"""The fixtures that keep tests away from the real network and the real cache."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.guard import guard
from tests.support.paths import ROOT, TESTS


def forget() -> None:
    """Forget what was noted: the test meant to do it."""
    Path(os.environ[guard.TOUCHED]).unlink()


def test_a_connection_to_the_world_raises() -> None:
    """A test that connects to a real address gets an error instead of a connection."""
    with socket.socket() as plug, pytest.raises(guard.RealWorldError, match=r"192\.0\.2\.1"):
        plug.connect(("192.0.2.1", 80))
    forget()


def test_a_name_is_not_looked_up() -> None:
    """A test that resolves a host name gets an error before any resolver is asked."""
    with pytest.raises(guard.RealWorldError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)
    forget()


def test_loopback_must_be_requested() -> None:
    """Without the loopback fixture even this machine's own addresses raise."""
    with socket.socket() as plug, pytest.raises(guard.RealWorldError, match=r"127\.0\.0\.1"):
        plug.bind(("127.0.0.1", 0))
    forget()


@pytest.mark.usefixtures("loopback")
def test_loopback_works_if_requested() -> None:
    """With the loopback fixture a server on 127.0.0.1 is reached, and other addresses still are not."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []

        def listen() -> None:
            with server.accept()[0] as plug:
                heard.append(plug.recv(5))

        thread = threading.Thread(target=listen)
        thread.start()
        with socket.create_connection(server.getsockname()) as plug:
            plug.sendall(b"hello")
        thread.join(10)
    assert heard == [b"hello"]
    with socket.socket() as plug, pytest.raises(guard.RealWorldError):
        plug.connect(("192.0.2.1", 80))
    forget()


def test_a_child_process_is_guarded_too() -> None:
    """A Python that a test starts raises as well, and the test that started it fails."""
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "RealWorldError" in done.stderr
    assert guard.touched() == ["socket.getaddrinfo: 192.0.2.1"]
    forget()


def test_the_users_cache_raises() -> None:
    """Reading, listing and writing below the user's own cache raise, whether it exists or not."""
    cache = ROOT / ".vidbuild"
    for name in ("open", "listdir", "mkdir"):
        with pytest.raises(guard.RealWorldError, match="vidbuild"):
            getattr(os, name)(cache, *[os.O_RDONLY] * (name == "open"))
    with pytest.raises(guard.RealWorldError, match="vidbuild"):
        (cache / "v1" / "x").write_text("x", encoding="utf-8")
    forget()


def test_the_cache_variable_is_unset() -> None:
    """A cache that the user named in the environment is not handed on to the code under test."""
    assert "VIDBUILD_CACHE" not in os.environ


def test_a_swallowed_error_fails_the_test(hiding_test: Path) -> None:
    """Code that swallows the error does not hide it: the test fails at its end."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(hiding_test)],
        capture_output=True,
        text=True,
        check=False,
        cwd=hiding_test.parent,
    )
    assert done.returncode == 1, done.stdout
    assert "reached for the real world: socket.connect: 192.0.2.1" in done.stdout


@pytest.fixture
def hiding_test(tmp_path: Path) -> Path:
    """A test file that hides its connection, under this project's conftest."""
    conftest = TESTS / "conftest.py"
    (tmp_path / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "import importlib.util\n"
        f"spec = importlib.util.spec_from_file_location('outer', {str(conftest)!r})\n"
        "outer = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(outer)\n"
        "own_world = outer.own_world\n",
        encoding="utf-8",
    )
    test = tmp_path / "test_hidden.py"
    test.write_text(
        "import socket\n\n\ndef test_hidden():\n    try:\n"
        "        socket.socket().connect(('192.0.2.1', 80))\n    except Exception:\n        pass\n",
        encoding="utf-8",
    )
    return test
