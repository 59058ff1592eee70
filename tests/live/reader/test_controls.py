"""What only an account can tell: who exists, who administers, where copies are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from ddb_perimeter.controls import catalogue
from ddb_perimeter.controls.perimeter import Perimeter
from ddb_perimeter.inventory import Inventory, Resource
from ddb_perimeter.inventory.account import Account
from ddb_perimeter.inventory.iam import ROLE, USER
from ddb_perimeter.inventory.network import ENDPOINT
from ddb_perimeter.unknown import Unknown
from tests.live.reader.names import ACCOUNT, REGION, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ddb_perimeter.findings import Result

CLUSTER: Final = f"arn:aws:dax:{REGION}:{ACCOUNT}:cache/own"
KNOWN: Final = frozenset({ROLE, USER, ENDPOINT})


def recorded(type_: str, physical: str, arn: str = "", **properties: object) -> Resource:
    return Resource.recorded(
        type_,
        properties,
        physical=physical,
        attributes={"Arn": arn} if arn else {},
        region=REGION,
        account=ACCOUNT,
    )


def role(name: str, *actions: str, resource: str = "*") -> Resource:
    document = {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}
    return recorded(
        ROLE,
        name,
        f"arn:aws:iam::{ACCOUNT}:role/{name}",
        RoleName=name,
        Policies=[{"PolicyName": "inline", "PolicyDocument": document}] if actions else [],
        AssumeRolePolicyDocument={"Statement": []},
    )


def table(*statements: dict[str, Any], **more: object) -> Resource:
    policy = {"PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    return recorded("AWS::DynamoDB::Table", "orders", TABLE, ResourcePolicy=policy, **more)


def sparing(*arns: str) -> dict[str, Any]:
    return {
        "Sid": "DenyOutside",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "dynamodb:*",
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": list(arns)}},
    }


def asked(control: str, resources: Iterable[Resource], complete: frozenset[str] = KNOWN) -> Result:
    inventory = Inventory(resources, complete=complete)
    return catalogue.run(Account(ACCOUNT, (REGION,), inventory, {}), Perimeter(), [control])


def told(control: str, *resources: Resource, complete: frozenset[str] = KNOWN) -> list[str]:
    return [each.message for each in asked(control, resources, complete).findings]


@pytest.mark.parametrize("kind", ["role", "user"])
def test_an_exempt_principal_that_is_gone_is_a_finding(kind: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:{kind}/removed"

    assert told("exempt-principal-exists", table(sparing(arn))) == [
        f"DenyOutside of the table orders exempts {arn}, which does not exist"
    ]


def test_an_exempt_principal_that_is_there_is_fine() -> None:
    there = role("there")

    result = asked("exempt-principal-exists", [there, table(sparing(str(there.arn)))])

    assert result.findings == ()
    assert [each.resources for each in result.controls] == [1]


def test_a_name_with_another_path_is_somebody_else() -> None:
    there = role("there")
    arn = f"arn:aws:iam::{ACCOUNT}:role/team/there"

    assert len(told("exempt-principal-exists", there, table(sparing(arn)))) == 1


def test_patterns_and_linked_roles_are_not_looked_for() -> None:
    pattern = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/*"

    assert told("exempt-principal-exists", table(sparing(pattern))) == []


def test_a_principal_of_another_account_is_told_and_not_judged() -> None:
    arn = "arn:aws:iam::444455556666:role/theirs"
    result = asked("exempt-principal-exists", [table(sparing(arn))])

    assert result.findings == ()
    assert [(each.principal, each.reason) for each in result.exemptions] == [
        (arn, "of another account, where nobody here can see if it exists")
    ]


def test_a_deny_that_names_whom_it_denies_exempts_nobody() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/removed"
    expired = sparing() | {"Condition": {"ArnLike": {"aws:PrincipalArn": arn}}}

    assert told("exempt-principal-exists", table(expired)) == []


def test_the_id_of_a_deleted_principal_is_a_finding() -> None:
    allow = {
        "Sid": "LetIn",
        "Effect": "Allow",
        "Principal": {"AWS": "AROAEXAMPLEEXAMPLE"},
        "Action": "dynamodb:GetItem",
        "Resource": "*",
    }

    assert told("exempt-principal-exists", table(allow)) == [
        "LetIn of the table orders names AROAEXAMPLEEXAMPLE, the id of a principal that was deleted"
    ]


def test_who_could_not_be_listed_is_not_called_missing() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/removed"

    assert told("exempt-principal-exists", table(sparing(arn)), complete=frozenset()) == []


def test_an_administrator_is_no_client_of_the_cache() -> None:
    cluster = recorded("AWS::DAX::Cluster", "own", CLUSTER, IAMRoleARN="arn:aws:iam::1:role/cache")
    everything, writes = role("admin", "*"), role("writer", "dax:PutItem", resource=CLUSTER)

    assert told("dax-client-least", cluster, everything) == []
    assert len(told("dax-client-least", cluster, writes)) == 1
    assert len(told("dax-client-least", cluster, everything, complete=frozenset())) == 1


def test_a_role_of_a_cluster_that_is_gone_is_a_finding() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/removed"
    cluster = recorded("AWS::DAX::Cluster", "own", CLUSTER, IAMRoleARN=arn)

    assert told("dax-role-exists", cluster) == [f"IAMRoleARN is {arn}, which does not exist."]
    assert told("dax-role-exists", cluster, complete=frozenset()) == []


def test_a_replica_where_nothing_leads_to_the_tables_is_a_finding() -> None:
    copied = table(Replicas=[{"Region": REGION}, {"Region": "us-east-1"}])
    trail = Resource.recorded(
        "AWS::CloudTrail::Trail", {}, physical="central", region="us-east-1", account=ACCOUNT
    )
    endpoint = Resource.recorded(
        ENDPOINT, {}, physical="vpce-0a", region="us-east-1", account=ACCOUNT
    )

    assert told("ddb-replicas-allow-listed", copied, trail) == [
        "Replicas[1].Region is us-east-1, where no stack of what was checked is deployed."
    ]
    assert told("ddb-replicas-allow-listed", copied, endpoint) == []


def test_a_rule_that_says_that_something_is_wrong_is_a_finding() -> None:
    def rule(said: str) -> Resource:
        return Resource.recorded(
            "AWS::Config::ConfigRule",
            {"Source": {"Owner": "AWS", "SourceIdentifier": "DYNAMODB_PITR_ENABLED"}},
            physical="pitr",
            attributes={"Compliance.Type": said},
            region=REGION,
            account=ACCOUNT,
        )

    assert told("config-rules-comply", rule("NON_COMPLIANT")) == ["The rule says NON_COMPLIANT."]
    assert told("config-rules-comply", rule("COMPLIANT")) == []


def test_an_export_to_a_bucket_of_another_account_is_a_finding() -> None:
    def exported(exports: object) -> Resource:
        arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
        return Resource.recorded(
            "AWS::DynamoDB::Table",
            {"TableName": "orders"},
            physical="orders",
            attributes={"Arn": arn, "Exports": exports},
            region=REGION,
            account=ACCOUNT,
        )

    def bucket(owner: str | None) -> dict[str, object]:
        return {"ExportArn": "export-1", "S3Bucket": "lake", "S3BucketOwner": owner}

    control = "ddb-no-foreign-export"
    assert told(control, exported([])) == []
    assert told(control, exported([bucket(None), bucket(ACCOUNT)])) == []
    assert told(control, exported([bucket(None), bucket("444455556666")])) == [
        "export-1 is in the bucket lake of account 444455556666, which is not in the perimeter."
    ]
    (doubt,) = told(control, exported(Unknown("not told", "AWS refused dynamodb:ListExports")))
    assert "AWS refused dynamodb:ListExports" in doubt


def test_a_policy_of_aws_may_be_larger_than_ours() -> None:
    def managed(owner: str) -> Resource:
        arn = f"arn:aws:iam::{owner}:policy/large"
        statement = {"Sid": "a" * 7_000, "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return recorded("AWS::IAM::ManagedPolicy", arn, arn, PolicyDocument=document)

    assert told("policy-within-size", managed("aws")) == []
    assert len(told("policy-within-size", managed(ACCOUNT))) == 1


@pytest.mark.parametrize(("status", "with_key"), [("Active", True), ("Inactive", False)])
def test_a_key_that_is_switched_off_is_no_way_in(status: str, *, with_key: bool) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/intern"
    document = {"Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}]}
    policies = [{"PolicyName": "inline", "PolicyDocument": document}]
    user = recorded(USER, "intern", arn, UserName="intern", Policies=policies)
    key = recorded("AWS::IAM::AccessKey", "AKIAEXAMPLE", UserName="intern", Status=status)

    (message,) = told("iam-no-users", table(), user, key)

    assert message.endswith("with the access key AKIAEXAMPLE") is with_key


@pytest.mark.parametrize("control", ["ddb-retain-policy"])
def test_what_only_templates_say_is_not_asked_of_an_account(control: str) -> None:
    account = Account(ACCOUNT, (REGION,), Inventory([table()]), {})

    assert control not in {each.id for each in catalogue.run(account, Perimeter()).controls}
    with pytest.raises(catalogue.MisplacedControlError, match="asked of templates only"):
        catalogue.run(account, Perimeter(), [control])
