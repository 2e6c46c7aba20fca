"""`script/server`: set the clone up, then run the web server until Ctrl-C."""

import errno
import os
import signal
import socket
import subprocess
import sys
from types import FrameType

from script.setup import PYTHON, manage, set_up_for_serving
from script.steps import ROOT, StepFailed, clean_environment, explain, one_set_up_at_a_time, timed
from script.throwaway_postgres import end_with_parent

HOST = "127.0.0.1"
WORKERS = 2
# In each worker. A thread keeps a database connection, so PostgreSQL must allow WORKERS times this.
THREADS = 2
# A worker that is told to stop while it is still starting does not hear it, and is killed after this time.
STOP_SECONDS = 5
SERVERS = ("granian", "gunicorn")


def server_command(
    port: int,
    *,
    server: str = SERVERS[0],
    application: str = "hubportal.wsgi:application",
    host: str = HOST,
    workers: int = WORKERS,
) -> list[str]:
    """The production server's command line; the one place where its options are written.

    `server` is one of SERVERS; another name raises KeyError.
    """
    options = {
        "granian": [
            *("--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)),
            *("--blocking-threads", str(THREADS), "--respawn-failed-workers"),
            *("--workers-kill-timeout", str(STOP_SECONDS), "--log-level", "warning"),
        ],
        "gunicorn": [
            *("--bind", f"{host}:{port}", "--workers", str(workers)),
            *("--worker-class", "gthread", "--threads", str(THREADS)),
            *("--no-control-socket", "--log-level", "warning"),
        ],
    }
    return [str(PYTHON), "-m", server, *options[server], application]


def chosen_port() -> int:
    """The port from PORT, 8000 without it; raises StepFailed if it is no port."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise StepFailed(f"PORT={text} is not a port", advice="give a number between 1024 and 65535.")
    return int(text)


def refuse_taken_port(port: int) -> None:
    """Raise StepFailed if nobody could listen on this port now.

    Asked before the web server is started because Granian shares a port with another Granian in silence.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        taken = caller.connect_ex((HOST, port)) == 0
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise StepFailed(
                    f"port {port} is for the administrator only", advice="PORT=8001 script/server"
                ) from error
            taken = True
    if taken:
        raise StepFailed(
            f"port {port} is taken by another program",
            advice=f"choose another one: PORT={port + 1 if port < 65535 else 8001} script/server",
        )


def chosen_server() -> str:
    """The web server named by SERVER, Granian without it; raises StepFailed for a name not in SERVERS."""
    name = os.environ.get("SERVER") or SERVERS[0]
    if name not in SERVERS:
        raise StepFailed(f"SERVER={name} is unknown", advice=f"give one of: {', '.join(SERVERS)}.")
    return name


def main() -> int:
    """Set up, print the demo sign-ins and the address, and serve until Ctrl-C; returns the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        port = chosen_port()
        command = server_command(port, server=chosen_server())
        refuse_taken_port(port)
        with one_set_up_at_a_time():
            set_up_for_serving()
            sign_ins = _prepare_demo()
        refuse_taken_port(port)
    except StepFailed as failure:
        explain(failure)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run it again to go on where it was.", file=sys.stderr)
        return 130
    print(f"{sign_ins.rstrip()}\n\nThe portal: http://{HOST}:{port}  (Ctrl-C stops it)", flush=True)
    return run_server(command, clean_environment(PORT=str(port)))


def run_server(command: list[str], env: dict[str, str]) -> int:
    """Run the web server until it ends or this process is told to stop; returns the exit code.

    The server gets a session of its own: where Ctrl-C reaches Granian's workers as well as their master, half
    of them hang until they are killed. So only this process hears Ctrl-C, and it tells the master. A second
    Ctrl-C kills.
    """
    server = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True, preexec_fn=end_with_parent)

    def stop(signal_number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, end_at_once)
        server.send_signal(signal.SIGTERM)

    def end_at_once(signal_number: int, frame: FrameType | None) -> None:
        os.killpg(server.pid, signal.SIGKILL)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    exit_code = server.wait()
    return 0 if signal.getsignal(signal.SIGINT) is end_at_once else exit_code


def _prepare_demo() -> str:
    with timed("Database and demo data"):
        try:
            return manage("prepare_demo")
        except StepFailed as failure:
            failure.advice = (
                "the lines above say which part; moving the folder var/ away starts the demo afresh."
            )
            raise


def _stop(signal_number: int, frame: FrameType | None) -> None:
    # An exception, so that subprocess.run ends the child it waits for.
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
