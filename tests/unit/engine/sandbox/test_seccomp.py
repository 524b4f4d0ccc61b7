"""The numbers of forbidden system calls, which no test on one machine can try for another."""

from __future__ import annotations

import os

import pytest

from vidbuild.engine.sandbox import seccomp

# From the kernel's headers: arch/x86 (64 bits), and the generic table, which aarch64 uses.
KERNEL = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "ptrace": (101, 117),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "io_uring_setup": (425, 425),
    "pidfd_getfd": (438, 438),
}


def test_the_numbers_are_those_of_the_kernel() -> None:
    """P9: each forbidden call has the number of its architecture, and no call is left out."""
    assert {**seccomp.SOCKETS, **seccomp.FOREIGN} == KERNEL


@pytest.mark.parametrize(("machine", "column"), [("x86_64", 0), ("aarch64", 1)])
def test_the_machine_decides(machine: str, column: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers are those of the machine that the kernel names; another machine's are unknown."""
    names = os.uname()
    monkeypatch.setattr(os, "uname", lambda: os.uname_result((*names[:4], machine)))
    assert seccomp.known()
    assert seccomp.numbers(seccomp.SOCKETS) == [KERNEL[name][column] for name in ("socket", "socketpair")]
    monkeypatch.setattr(os, "uname", lambda: os.uname_result((*names[:4], "riscv64")))
    assert not seccomp.known()
