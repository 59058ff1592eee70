"""The command line, as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    NoRegionError,
)
from click.testing import CliRunner

from tests.workload.conftest import ANDREW, BAYKO, REGION, SYNTHESIZED, TABLE, items_of
from workload import connection, schema
from workload.cli.program import program
from workload.failures import explain
from workload.seed import seed
from workload.store import BadRequestError, MessageStore

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).parents[2]


def typed(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(program, list(arguments), input=answer)


def told(*arguments: str) -> Any:  # noqa: ANN401 - JSON
    result = typed(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(*arguments: str, answer: str | None = None) -> str:
    result = typed(*arguments, answer=answer)
    lines = result.stderr.splitlines()
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert lines[-1].startswith("workload: ")
    return lines[-1].removeprefix("workload: ")


@pytest.fixture
def nearby(client: Any, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - boto3's clients have no class
    """Give an account without a table, which counts as local."""
    monkeypatch.setattr(schema, "demand_local", lambda _: None)
    for name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)
    return client


@pytest.fixture
def group(dynamodb: Any) -> str:  # noqa: ANN401 - as above
    return seed(MessageStore(TABLE, dynamodb), ANDREW, BAYKO)[0]


def test_setup_makes_and_fills_the_table_and_is_safe_to_run_twice(nearby: Any) -> None:  # noqa: ANN401 - as above
    command = ("setup", "--assembly", str(SYNTHESIZED))
    first = typed(*command)
    before = items_of(nearby)
    again = typed(*command)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "is created." in first.output
    assert "is written." in first.output
    assert again.output.count("is there already.") == 2
    assert len(before) == 8
    assert items_of(nearby) == before
    table = nearby.describe_table(TableName=TABLE)["Table"]
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == [
        "message-group-sk-index"
    ]
    assert typed("drop", "--yes").exit_code == 0
    assert nearby.list_tables()["TableNames"] == []


def test_every_pattern_answers_people_and_programs(group: str) -> None:
    assert told("list-tables") == {"tables": [TABLE]}
    assert [user["handle"] for user in told("list-users")["users"]] == ["andrewbrown", "bayko"]
    assert told("list-conversations", "bayko")["conversations"][0]["group"] == group
    assert told("list-conversations", ANDREW.uuid, "--year", "2025")["conversations"] == []
    first = told("get-conversation", group, "--limit", "4")
    second = told("get-conversation", group, "--limit", "4", "--page", first["next_page"])
    assert [len(page["messages"]) for page in (first, second)] == [4, 2]
    assert second["next_page"] is None
    assert len(told("get-conversation", group, "--year", "2025", "--consistent")["messages"]) == 3
    assert told("send", group, "hi", "--from", "bayko")["message"]["author"]["handle"] == "bayko"
    begun = told("new-conversation", "hello", "--from", "bayko", "--to", "andrewbrown")
    assert begun["conversation"]["other"]["handle"] == "andrewbrown"
    assert len(told("scan", "--limit", "100")["items"]) == 12
    assert len(told("scan", "--index")["items"]) == 4
    for command in (
        ("list-tables",), ("list-users",), ("list-conversations", "bayko"), ("scan",),
        ("get-conversation", group, "--limit", "2"), ("send", group, "hi", "--from", "bayko"),
        ("new-conversation", "hello", "--from", "bayko", "--to", "andrewbrown"), ("seed",),
    ):  # fmt: skip
        result = typed(*command)
        assert result.exit_code == 0
        assert result.output.strip()
    assert "More: the same command with --page " in typed("scan", "--limit", "1").output


def test_what_people_write_does_not_steer_the_terminal(group: str) -> None:
    typed("send", group, "red \x1b[31m alert\n", "--from", "bayko")

    shown = typed("get-conversation", group, "--limit", "1").output

    assert "\x1b" not in shown
    assert r"red \x1b[31m alert\n" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("list-conversations", "bob"), "unknown user 'bob'; the built-in users: andrewbrown, "),
        (("get-conversation", "7"), "the conversation '7' is no UUID; write it like "),
        (("get-conversation", ANDREW.uuid, "--page", "x"), "'x' is no page token; take it "),
        (("get-conversation", ANDREW.uuid, "--year", "0"), "the year 0 is not in 1 to 9999; "),
        (("get-conversation", ANDREW.uuid, "--limit", "0"), "a page of 0 entries is out of "),
        (("send", ANDREW.uuid, "hi", "--from", "bayko"), "there is no conversation "),
        (("new-conversation", " ", "--from", "bayko", "--to", "andrewbrown"), "the message is em"),
        (("new-conversation", "x", "--from", "bayko", "--to", "bob"), "unknown user 'bob'; "),
        (("new-conversation", "x", "--from", "bayko"), "Missing option '--to'. (see `python -m "),
        (("scan", "--index", "--consistent"), "the index message-group-sk-index has no consist"),
        (("scan", "--table", "none"), "the table or its index is not here ("),
        (("list-users", "--users", "a", "--user-pool-id", "b"), "--user-pool-id and --users ex"),
        (("list-users", "--users", "none.json"), "--users none.json: No such file or directory; "),
        (("scan", "--cache", "http://x"), "--cache http://x: is no endpoint of a cache; write da"),
        (("load-schema", "--assembly", "none"), "dynamodb.us-east-1.amazonaws.com is no local "),
        (("setup",), "dynamodb.us-east-1.amazonaws.com is no local DynamoDB: on AWS, the stack "),
        (("shout",), "No such command 'shout'. (see `python -m workload --help`)"),
        ((), "name a command: list-tables, load-schema, seed, setup, list-users, "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_line_and_writes_nothing(
    arguments: tuple[str, ...],
    message: str,
    dynamodb: Any,  # noqa: ANN401 - as above
) -> None:
    assert refused(*arguments).startswith(message)
    assert items_of(dynamodb) == []


def test_a_cache_that_cannot_be_reached_is_said_so(group: str) -> None:
    line = refused("get-conversation", group, "--cache", "127.0.0.1:1")

    assert line.startswith("the cache daxs://127.0.0.1:1 cannot be reached from here: it answers ")


def test_a_missing_client_of_the_cache_is_said_so(
    group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "amazondax", None)

    assert "pip install amazon-dax-client" in refused("get-conversation", group, "--cache", "x")


def test_reads_go_through_the_cache_that_is_named(
    group: str,
    dynamodb: Any,  # noqa: ANN401 - as above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The official client answers queries with the same call; here, moto stands in for it."""
    opened: list[dict[str, Any]] = []

    class Dax:
        def __init__(self, _: object, **settings: Any) -> None:  # noqa: ANN401 - of the client
            opened.append(settings)

        def query(self, **request: Any) -> Any:  # noqa: ANN401 - passed on
            return dynamodb.query(**request)

        def close(self) -> None:
            opened.append({"closed": True})

    monkeypatch.setattr("amazondax.AmazonDaxClient", Dax)

    page = told("get-conversation", group, "--cache", "daxs://messages.example")

    assert len(page["messages"]) == 6
    assert opened[0]["endpoint_url"] == "daxs://messages.example:9111"
    assert opened[0]["region_name"] == REGION
    assert opened[0]["config"].connect_timeout <= 3
    assert opened[1:] == [{"closed": True}]


