"""Python's collector of cycles, told what a web process is: what stands once it has loaded stands for good."""

import gc

# A page makes some ten thousand objects and lets go of nearly all of them without the collector's help; with Python's
# 700 it looks fifteen times a page, and now and then through everything that was ever loaded.
YOUNG, MIDDLE, OLD = 10_000, 20, 20


def settle() -> None:
    """Never look again through what is loaded by now, and look for new cycles once a page instead of fifteen times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
