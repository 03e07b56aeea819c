"""boto3, with the file that aws_config wrote."""

import os
import subprocess
import sys
import traceback

import boto3
from botocore.exceptions import ClientError

env = os.environ
files, prefix, odd = env["FILES"], env["PREFIX"], env["ODD"]


def client(config):
    os.environ["AWS_CONFIG_FILE"] = config
    # boto3 from before July 2023 does not read the endpoint from the file.
    return boto3.session.Session().client("s3", endpoint_url=env["URL"])


def fixture(name):
    with open(os.path.join(env["FIXTURES"], name), "rb") as f:
        return f.read()


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as e:
        if e.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
            return
        raise
    raise AssertionError(f"{call.__name__} {arguments} was allowed")


mine = client(env["LIMITED"])


def list_():
    keys = [o["Key"] for page in mine.get_paginator("list_objects").paginate(Bucket=files) for o in page["Contents"]]
    assert {"page.html", odd, "large.bin"} <= set(keys), keys


def get():
    page = mine.get_object(Bucket=files, Key="page.html")
    assert page["Body"].read() == fixture("page.html")
    assert page["ContentType"] == "text/html; charset=utf-8", page
    assert page["CacheControl"] == "max-age=60", page
    assert {name.lower(): value for name, value in page["Metadata"].items()} == {"owner": "press team"}, page
    assert mine.get_object(Bucket=files, Key=odd)["Body"].read() == fixture("odd.txt")
    mine.download_file(files, "large.bin", "large")
    with open("large", "rb") as f:
        assert f.read() == fixture("large.bin")


def put():
    mine.put_object(
        Bucket=files, Key=prefix + "/page.html", Body=fixture("page.html"),
        ContentType="text/html; charset=utf-8", Metadata={"owner": "press team"},
    )
    mine.put_object(Bucket=files, Key=f"{prefix}/{odd}", Body=fixture("odd.txt"))
    mine.upload_file(os.path.join(env["FIXTURES"], "large.bin"), files, prefix + "/large.bin")


def copy():
    mine.copy_object(Bucket=files, Key=prefix + "/copy", CopySource={"Bucket": files, "Key": odd})
    assert mine.get_object(Bucket=files, Key=prefix + "/copy")["Body"].read() == fixture("odd.txt")


def delete():
    mine.put_object(Bucket=files, Key=prefix + "/gone", Body=b"")
    out = mine.delete_objects(Bucket=files, Delete={"Objects": [{"Key": prefix + "/gone"}, {"Key": prefix + "/copy"}]})
    assert len(out["Deleted"]) == 2, out
    try:
        mine.head_object(Bucket=files, Key=prefix + "/gone")
    except ClientError as e:
        assert e.response["ResponseMetadata"]["HTTPStatusCode"] == 404, e
    else:
        raise AssertionError("it is still there")


def presign():
    url = mine.generate_presigned_url("get_object", Params={"Bucket": files, "Key": odd}, ExpiresIn=600)
    got = subprocess.run(["curl", "-fsS", url], check=True, capture_output=True).stdout
    assert got == fixture("odd.txt"), url


def limits():
    readonly, private = env["READONLY"], env["PRIVATE"]
    assert mine.get_object(Bucket=readonly, Key="page.html")["Body"].read() == fixture("page.html")
    refused(mine.put_object, Bucket=readonly, Key="no", Body=b"")
    refused(mine.delete_object, Bucket=readonly, Key="page.html")
    refused(mine.get_object, Bucket=private, Key="page.html")
    refused(mine.list_objects, Bucket=private)
    refused(mine.create_bucket, Bucket=files + "-no")
    refused(mine.get_bucket_cors, Bucket=files)


def full():
    all_ = client(env["FULL"])
    names = [b["Name"] for b in all_.list_buckets()["Buckets"]]
    assert files in names and env["PRIVATE"] in names, names
    rules = all_.get_bucket_cors(Bucket=files)["CORSRules"]
    assert rules[0]["AllowedOrigins"] == ["https://shop.example"], rules


print("version", boto3.__version__)
for name, run in {
    "list": list_, "get": get, "put": put, "copy": copy, "delete": delete,
    "presign": presign, "limits": limits, "full access": full,
}.items():
    try:
        run()
        print("ok", name)
    except Exception:
        print("no", name)
        print(name + ":", traceback.format_exc(), file=sys.stderr)
