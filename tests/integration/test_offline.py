"""No socket is ever opened: import, build, search, ask and check with sockets blocked."""

from __future__ import annotations

import os
import subprocess
import sys

LINE = """
import socket

def refuse(*arguments, **options):
    raise AssertionError("a socket was opened")

socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.socket.sendto = refuse
socket.create_connection = refuse
socket.getaddrinfo = refuse

import sys

opened = []
sys.addaudithook(
    lambda event, arguments: opened.append(event)
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.bind"}
    else None
)

import pathlib
import medrag

pathlib.Path("docs").mkdir()
pathlib.Path("docs/guide.md").write_text(
    "# Examplazine\\n\\nThe usual dose of examplazine is 5 mg once daily.\\n", encoding="utf-8"
)
with medrag.Index.build(["docs"], "guide.index", progress=False) as index:
    assert index.search("dose of examplazine", 3)
    answer = medrag.QueryEngine(index).query("What is the usual dose of examplazine?")
assert answer.quoted.claims, answer.status
assert medrag.check("Give digoxin 1.25 mg by mouth daily.").findings
assert not opened, opened
print("silent")
"""


def test_the_whole_line_opens_no_socket(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k.upper() != "HF_HUB_OFFLINE"}
    done = subprocess.run(
        [sys.executable, "-c", LINE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "silent", done.stderr
