"""nginx with the configuration that is shipped, before nodes, on free ports of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from prove.findings import ProofBroken
from script.steps import ROOT, clean_environment

SHIPPED = ROOT / "deploy" / "nginx" / "hubs.conf"
_READY_SECONDS = 60
_AROUND = """\
{user}daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 2;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/hubs.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """A running nginx: `port` is that of the site, `plain_port` the one that only sends people on to it."""

    port: int
    plain_port: int
    folder: Path

    @property
    def log(self) -> Path:
        """What it writes down of each request."""
        return self.folder / "access.log"


def nginx() -> str | None:
    """Return the program, None where it is not installed."""
    return shutil.which("nginx", path=f"{clean_environment().get('PATH', '')}:/usr/sbin")


@contextmanager
def in_front(nodes: Sequence[int], folder: Path, *, certificate: tuple[Path, Path] | None) -> Iterator[Front]:
    """Run nginx before the nodes on these ports until the block ends; without a certificate it speaks no TLS.

    Raises ProofBroken when it does not start.
    """
    port, plain_port = processes.free_ports(2)
    folder.mkdir(parents=True, exist_ok=True)
    front = Front(port, plain_port, folder)
    (folder / "hubs.conf").write_text(_adapted(front, nodes, certificate), "utf-8")
    # Started by root its workers would be another account, which may not enter the folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user))
    command = [nginx() or "nginx", "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    if checked.returncode:
        raise ProofBroken(f"nginx does not take deploy/nginx/hubs.conf:\n{checked.stderr}")
    running = processes.start(command, env=clean_environment(), log=folder / "output.log")
    try:
        _wait_for(port, folder)
        yield front
    finally:
        processes.stop(running)


def _adapted(front: Front, nodes: Sequence[int], certificate: tuple[Path, Path] | None) -> str:
    """Return the shipped configuration with other ports and files; nothing else is changed."""
    cert, key = certificate or (Path(), Path())
    changes = {
        "    server 127.0.0.1:8000 ": "".join(f"    server 127.0.0.1:{node} max_fails=2;\n" for node in nodes)
        + "    # ",
        "    listen 80;\n    listen [::]:80;\n": f"    listen 127.0.0.1:{front.plain_port};\n",
        "    listen 443 ssl;\n    listen [::]:443 ssl;\n": f"    listen 127.0.0.1:{front.port}"
        f"{' ssl' if certificate else ''};\n",
        "/etc/ssl/hubs/fullchain.pem": str(cert),
        "/etc/ssl/hubs/key.pem": str(key),
        "/var/log/nginx/hubs.log": str(front.log),
    }
    text = SHIPPED.read_text("utf-8")
    if certificate is None:
        text = "".join(line for line in text.splitlines(keepends=True) if "ssl_certificate" not in line)
        del changes["/etc/ssl/hubs/fullchain.pem"], changes["/etc/ssl/hubs/key.pem"]
    for old, new in changes.items():
        if text.count(old) != 1:
            raise ProofBroken(f"deploy/nginx/hubs.conf has no longer one {old.strip()!r}")
        text = text.replace(old, new)
    return text


def _wait_for(port: int, folder: Path) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise ProofBroken(f"nginx does not answer:\n{(folder / 'error.log').read_text()[-2000:]}")
