"""Faults of our own, as a log may hold them: what kind, and where; never in their own words.

The words of a foreign error may hold what was searched, and a log is not audited.
"""

__all__ = ["place_of"]


def place_of(fault: BaseException) -> str:
    """Names a fault by its class and the line that raised it, as "KeyError at file.py:12"."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(fault).__name__
    return f"{type(fault).__name__} at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