def test_drop_asks_first(group: str, dynamodb: Any) -> None:  # noqa: ANN401, ARG001 - as above
    for answer in ("n\n", ""):
        assert refused("drop", answer=answer).startswith(f"the table {TABLE} was not dropped")
    assert dynamodb.list_tables()["TableNames"] == [TABLE]
    assert typed("drop", answer="y\n").exit_code == 0
    assert dynamodb.list_tables()["TableNames"] == []


def test_drop_refuses_a_protected_table(dynamodb: Any) -> None:  # noqa: ANN401 - as above
    dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=True)

    assert "has deletion protection, so it is not dropped" in refused("drop", "--yes")
    dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=False)


def test_a_table_with_other_keys_is_not_taken_for_ours(nearby: Any) -> None:  # noqa: ANN401 - as above
    wanted = schema.table_schema(SYNTHESIZED, TABLE, REGION)
    nearby.create_table(**{k: v for k, v in wanted.items() if k != "GlobalSecondaryIndexes"} | {
        "AttributeDefinitions": wanted["AttributeDefinitions"][:2]
    })  # fmt: skip

    line = refused("load-schema", "--assembly", str(SYNTHESIZED))

    assert line.startswith(f"the table {TABLE} is there with other keys or indexes; drop it")


def test_the_schema_is_that_of_the_template(tmp_path: Path, nearby: Any) -> None:  # noqa: ANN401, ARG001 - as above
    template = json.loads(SYNTHESIZED.read_text(encoding="utf-8"))
    (table,) = (r for r in template["Resources"].values() if "GlobalTable" in r["Type"])
    table["Properties"]["StreamSpecification"] = {"StreamViewType": "NEW_IMAGE"}
    environments = {"a": "aws://unknown-account/eu-west-1", "b": f"aws://111122223333/{REGION}"}
    manifest = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": {"templateFile": f"{name}.json"},
        }
        for name, environment in environments.items()
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": manifest}), "utf-8")
    (tmp_path / "a.json").write_text(SYNTHESIZED.read_text("utf-8"), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(template), "utf-8")

    assert "StreamSpecification" not in schema.table_schema(tmp_path, TABLE, "eu-west-1")
    assert schema.table_schema(tmp_path, TABLE, REGION)["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "NEW_IMAGE",
    }
    for name, text, message in (
        ("a.json", "{", "is no JSON"),
        ("a.json", "[]", "is no template"),
        ("a.json", '{"Resources": {}}', "declares no table other"),
        ("none", "", "run `make synth` first"),
    ):
        if text:
            (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(BadRequestError, match=message):
            schema.table_schema(tmp_path / name, "other", REGION)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.9:4566", True),
        ("http://[::1]:4566", True),
        ("http://dynamodb.localhost:4566", True),
        ("http://10.0.0.1:8000", False),
        ("https://dynamodb.us-east-1.amazonaws.com", False),
        ("https://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("", False),
    ],
)
def test_only_this_machine_is_local(url: str, local: bool) -> None:  # noqa: FBT001 - a table of cases
    try:
        schema.demand_local(url)
    except BadRequestError:
        assert not local
    else:
        assert local


