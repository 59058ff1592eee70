"""The small private system with one mistake in it, and what the controls say of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddb_perimeter.findings import Exposure

Template = dict[str, Any]
Change = Callable[[Template], object]
STRANGER = "444455556666"


def of(template: Template, logical_id: str) -> dict[str, Any]:
    properties: dict[str, Any] = template[logical_id]["Properties"]
    return properties


def table_statements(template: Template) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = of(template, "Table")["ResourcePolicy"]["PolicyDocument"][
        "Statement"
    ]
    return statements


def stream_statements(template: Template) -> list[dict[str, Any]]:
    specification = of(template, "Table")["StreamSpecification"]
    statements: list[dict[str, Any]] = specification["ResourcePolicy"]["PolicyDocument"][
        "Statement"
    ]
    return statements


def endpoint_statement(template: Template) -> dict[str, Any]:
    statement: dict[str, Any] = of(template, "Endpoint")["PolicyDocument"]["Statement"][0]
    return statement


def trust_of(template: Template, role: str) -> dict[str, Any]:
    trust: dict[str, Any] = of(template, role)["AssumeRolePolicyDocument"]["Statement"][0]
    return trust


def grants_of(template: Template, role: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = of(template, role)["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    return statements


def allow(principal: object, action: str = "dynamodb:GetItem") -> dict[str, Any]:
    return {
        "Sid": "Seeded",
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": "*",
    }


def deny(action: object, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement = {
        "Sid": "Seeded",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": "*",
    }
    return {**statement, "Condition": condition} if condition else statement


def public_url() -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Url",
        "Properties": {
            "TargetFunctionArn": {"Fn::GetAtt": ["Function", "Arn"]},
            "AuthType": "NONE",
        },
    }


def both(first: Change, second: Change) -> Change:
    """Make two changes that are one mistake."""

    def change(template: Template) -> None:
        first(template)
        second(template)

    return change


FOREIGN_ROOT = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
BROKEN: list[tuple[str, str, Change, Exposure, str]] = [
    (
        "a table without a policy",
        "ddb-deny-outside-vpce",
        lambda t: of(t, "Table").pop("ResourcePolicy"),
        Exposure.REACHABLE,
        "the table of messages has no resource policy",
    ),
    (
        "an exemption that nobody declared",
        "ddb-deny-outside-vpce",
        lambda t: table_statements(t)[0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].append(
            "arn:aws:iam::111122223333:role/partner"
        ),
        Exposure.REACHABLE,
        (
            "the policy of the table messages does not deny dynamodb:BatchGetItem to the "
            "undeclared exemption arn:aws:iam::111122223333:role/partner from outside the "
            "declared endpoints"
        ),
    ),
    (
        "an exemption of a cache's role that writes",
        "ddb-deny-outside-vpce",
        lambda t: grants_of(t, "CacheRole")[0]["Action"].append("dynamodb:PutItem"),
        Exposure.REACHABLE,
        "the undeclared exemption arn:aws:iam::111122223333:role/cache",
    ),
    (
        "a Deny that covers the table and not its index",
        "ddb-deny-outside-vpce",
        lambda t: table_statements(t)[0].update(
            Resource="arn:aws:dynamodb:us-east-1:111122223333:table/messages"
        ),
        Exposure.REACHABLE,
        "does not deny dynamodb:",
    ),
    (
        "an Allow for everybody",
        "ddb-table-policy-not-public",
        both(
            lambda t: table_statements(t).append(allow({"AWS": "*"}, "dynamodb:Scan")),
            lambda t: table_statements(t).pop(0),
        ),
        Exposure.REACHABLE,
        "the policy of the table messages lets anybody in",
    ),
    (
        "an Allow for everybody that only an endpoint reaches",
        "ddb-table-policy-not-public",
        lambda t: table_statements(t).append(allow("*")),
        Exposure.WEAKENED,
        "the policy of the table messages lets anybody in",
    ),
    (
        "a grant to another account",
        "ddb-policy-no-cross-account",
        lambda t: table_statements(t).append(allow(FOREIGN_ROOT)),
        Exposure.WEAKENED,
        f"the policy of the table messages lets account {STRANGER} in",
    ),
    (
        "plain HTTP",
        "ddb-deny-insecure-transport",
        lambda t: table_statements(t).pop(1),
        Exposure.WEAKENED,
        "the policy of the table messages answers over plain HTTP",
    ),
    (
        "an open export",
        "ddb-export-guarded",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:ExportTableToPointInTime"),
        Exposure.REACHABLE,
        "leaves dynamodb:ExportTableToPointInTime open to whoever may export",
    ),
    (
        "an open policy",
        "ddb-policy-change-guarded",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:PutResourcePolicy"),
        Exposure.WEAKENED,
        "leaves dynamodb:PutResourcePolicy open to whoever may change the policy",
    ),
    (
        "an open Kinesis destination",
        "ddb-kinesis-guarded",
        lambda t: table_statements(t)[2]["Action"].remove(
            "dynamodb:UpdateKinesisStreamingDestination"
        ),
        Exposure.WEAKENED,
        "leaves dynamodb:UpdateKinesisStreamingDestination open",
    ),
    (
        "an open replication",
        "ddb-no-multi-account-replica",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:AssociateTableReplica"),
        Exposure.REACHABLE,
        "leaves dynamodb:AssociateTableReplica open to whoever may replicate",
    ),
    (
        "an open restore",
        "ddb-restore-guarded",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:RestoreTableToPointInTime"),
        Exposure.WEAKENED,
        "leaves dynamodb:RestoreTableToPointInTime open to whoever may back up or restore",
    ),
    (
        "an open UpdateTable",
        "ddb-table-change-guarded",
        lambda t: table_statements(t).pop(3),
        Exposure.NONE,
        "leaves dynamodb:UpdateTable open to whoever may change the table",
    ),
    (
        "open Contributor Insights",
        "ddb-contributor-insights-guarded",
        lambda t: table_statements(t)[2]["Action"].remove("dynamodb:UpdateContributorInsights"),
        Exposure.NONE,
        "leaves dynamodb:UpdateContributorInsights open to whoever may show keys in CloudWatch",
    ),
    (
        "a vault without a policy",
        "ddb-vault-guarded",
        lambda t: of(t, "Vault").pop("AccessPolicy"),
        Exposure.WEAKENED,
        "the vault leaves backup:Start",
    ),
    (
        "a vault that lets everybody restore",
        "ddb-vault-guarded",
        lambda t: of(t, "Vault")["AccessPolicy"]["Statement"][0]["Action"].pop(),
        Exposure.WEAKENED,
        "the vault leaves backup:StartRestoreJob open",
    ),
    (
        "a stream without a policy",
        "ddb-stream-deny-outside-vpce",
        lambda t: of(t, "Table")["StreamSpecification"].pop("ResourcePolicy"),
        Exposure.REACHABLE,
        "the stream of messages has no resource policy",
    ),
    (
        "a public stream",
        "ddb-stream-policy-not-public",
        lambda t: stream_statements(t).append(allow("*", "dynamodb:GetRecords")),
        Exposure.WEAKENED,
        "the policy of the stream messages lets anybody in",
    ),
    (
        "a stream for another account",
        "ddb-stream-policy-no-cross-account",
        lambda t: stream_statements(t).append(allow(FOREIGN_ROOT, "dynamodb:GetRecords")),
        Exposure.WEAKENED,
        f"the policy of the stream messages lets account {STRANGER} in",
    ),
    (
        "a stream over plain HTTP",
        "ddb-stream-deny-insecure-transport",
        lambda t: stream_statements(t).pop(1),
        Exposure.WEAKENED,
        "the policy of the stream messages answers over plain HTTP",
    ),
    (
        "an open stream policy",
        "ddb-stream-policy-change-guarded",
        lambda t: stream_statements(t).pop(2),
        Exposure.WEAKENED,
        "open to whoever may change the policy",
    ),
    (
        "an endpoint without a policy",
        "vpce-policy-not-default",
        lambda t: of(t, "Endpoint").pop("PolicyDocument"),
        Exposure.WEAKENED,
        "the endpoint has no policy, which lets everything through",
    ),
    (
        "an endpoint for everybody's credentials",
        "vpce-policy-own-identities",
        lambda t: endpoint_statement(t)["Condition"]["StringEquals"].pop("aws:PrincipalAccount"),
        Exposure.WEAKENED,
        "the endpoint takes anybody's credentials",
    ),
    (
        "an endpoint to strangers' tables",
        "vpce-policy-own-resources",
        both(
            lambda t: endpoint_statement(t).update(Resource="arn:aws:dynamodb:*:*:table/*"),
            lambda t: endpoint_statement(t)["Condition"]["StringEquals"].pop("aws:ResourceAccount"),
        ),
        Exposure.WEAKENED,
        "the endpoint leads to tables of other accounts",
    ),
    (
        "an endpoint to every table",
        "vpce-policy-table-scoped",
        lambda t: endpoint_statement(t).update(Resource="*"),
        Exposure.WEAKENED,
        "the endpoint leads to every table of the account",
    ),
    (
        "a gateway endpoint that names an account",
        "vpce-gateway-principal-form",
        lambda t: endpoint_statement(t).update(Principal={"AWS": "111122223333"}),
        Exposure.NONE,
        "OwnPrincipalsOwnTable names principals in a form that a gateway endpoint ignores",
    ),
    (
        "a cache's role that writes by a wildcard",
        "dax-role-read-only",
        lambda t: grants_of(t, "CacheRole")[0].update(Action="dynamodb:*Item"),
        Exposure.REACHABLE,
        "the cache's role may call dynamodb:",
    ),
    (
        "a cache's role with another service",
        "dax-role-read-only",
        lambda t: grants_of(t, "CacheRole")[0]["Action"].append("s3:GetObject"),
        Exposure.WEAKENED,
        "the cache's role may also call s3:GetObject: Read, read",
    ),
    (
        "a cache's role for every table",
        "dax-role-table-scoped",
        lambda t: grants_of(t, "CacheRole")[0].update(Resource="*"),
        Exposure.WEAKENED,
        "the cache's role reads other tables too",
    ),
    (
        "a cache's role for strangers",
        "dax-role-trust-dax-only",
        lambda t: trust_of(t, "CacheRole").update(Principal=FOREIGN_ROOT, Condition={}),
        Exposure.REACHABLE,
        f"the trust policy lets arn:aws:iam::{STRANGER}:",
    ),
    (
        "a cache's role for the application",
        "dax-role-trust-dax-only",
        lambda t: trust_of(t, "CacheRole")["Principal"].update(Service="ec2.amazonaws.com"),
        Exposure.REACHABLE,
        "the trust policy lets ec2.amazonaws.com assume the cache's role",
    ),
    (
        "a confused deputy",
        "dax-role-confused-deputy",
        lambda t: trust_of(t, "CacheRole").pop("Condition"),
        Exposure.WEAKENED,
        "the trust policy lets DAX use the role for clusters of other accounts",
    ),
    (
        "a client that writes through the cache",
        "dax-client-least",
        lambda t: grants_of(t, "Application")[2].update(Action="dax:*"),
        Exposure.WEAKENED,
        "a client of the cache may call dax:",
    ),
    (
        "a stranger who may become the application",
        "iam-no-stranger-assumes",
        lambda t: trust_of(t, "Application").update(Principal=FOREIGN_ROOT),
        Exposure.REACHABLE,
        "may assume this role, which reaches the data",
    ),
    (
        "a function outside the VPC",
        "lambda-in-vpc",
        lambda t: of(t, "Function").pop("VpcConfig"),
        Exposure.NONE,
        "the function Function holds a role that reaches the data, and runs outside any VPC",
    ),
    (
        "a function with a URL that is public but for a permission",
        "lambda-not-public",
        lambda t: t.update(Url=public_url()),
        Exposure.WEAKENED,
        "may call the function Function by its URL (AuthType NONE), once a permission lets every",
    ),
    (
        "a user who reads the table",
        "iam-no-users",
        lambda t: grants_of(t, "Mailer")[0].update(Action=["ses:*", "dynamodb:*"]),
        Exposure.NONE,
        "the user Mailer may call dynamodb:",
    ),
    (
        "a user with keys who reads through the cache",
        "iam-no-users",
        both(
            lambda t: grants_of(t, "Mailer")[0].update(Action="dax:GetItem"),
            lambda t: t.update(
                Keys={
                    "Type": "AWS::IAM::AccessKey",
                    "Properties": {"UserName": {"Ref": "Mailer"}},
                }
            ),
        ),
        Exposure.WEAKENED,
        "the user Mailer may call dax:GetItem with the access key Keys",
    ),
    (
        "a function for another account",
        "lambda-not-public",
        lambda t: of(t, "Permission").update(Principal=STRANGER),
        Exposure.REACHABLE,
        f"{STRANGER} may call the function Function, which reaches the data",
    ),
    (
        "a function for a service that acts for anybody",
        "lambda-not-public",
        lambda t: of(t, "Permission").update(Principal="apigateway.amazonaws.com"),
        Exposure.REACHABLE,
        "apigateway.amazonaws.com may call the function Function, which reaches the data",
    ),
    (
        "a key for everybody",
        "ddb-cmk-key-policy",
        lambda t: of(t, "Key")["KeyPolicy"]["Statement"][0].pop("Condition"),
        Exposure.WEAKENED,
        "the key's policy lets strangers use the key",
    ),
    (
        "a policy that nobody may change",
        "ddb-policy-repairable",
        lambda t: table_statements(t).append(deny("dynamodb:PutResourcePolicy")),
        Exposure.NONE,
        "denies dynamodb:PutResourcePolicy to everybody outside the VPC, so nobody can repair",
    ),
    (
        "a Deny on everything",
        "ddb-deny-is-data-plane-only",
        both(
            lambda t: table_statements(t)[0].update(Action="dynamodb:*"),
            lambda t: table_statements(t)[0]["Condition"].pop("ArnNotLike"),
        ),
        Exposure.NONE,
        "to everybody outside the VPC, so nobody can deploy",
    ),
    (
        "a Deny of everything but the first action that a deployment calls",
        "ddb-deny-is-data-plane-only",
        lambda t: table_statements(t).append(
            {
                "Sid": "DenyMost",
                "Effect": "Deny",
                "Principal": "*",
                "NotAction": "dynamodb:DescribeContinuousBackups",
                "Resource": "*",
            }
        ),
        Exposure.NONE,
        "denies dynamodb:DescribeTable to everybody outside the VPC, so nobody can deploy",
    ),
    (
        "autoscaling locked out",
        "ddb-deny-exempts-slr",
        lambda t: table_statements(t).append(deny("dynamodb:UpdateTable")),
        Exposure.NONE,
        "denies service-linked roles dynamodb:UpdateTable",
    ),
    (
        "a cache whose trust names another cluster",
        "ddb-deny-exempts-dax-role",
        lambda t: trust_of(t, "CacheRole")["Condition"].update(
            ArnEquals={"aws:SourceArn": "arn:aws:dax:us-east-1:111122223333:cache/other"}
        ),
        Exposure.NONE,
        "DAX cannot assume the cache's role for this cluster: its trust policy names another",
    ),
    (
        "a role locked out of the stream",
        "ddb-workload-works",
        lambda t: stream_statements(t)[0]["Condition"].update(
            StringNotEquals={"aws:SourceVpce": {"Ref": "Endpoint"}}
        ),
        Exposure.NONE,
        "the role may call dynamodb:GetRecords on the stream messages, but every such request",
    ),
    (
        "a cache locked out",
        "ddb-deny-exempts-dax-role",
        lambda t: table_statements(t)[0]["Condition"].pop("ArnNotLike"),
        Exposure.NONE,
        "the cache cannot call dynamodb:",
    ),
    (
        "an application locked out by the endpoint",
        "ddb-workload-works",
        lambda t: endpoint_statement(t)["Action"].remove("dynamodb:PutItem"),
        Exposure.NONE,
        "the role may call dynamodb:PutItem on the table messages, but every such request",
    ),
    (
        "a VPC that is told by its id",
        "sourcevpc-region-pinned",
        lambda t: table_statements(t).append(
            deny("dynamodb:Scan", {"StringNotEquals": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f60718"}})
        ),
        Exposure.WEAKENED,
        "Seeded trusts aws:SourceVpc, and nothing pins the Region or the owner of that VPC",
    ),
    (
        "a policy that AWS refuses",
        "policy-within-size",
        lambda t: table_statements(t)[0].update(Sid="a" * 20_480),
        Exposure.NONE,
        "The table's policy is 22,",
    ),
    (
        "a Deny on an API name",
        "ddb-no-noop-actions",
        lambda t: table_statements(t).append(deny("dynamodb:ExecuteStatement")),
        Exposure.NONE,
        "Seeded names dynamodb:ExecuteStatement: it is an API operation",
    ),
    (
        "a misspelt action in the stream's policy",
        "ddb-no-noop-actions",
        lambda t: stream_statements(t)[0]["Action"].append("dynamodb:GetRecord"),
        Exposure.NONE,
        "Outside names dynamodb:GetRecord: no IAM action has this name; write dynamodb:GetRecords",
    ),
    (
        "an exemption by a pattern",
        "exemption-arn-exact",
        lambda t: table_statements(t)[2]["Condition"].update(
            ArnNotEquals={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}
        ),
        Exposure.NONE,
        "Exits of the table messages exempts arn:aws:iam::111122223333:role/*, which is not",
    ),
    (
        "an exemption of a stranger's role",
        "exemption-arn-exact",
        lambda t: table_statements(t)[0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].append(
            f"arn:aws:iam::{STRANGER}:role/partner"
        ),
        Exposure.NONE,
        f"exempts arn:aws:iam::{STRANGER}:role/partner, which belongs to another account",
    ),
    (
        "an exemption of a session",
        "exemption-arn-exact",
        lambda t: table_statements(t)[0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].append(
            "arn:aws:sts::111122223333:assumed-role/deploy/somebody"
        ),
        Exposure.NONE,
        "exempts arn:aws:sts::111122223333:assumed-role/deploy/somebody",
    ),
]
