#!/usr/bin/env bash
# obstore 0.12.1 writes a file to an HTTP server if it has 5 MB, and refuses the same call for one byte more.
#
# Surprise: `put` chooses an upload in parts by itself for every input that is larger than its `chunk_size` (5 MiB), also
# for stores that have no such upload. To an HTTP server a small file is one PUT, and a larger one raises
# NotImplementedError before a request is made, so that code that was tried with small files fails with the first real
# one. A good guess would have been that `put`, whose documentation names no such limit, falls back to one request, as
# `use_multipart=False` makes it do. In the other direction, a local folder takes files of any size but none with
# `attributes`, which memory keeps.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check obstore==0.12.1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import http.server
import os
import sys
import threading

import obstore
from obstore.store import HTTPStore, LocalStore, MemoryStore

requests = []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        size = int(self.headers["Content-Length"])
        self.rfile.read(size)
        requests.append(size)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/files"
limit = 5 * 1024 * 1024


def tried(store, size, **options):
    try:
        obstore.put(store, "file", bytes(size), **options)
    except NotImplementedError as error:
        return f"NotImplementedError: {str(error).splitlines()[0]}"
    return "written"


store = HTTPStore.from_url(address, client_options={"allow_http": True})
found = [tried(store, limit), tried(store, limit + 1), tried(store, limit + 1, use_multipart=False)]
for size, result in zip((limit, limit + 1, f"{limit + 1}, use_multipart=False"), found):
    print(f"HTTP, {size} bytes: {result}")
os.mkdir(f"{sys.argv[1]}/files")
headers = {"attributes": {"Content-Type": "text/plain"}}
folders = [tried(LocalStore(f"{sys.argv[1]}/files"), 1), tried(LocalStore(f"{sys.argv[1]}/files"), 1, **headers)]
memory = tried(MemoryStore(), 1, **headers)
print(f"folder: {folders[0]}; with a content type: {folders[1]}; in memory with one: {memory}")
assert found[0] == found[2] == folders[0] == memory == "written"
assert found[1].startswith("NotImplementedError") and folders[1].startswith("NotImplementedError")
assert requests == [limit, limit + 1]
PYTHON