def test_users_come_from_a_user_pool_page_by_page_and_then_from_a_file(
    dynamodb: Any,  # noqa: ANN401 - as above
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cognito = boto3.client("cognito-idp", region_name=REGION)
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    for number in range(5):
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=f"login{number}",
            UserAttributes=[
                {"Name": "preferred_username", "Value": f"user{number}"},
                {"Name": "name", "Value": f"User {number}"},
            ][: 2 if number else 0],
        )
    monkeypatch.setattr("workload.directory._PAGE", 2)

    users = told("list-users", "--user-pool-id", pool)
    file = tmp_path / "users.json"
    file.write_text(json.dumps(users), encoding="utf-8")

    assert [user["handle"] for user in users["users"]] == [
        "login0",
        *(f"user{n}" for n in range(1, 5)),
    ]
    assert users["users"][0]["display_name"] == "login0"
    assert typed("seed", "--user-pool-id", pool).exit_code == 0
    before = items_of(dynamodb)
    assert {item["pk"]["S"] for item in before} >= {f"GRP#{u['uuid']}" for u in users["users"][:2]}
    assert "is there already" in typed("seed", "--users", str(file)).output
    assert items_of(dynamodb) == before
    assert told("list-conversations", "user1", "--users", str(file))["conversations"]
    assert "ListUsers failed: ResourceNotFoundException" in refused(
        "list-users", "--user-pool-id", f"{REGION}_none"
    )


