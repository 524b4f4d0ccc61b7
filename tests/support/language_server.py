"""A language server for YAML, as editors run it: over stdio, with one schema for every file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.paths import TESTS

MODULES = TESTS / "editor" / "node_modules"
SERVER = MODULES / "yaml-language-server" / "bin" / "yaml-language-server"
Answer = Any  # a JSON value
Message = dict[str, Any]


def missing() -> str:
    """Return what has to be installed first; "" if nothing is missing."""
    if shutil.which("node") is None:
        return "node is missing: install Debian's nodejs and npm"
    return "" if SERVER.is_file() else "yaml-language-server is missing: run 'make test-editor'"


class LanguageServer:
    """One running server. schema: its URI or path, "" to leave it to each file's first line."""

    def __init__(self, schema: str) -> None:
        self._process = subprocess.Popen(
            [str(shutil.which("node")), str(SERVER), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._count = 0
        self._diagnostics: dict[str, list[Message]] = {}
        yaml = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
        self._settings = {"yaml": {**yaml, "schemas": {schema: ["*.yaml"]} if schema else {}}}
        formats = {"hover": {"contentFormat": ["markdown"]}, "completion": {"completionItem": {"snippetSupport": True}}}
        capabilities = {"textDocument": {**formats, "publishDiagnostics": {}}, "workspace": {"configuration": True}}
        self._request("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities})
        self._notify("initialized", {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def problems(self, text: str, path: Path) -> list[tuple[int, str]]:
        """Open a text as a file, and return line and message of what the editor marks in it."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})
        while uri not in self._diagnostics:
            self._handle(self._receive())
        return [(item["range"]["start"]["line"] + 1, item["message"]) for item in self._diagnostics[uri]]

    def complete(self, path: Path, line: int, column: int) -> dict[str, str]:
        """Return label -> inserted text at a place of an open file; both are counted from 1."""
        found = self._request("textDocument/completion", _place(path, line, column))
        items = found["items"] if isinstance(found, Mapping) else found or []
        return {item["label"]: item.get("insertText", item["label"]) for item in items}

    def hover(self, path: Path, line: int, column: int) -> str:
        """Return what is shown over a place of an open file."""
        found = self._request("textDocument/hover", _place(path, line, column))
        return str(found["contents"]["value"]) if found else ""

    def _request(self, method: str, params: Message) -> Answer:
        self._count += 1
        self._send({"id": self._count, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._count and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._handle(message)

    def _notify(self, method: str, params: Message) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> Message:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server ended"
        received: Message = json.loads(self._process.stdout.read(length))
        return received

    def _handle(self, message: Message) -> None:
        """Answer what the server asks its editor, and keep its diagnostics."""
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            wanted = [self._settings.get(item.get("section")) for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": wanted})
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})


def _place(path: Path, line: int, column: int) -> Message:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line - 1, "character": column - 1}}
