"""Files in a bucket: encrypted there, replaced and deleted by name, and read through an address that soon ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone

from file_storage.bucket import GOOD_FOR, BucketStorage
from file_storage.downloads import NoAddress
from tests.file_storage.fake_bucket import FakeBucket, serving

NAME = "performance-reports/1.csv"
PATH = f"reports/{NAME}"


@pytest.fixture
def bucket() -> Iterator[FakeBucket]:
    with serving() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def storage_in(bucket: FakeBucket, **options: str) -> BucketStorage:
    return BucketStorage(
        bucket_name="reports", endpoint_url=bucket.address, region_name="eu-west-2", **options
    )


def address(storage: BucketStorage, name: str = NAME) -> str:
    return storage.signed_address(name, filename="adroddiad ŵ.csv", content_type="text/csv; charset=utf-8")


@pytest.mark.slow
def test_a_file_is_saved_replaced_read_and_deleted(bucket: FakeBucket) -> None:
    storage = storage_in(bucket)

    for content in (b"first", b"second"):
        assert storage.save(NAME, ContentFile(content)) == NAME
    assert bucket.objects == {PATH: b"second"}
    assert storage.exists(NAME)
    assert storage.open(NAME).read() == b"second"

    for _ in range(2):
        storage.delete(NAME)
    assert bucket.objects == {}
    assert not storage.exists(NAME)


@pytest.mark.parametrize(
    ("kms_key", "encryption"),
    [
        pytest.param("", "AES256", id="by the store's own key"),
        pytest.param("alias/reports", "aws:kms alias/reports", id="by a key of ours"),
    ],
)
@pytest.mark.slow
def test_what_is_saved_is_encrypted_there(bucket: FakeBucket, kms_key: str, encryption: str) -> None:
    storage_in(bucket, kms_key=kms_key).save(NAME, ContentFile(b"x"))

    assert bucket.encryption == {PATH: encryption}


@pytest.mark.slow
def test_an_address_opens_the_file_for_a_minute(bucket: FakeBucket) -> None:
    storage = storage_in(bucket)
    storage.save(NAME, ContentFile("adroddiad ŵ".encode()))

    signed = address(storage)

    query = parse_qs(urlsplit(signed).query)
    assert query["X-Amz-Expires"] == [str(GOOD_FOR)] == ["60"]
    assert "X-Amz-Signature" in query
    answer = requests.get(signed, timeout=5)
    assert answer.content.decode() == "adroddiad ŵ"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''adroddiad%20%C5%B5.csv"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    with time_machine.travel(timezone.now() + timedelta(seconds=GOOD_FOR + 5)):
        assert requests.get(signed, timeout=5).status_code == 403


def test_signing_asks_nobody(bucket: FakeBucket) -> None:
    bucket.is_down = True

    assert address(storage_in(bucket)).startswith(bucket.address)


def test_without_credentials_there_is_no_address(bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    with pytest.raises(NoAddress, match="NoCredentialsError"):
        address(storage_in(bucket))
