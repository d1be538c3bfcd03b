"""Contents in a bucket of any S3 store, under the treaty of `stores.Store`.

The region, where a store asks for one, is boto3's own AWS_DEFAULT_REGION.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..config import Settings
from .errors import StoreDown
from .stores import NAME, Listed, NoSuchBlob, checked

MISSING = ("NoSuchKey", "404", "NotFound")
# These give every bucket a host name of its own and refuse it in the path; a store of one's own (MinIO, Ceph)
# seldom has such names. Source: OSS developer guide, "Use AWS SDKs to access OSS": virtual hosted style only.
NAMES_IN_HOST = (".amazonaws.com", ".amazonaws.com.cn", ".aliyuncs.com", ".myqcloud.com")


class S3Store:
    """A put is whole or nothing and durable once answered: S3 says so itself."""

    def __init__(self, client: Any, bucket: str):
        self._client = client
        self._bucket = bucket

    def put(self, name: str, blob: bytes) -> None:
        with _plain_faults():
            self._client.put_object(Bucket=self._bucket, Key=checked(name), Body=blob)

    def get(self, name: str) -> bytes:
        with _plain_faults():
            content: bytes = self._client.get_object(Bucket=self._bucket, Key=checked(name))["Body"].read()
            return content

    def remove(self, name: str) -> None:
        with _plain_faults():
            self._client.delete_object(Bucket=self._bucket, Key=checked(name))

    def list(self) -> Iterator[Listed]:
        """S3 lists in ascending order of names; what is not ours in the bucket is passed over."""
        with _plain_faults():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                for item in page.get("Contents", ()):
                    if NAME.fullmatch(item["Key"]):
                        yield Listed(item["Key"], item["LastModified"])


def make_s3_store(settings: Settings) -> S3Store:
    host = urlsplit(settings.files_s3_url).hostname or ".amazonaws.com"
    client = boto3.client(
        "s3",
        endpoint_url=settings.files_s3_url or None,
        aws_access_key_id=settings.files_s3_access_key.get_secret_value() or None,
        aws_secret_access_key=settings.files_s3_secret_key.get_secret_value() or None,
        config=Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 3},
            signature_version="s3v4",
            s3={"addressing_style": "virtual" if host.endswith(NAMES_IN_HOST) else "path"},
            # Newer SDKs add checksums of their own that many S3 stores do not know.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            proxies={} if host in ("127.0.0.1", "localhost") else None,
        ),
    )
    return S3Store(client, settings.files_s3_bucket)


@contextmanager
def _plain_faults() -> Iterator[None]:
    try:
        yield
    except ClientError as fault:
        if fault.response.get("Error", {}).get("Code") in MISSING:
            raise NoSuchBlob from None
        raise StoreDown from fault
    except BotoCoreError as fault:
        raise StoreDown from fault
