"""A peer in an environment of its own, since it cannot share ours: timed inside its process."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

__all__ = ["peer_answers"]


def peer_answers(
    variable: str, script: str, arrays: Mapping[str, np.ndarray]
) -> tuple[dict[str, object], dict[str, np.ndarray]] | None:
    """Times and answers of `script`, run by the Python that the environment's `variable` names.

    The script reads ``in.npz``, prints one JSON object and writes ``out.npz``. None without such a
    Python.
    """
    python = os.environ.get(variable)
    if not python:
        sys.stderr.write(f"{variable} names no Python: its peer is left out\n")
        return None
    with TemporaryDirectory(prefix="civgeo-peer-") as folder:
        np.savez(Path(folder) / "in.npz", **arrays)
        done = subprocess.run(
            [python, "-c", script], cwd=folder, stdout=subprocess.PIPE, text=True, check=True
        )
        with np.load(Path(folder) / "out.npz") as answers:
            return json.loads(done.stdout.splitlines()[-1]), dict(answers)
