"""Large blocks that were freed are with the system again, also after the first of them."""

import subprocess
import sys

import pytest

_TWICE = """
import ctypes
from store.archive.heap import keep_small

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]

class Told(ctypes.Structure):
    _fields_ = [(str(at), ctypes.c_size_t) for at in range(10)]

libc.mallinfo2.restype = Told
mapped_bytes = lambda: getattr(libc.mallinfo2(), "4")

if {held}:
    assert keep_small()
before = mapped_bytes()
libc.free(libc.malloc(8 << 20))
again = libc.malloc(8 << 20)
print(mapped_bytes() - before >= 8 << 20)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's bound")
@pytest.mark.parametrize("held", [True, False])
def test_a_block_after_the_first_is_the_systems_only_where_the_bound_is_held(held: bool) -> None:
    program = _TWICE.format(held=held)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(held), done.stderr
