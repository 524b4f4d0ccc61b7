#!/usr/bin/env bash
# A Dask cluster without a dashboard still listens for HTTP on the dashboard's port.
#
# Surprise: `LocalCluster(dashboard_address=None)` switches the dashboard off, as its documentation says, but its scheduler
# starts an HTTP server all the same, on the default port 8787, and a second cluster warns that this port is taken. With
# an address of port 0 and `scheduler_kwargs={"dashboard": False}` there is no dashboard either, and the port is free. A
# good guess would have been that nothing of the dashboard is left with None: no server and no warning.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check distributed==2026.8.0
cat > "$folder/ports.py" <<'PYTHON'
import logging
import warnings

import distributed
from distributed import LocalCluster


def started(**options):
    """Return the cluster, the port of its HTTP server, and what it warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cluster = LocalCluster(n_workers=0, processes=False, silence_logs=logging.CRITICAL, **options)
    taken = [str(each.message).splitlines()[0] for each in caught if "already in use" in str(each.message)]
    return cluster, cluster.scheduler.http_server.port, taken


if __name__ == "__main__":
    print("distributed", distributed.__version__)
    first, first_port, _ = started(dashboard_address=None)
    second, second_port, warned = started(dashboard_address=None)
    third, third_port, quiet = started(dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False})
    print("dashboard_address=None listens on", first_port, "and a second one on", second_port, "and warns:", warned)
    print("port 0 and no dashboard:", third_port, quiet)
    for cluster in (third, second, first):
        cluster.close()
    assert first_port > 0 and second_port > 0 and first_port != second_port, "it listens no longer"
    assert warned == ["Port 8787 is already in use."], "it warns no longer"
    assert third_port not in (0, 8787) and not quiet
PYTHON
"$folder/venv/bin/python" "$folder/ports.py"
