"""An S3-speaking server of a test's own: moto, in a process of its own, on this machine.

    python -m tests.store.archive.bucket.server

It says in one line of JSON where it listens and what opens it, checks the signature of every
request, and keeps what it holds while "down" and "up" take it off the network and back.
"""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

__all__ = ["ADDRESS", "BUCKET", "Server", "served"]

BUCKET = "reads-of-a-force"
ADDRESS = f"s3://{BUCKET}/hub-1"
REGION = "eu-west-2"
_MAY = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs.

    Attributes:
        process: Its process.
        endpoint: Where it listens.
        key: Who may do anything there.
        secret: What they sign with.
    """

    process: "subprocess.Popen[str]"
    endpoint: str
    key: str
    secret: str

    def client(self) -> Any:
        """Give a client of the test's own, to look behind the hub's back."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
        )

    def give(self, credentials: Path, **other: str) -> None:
        """Write the secret into a folder of systemd credentials, with something else in it."""
        told = {
            "endpoint": self.endpoint,
            "region": REGION,
            "access_key_id": self.key,
            "secret_access_key": self.secret,
        }
        credentials.mkdir(mode=0o700, exist_ok=True)
        path = credentials / "archive-bucket"
        path.write_text(json.dumps({**told, **other}))
        path.chmod(0o600)

    def make(self, bucket: str, **how: Any) -> None:
        """Make a bucket."""
        there = {"LocationConstraint": REGION}
        self.client().create_bucket(Bucket=bucket, CreateBucketConfiguration=there, **how)

    def empty(self, bucket: str) -> None:
        """Remove what is in a bucket, and what was begun."""
        client = self.client()
        for name in self.names(bucket):
            client.delete_object(Bucket=bucket, Key=name)
        for one in client.list_multipart_uploads(Bucket=bucket).get("Uploads", ()):
            client.abort_multipart_upload(Bucket=bucket, Key=one["Key"], UploadId=one["UploadId"])

    def names(self, bucket: str = BUCKET) -> list[str]:
        """Name every object of a bucket."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return [one["Key"] for page in pages for one in page.get("Contents", ())]

    def down(self) -> None:
        """Take it off the network."""
        self._tell("down")

    def up(self) -> None:
        """Let it listen again, with all that it had."""
        self._tell("up")

    def _tell(self, word: str) -> None:
        assert self.process.stdin and self.process.stdout
        print(word, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline().strip() == word


@contextmanager
def served() -> Iterator[Server]:
    """Run a server with one empty bucket."""
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[4],
    ) as process:
        assert process.stdout
        try:
            server = Server(process, **json.loads(process.stdout.readline()))
            server.make(BUCKET)
            yield server
        finally:
            process.kill()


def main() -> None:
    """Serve until standard input ends."""
    # here, not above: two seconds, for the server alone
    settings, moto = map(importlib.import_module, ("moto.settings", "moto.server"))

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    endpoint = f"http://127.0.0.1:{port}"
    iam = boto3.client(
        "iam",
        endpoint_url=endpoint,
        region_name=REGION,
        # nobody is asked for a key yet
        **dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "anybody"),
    )
    iam.create_user(UserName="hub")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [_MAY]})
    iam.put_user_policy(UserName="hub", PolicyName="all", PolicyDocument=policy)
    made = iam.create_access_key(UserName="hub")["AccessKey"]
    # from here every request is held against its signature
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    told = {"endpoint": endpoint, "key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}
    print(json.dumps(told), flush=True)
    for line in sys.stdin:
        if line.strip() == "down":
            server.stop()
        else:
            server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
            server.start()
        print(line.strip(), flush=True)


if __name__ == "__main__":
    main()
