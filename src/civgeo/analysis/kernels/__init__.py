"""Compiled loops of the measures.

numba takes the types from what is passed, so the functions carry none; each stands as one loop,
because a call costs more than a step. What goes in is checked by the callers in ``analysis``.
"""
