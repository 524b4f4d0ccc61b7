"""Makes the client of obstore for an address. Credentials come from the environment alone."""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from vidbuild.errors import UsageError
from vidbuild.remote.address import Address
from vidbuild.remote.errors import HTTP_TOKEN, SUPABASE_KEYS, no_credentials

EXTRA = "pip install 'vidbuild[remote]'"
# One of these has, or leads to, credentials of S3.
_OF_S3 = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SKIP_SIGNATURE", "AWS_METADATA_ENDPOINT")
_OF_CONTAINERS = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_OF_MACHINES = "; on a machine of Amazon with a role, AWS_METADATA_ENDPOINT=http://169.254.169.254"

Store = Any  # one of the classes of obstore.store
Options = dict[str, Any]


def require() -> None:
    """Raise UsageError without the package that sends and fetches."""
    if importlib.util.find_spec("obstore") is None:
        raise UsageError("the package 'obstore' is not installed, which sends and fetches files", hint=EXTRA)


@functools.lru_cache(maxsize=32)
def store_of(
    address: Address, seconds: float, retries: int, connect_seconds: float, headers: tuple[tuple[str, str], ...] = ()
) -> Store:
    """Return the client of an address. Raises RemoteError without credentials.

    seconds: of a request; connect_seconds: until there is a connection; retries: of one request, for failures that can
    pass; headers: of all its requests, which are signed with them.
    """
    options: Options = {
        "client_options": {
            "timeout": timedelta(seconds=seconds),
            "connect_timeout": timedelta(seconds=connect_seconds),
            "allow_http": True,
            **({"default_headers": {name: value.encode() for name, value in headers}} if headers else {}),
        },
        "retry_config": {"max_retries": retries, "retry_timeout": timedelta(seconds=max(seconds, 1))},
    }
    return _MAKERS[address.scheme](address, options)


def _s3(address: Address, options: Options) -> Store:
    """The client of S3; without credentials it would ask a server that only machines of Amazon have."""
    from obstore.store import S3Store

    if not any(os.environ.get(name) for name in (*_OF_S3, *_OF_CONTAINERS)):
        raise no_credentials(address, _OF_MACHINES)
    own: Options = {}
    if endpoint := os.environ.get("AWS_ENDPOINT_URL_S3"):  # the name that Amazon's own tools have for it
        own["endpoint"] = endpoint
    if endpoint or os.environ.get("AWS_ENDPOINT_URL"):
        own["virtual_hosted_style_request"] = False
    return S3Store(address.bucket, **_prefix(address), **own, **options)


def _supabase(address: Address, options: Options) -> Store:
    """The client of the S3 side of Supabase's storage."""
    from obstore.store import S3Store

    key, secret = (os.environ.get(name) for name in SUPABASE_KEYS)
    if not key or not secret:
        raise no_credentials(address)
    own: Options = {
        "endpoint": f"{address.supabase_base}/storage/v1/s3",
        "region": os.environ.get("SUPABASE_S3_REGION", "us-east-1"),
        "access_key_id": key,
        "secret_access_key": secret,
        "virtual_hosted_style_request": False,
    }
    return S3Store(address.bucket, **_prefix(address), **own, **options)


def _http(address: Address, options: Options) -> Store:
    from obstore.store import HTTPStore

    if token := os.environ.get(HTTP_TOKEN):
        options["client_options"]["default_headers"] = {"Authorization": f"Bearer {token}".encode()}
    return HTTPStore.from_url(address.public(""), **options)


def _gs(address: Address, options: Options) -> Store:
    from obstore.store import GCSStore

    return GCSStore(address.bucket, **_prefix(address), **options)


def _az(address: Address, options: Options) -> Store:
    from obstore.store import AzureStore

    return AzureStore(address.bucket, **_prefix(address), **options)


def _file(address: Address, _options: Options) -> Store:
    from obstore.store import LocalStore

    return LocalStore(address.prefix, mkdir=True)


def _memory(address: Address, _options: Options) -> Store:
    return _memory_of(address)


@functools.lru_cache(maxsize=32)
def _memory_of(address: Address) -> Store:  # noqa: ARG001 - a store of its own for each address
    from obstore.store import MemoryStore

    return MemoryStore()


def _prefix(address: Address) -> Options:
    return {"prefix": address.prefix} if address.prefix else {}


_MAKERS: Mapping[str, Callable[[Address, Options], Store]] = {
    "s3": _s3,
    "gs": _gs,
    "az": _az,
    "file": _file,
    "memory": _memory,
    "http": _http,
    "https": _http,
    "supabase": _supabase,
}
