"""Django's storage in an S3-compatible bucket: encrypted there, read through addresses that are good for a minute.

boto3 finds its credentials by its own rules. Loaded only where a bucket is set.
"""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage

from file_storage.downloads import NoAddress

GOOD_FOR = 60  # seconds: long enough for a browser to follow, too short to pass on


class BucketStorage(S3Storage):
    """django-storages', with one file for each name. Nothing in it is public."""

    def __init__(self, *, kms_key: str = "", endpoint_url: str | None = None, **options: Any) -> None:
        encryption = {"ServerSideEncryption": "AES256"}
        if kms_key:
            encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}
        fixed: dict[str, Any] = {
            "endpoint_url": endpoint_url,
            "file_overwrite": True,  # a file that is made again takes the place of the first try
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": GOOD_FOR,
            "object_parameters": encryption,
            "client_config": Config(
                signature_version="s3v4",
                connect_timeout=5,  # seconds
                read_timeout=30,
                retries={"max_attempts": 3},
                # Stores other than Amazon's often know neither a host name for each bucket nor its newer checksums.
                s3={"addressing_style": "path" if endpoint_url else "virtual"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        }
        super().__init__(**fixed, **options)

    def signed_address(self, name: str, *, filename: str, content_type: str) -> str:
        """Where a browser can download the file for the next minute, under this file name. Asks nobody.

        Raises NoAddress.
        """
        answered_with = {
            "ResponseContentDisposition": content_disposition_header(True, filename),
            "ResponseContentType": content_type,
        }
        try:
            address: str = self.url(name, parameters=answered_with)
        except BotoCoreError as failure:
            raise NoAddress(type(failure).__name__) from None
        return address
