"""The child that reads a PDF gives up what it does not need, by the kernel's own means: no new privileges (prctl), no
files beyond our own modules (Landlock, Linux 5.13), no network, no other programs, no look into other processes
(seccomp). What the kernel does not have is left out, and `Confinement` says so.

Numbers and structures are those of Linux's headers: linux/prctl.h, linux/landlock.h, linux/seccomp.h, linux/filter.h,
linux/audit.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE, _PR_SET_SECCOMP = 38, 4, 22
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_CREATE, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION = 1  # a flag: asks which version of Landlock the kernel has
_LANDLOCK_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}  # of files, by version; the newest is kept
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")  # what modules in C are linked with
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000  # x86_64 has a second table of system calls behind this bit

# System calls by machine: those that reach out of the process.
_REFUSED = {
    "x86_64": {
        "socket": 41, "connect": 42, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50, "socketpair": 53,
        "execve": 59, "execveat": 322, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311,
        "kill": 62, "tkill": 200, "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438,
        "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308,
        "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "keyctl": 250, "add_key": 248, "request_key": 249,
        "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_by_handle_at": 304,
        "init_module": 175, "finit_module": 313, "kexec_load": 246, "shmget": 29, "msgget": 68, "semget": 64,
    },
    "aarch64": {
        "socket": 198, "connect": 203, "sendto": 206, "sendmsg": 211, "bind": 200, "listen": 201, "socketpair": 199,
        "execve": 221, "execveat": 281, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271,
        "kill": 129, "tkill": 130, "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438,
        "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268,
        "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "keyctl": 219, "add_key": 217, "request_key": 218,
        "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_by_handle_at": 265,
        "init_module": 105, "finit_module": 273, "kexec_load": 104, "shmget": 194, "msgget": 186, "semget": 190,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds for a process."""

    no_new_privileges: bool = False
    files: bool = False  # Landlock: nothing is written, nothing but our own modules is read
    system_calls: bool = False  # seccomp: no network, no other programs, no other processes

    @property
    def missing(self) -> list[str]:
        """What does not hold, in words."""
        parts = {
            "no new privileges": self.no_new_privileges,
            "files (Landlock)": self.files,
            "network and programs (seccomp)": self.system_calls,
        }
        return [name for name, holds in parts.items() if not holds]


def confine() -> Confinement:
    """Confine this process for good. Never fails: what can't be had is missing in what it gives."""
    if sys.platform != "linux":
        return Confinement()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return Confinement()
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return Confinement(True, _restrict_files(libc, _readable()), _filter_calls(libc))


def _readable() -> list[Path]:
    """Where modules are imported from while the process works: Python's, and ours. Not the whole of `sys.path`: the
    folder that Broadsheet runs in is there, with its database and secrets."""
    packages = [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    roots = {Path(sys.base_prefix), Path(sys.prefix), Path(__file__).parents[2], *packages, *map(Path, _LIBRARIES)}
    return sorted({root.resolve() for root in roots if root.exists() and root.resolve() != Path("/")})


def _restrict_files(libc: ctypes.CDLL, readable: Sequence[Path]) -> bool:
    """Landlock: reading below these paths is all that is left."""
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return False
    handled = _RIGHTS[min(version, max(_RIGHTS))]
    attributes = struct.pack("=Q", handled)
    ruleset = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow_reading(libc, ruleset, path)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow_reading(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    """A rule that can't be made leaves a path unreadable, which at worst fails an import."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
        rule = struct.pack("=Qi", rights, descriptor)
        libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


def _filter_calls(libc: ctypes.CDLL) -> bool:
    """seccomp: the refused calls end in EPERM; those of another architecture's table, too."""
    machine = os.uname().machine
    if machine not in _REFUSED:
        return False
    program = filter_program(machine)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0) == 0)


def give_up_first() -> None:
    """Ask the kernel to end this process before any other one where memory runs out."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def filter_program(machine: str) -> bytes:
    """The filter in the classic BPF of the kernel: instructions of 8 bytes (code, jump if true, if false, value)."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    numbers = sorted(set(_REFUSED[machine].values()))
    refuse = _ERRNO | errno.EPERM
    code = [(load, 0, 0, 4), (equal, 1, 0, _AUDIT_ARCH[machine]), (answer, 0, 0, refuse), (load, 0, 0, 0)]
    if machine == "x86_64":
        code += [(at_least, 0, 1, _X32), (answer, 0, 0, refuse)]
    for index, number in enumerate(numbers):
        code.append((equal, len(numbers) - index, 0, number))
    code += [(answer, 0, 0, _ALLOW), (answer, 0, 0, refuse)]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


if __name__ == "__main__":  # for the doctor: a line for each thing that does not hold here
    print("\n".join(confine().missing))  # noqa: T201
