"""How gunicorn serves the portal: `gunicorn --config deploy/gunicorn.conf.py hubportal.wsgi`."""

import multiprocessing
import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WORKERS", 2 * multiprocessing.cpu_count() + 1))
# In each worker. A thread keeps a database connection: PostgreSQL must allow nodes × workers × threads.
threads = int(os.environ.get("THREADS", 2))

# A request may wait 10 seconds for the database and its statements may take 15.
timeout = 40
graceful_timeout = 30
keepalive = 5
max_requests, max_requests_jitter = 20_000, 2_000

limit_request_line = 8190
limit_request_fields = 100
forwarded_allow_ips = os.environ.get("PROXIES", "127.0.0.1")
# Addresses may hold what somebody typed: the portal's own log and nginx's name patterns only.
accesslog = None
errorlog = "-"
control_socket_disable = True