USER = {"handle": "a", "display_name": "A", "uuid": ANDREW.uuid}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "is no JSON"),
        ("[]", 'has no list "users"'),
        ('{"users": 1}', 'has no list "users"'),
        ('{"users": [1]}', "users[0] is no user; give handle, display_name and uuid as text"),
        (json.dumps({"users": [{**USER, "handle": ""}]}), "users[0] is no user"),
        (json.dumps({"users": [{**USER, "uuid": "7"}]}), "'7' is no UUID"),
        (
            json.dumps({"users": [USER, {**USER, "uuid": BAYKO.uuid}]}),
            "two users have the handle a",
        ),
        (json.dumps({"users": [USER, {**USER, "handle": "b"}]}), "two users have the uuid "),
        (json.dumps({"users": [USER]}), "a conversation needs two users"),
    ],
)
def test_a_file_of_users_is_refused_by_what_is_wrong(
    document: str,
    message: str,
    tmp_path: Path,
    dynamodb: Any,  # noqa: ANN401 - as above
) -> None:
    file = tmp_path / "users.json"
    file.write_text(document, encoding="utf-8")

    line = refused("seed", "--users", str(file))

    assert str(file) in line
    assert message in line
    assert items_of(dynamodb) == []


def service(code: str, message: str = "", **more: Any) -> ClientError:  # noqa: ANN401 - of the answer
    return ClientError({"Error": {"Code": code, "Message": message}, **more}, "Query")


def test_a_role_that_may_not_list_tables_is_told_so() -> None:
    denied = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}

    assert "takes dynamodb:ListTables" in explain(ClientError(denied, "ListTables"))


def cancelled(reason: str) -> ClientError:
    return service("TransactionCanceledException", CancellationReasons=[{"Code": reason}])


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (service("AccessDeniedException", "explicit deny"), "answers only inside its VPC"),
        (service("ProvisionedThroughputExceededException"), "the table is throttled; try again"),
        (service("ExpiredTokenException"), "the credentials are expired; renew them"),
        (service("UnrecognizedClientException"), "the credentials are not known to AWS"),
        (service("InternalServerError", "sorry"), "Query failed: InternalServerError: sorry"),
        (
            cancelled("TransactionConflict"),
            "somebody writes the same items; try again",
        ),
        (
            cancelled("ThrottlingError"),
            "the table is throttled",
        ),
        (NoCredentialsError(), "no credentials; use a role"),
        (NoRegionError(), "no Region; give --region"),
        (ConnectTimeoutError(endpoint_url="https://x"), "https://x does not answer; check --end"),
    ],
)  # fmt: skip
def test_a_failure_of_aws_is_one_line(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(connection, "dynamodb", fail)

    assert message in refused("scan")
    assert "\n" not in explain(error)


def test_a_defect_is_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "dynamodb", lambda *_: 1 / 0)

    assert refused("scan").startswith("internal error: ZeroDivisionError: division by zero (test_")


def test_it_runs_as_a_module_without_credentials_or_region() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    isolated = environment | {
        "PYTHONPATH": str(ROOT), "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }  # fmt: skip
    command = [sys.executable, "-m", "workload", "scan"]

    def run(*more: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [*command, *more], env=isolated, cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    no_credentials = run("--region", REGION)

    assert run("--region", REGION, "--cache", "127.0.0.1:1") == no_credentials
    assert run() == (2, "", "workload: no Region; give --region, or set AWS_REGION\n")
    assert no_credentials == (
        2,
        "",
        "workload: no credentials; use a role, aws configure or AWS_PROFILE (a local DynamoDB "
        "takes any: AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local)\n",
    )
