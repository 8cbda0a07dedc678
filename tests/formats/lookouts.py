"""What tells whether a hostile file reached beyond itself: a canary, and somebody who listens."""

import os
import socket
import threading
import time
from contextlib import contextmanager


@contextmanager
def listening():
    """A socket that counts who knocks."""
    knocks = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        open_ = threading.Event()

        def listen():
            while not open_.is_set():
                try:
                    knocks.append(server.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], knocks
        time.sleep(0.15)
        open_.set()
        thread.join()
        for knock in knocks:
            knock.close()


def armed_canary(path):
    """A table whose access time tells whether it was read."""
    path.write_text("secret,x\nCANARY,1\n", encoding="utf-8")
    arm(path)
    return path


def arm(path):
    """Set the access time before the time of change, so that the next reading moves it."""
    now = time.time()
    os.utime(path, (now - 100_000, now - 1_000))


def was_read(path):
    """Whether the file was read since."""
    return path.stat().st_atime > path.stat().st_mtime
