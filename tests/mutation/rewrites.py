"""Changes that mean the same to AWS, or that deny more: none of them may be found."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from tests.mutation.mutant import (
    Rewrite,
    attribute,
    drop,
    plus,
    put,
    recondition,
    respell,
    reword,
    together,
    without,
)
from tests.mutation.templates import (
    ACCOUNT,
    cache_trust,
    gateway_policy,
    key_policy,
    statement,
    stream_policy,
    streams_endpoint_policy,
    table_policy,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mutation.mutant import Change
    from tests.mutation.templates import Node, Templates

NETWORK: Final = "DenyDataPlaneOutsideEndpoints"
OTHERS: Final = "DenyOtherAccounts"
TABLE: Final = "Data/Table/Table"
CLUSTER: Final = "Data/Cache/Cluster"
GROUP: Final = "Data/Cache/Group"
TRAIL: Final = "Audit/Trail/Trail"
ARN: Final = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/cruddur-messages"
POLICIES: Final = (
    table_policy,
    stream_policy,
    gateway_policy,
    streams_endpoint_policy,
    key_policy,
    cache_trust,
)
_ELEMENTS: Final = frozenset({"Action", "NotAction", "Resource", "NotResource"})


# Changes of every node


def _everywhere(edit: Callable[[Any], Any], *stacks: str) -> Change:
    """Edit every node of some templates, inner ones first."""

    def walk(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, dict):
            return edit({key: walk(value) for key, value in node.items()})
        return edit([walk(value) for value in node]) if isinstance(node, list) else edit(node)

    def change(templates: Templates) -> None:
        for stack in stacks or tuple(templates.stacks):
            resources = templates.stacks[stack]["Resources"]
            templates.stacks[stack]["Resources"] = {k: walk(v) for k, v in resources.items()}

    return change


def _statements(edit: Callable[[Node], None]) -> Change:
    """Edit every statement of every policy that decides about the table."""

    def change(templates: Templates) -> None:
        for policy in POLICIES:
            for each in policy(templates)["Statement"]:
                edit(each)

    return change


def _reversed_statements(templates: Templates) -> None:
    for policy in POLICIES:
        policy(templates)["Statement"].reverse()


def _sorted_keys(node: Any) -> Any:  # noqa: ANN401 - any JSON
    return dict(sorted(node.items(), reverse=True)) if isinstance(node, dict) else node


def _lists_reversed(each: Node) -> None:
    for name in _ELEMENTS & set(each):
        if isinstance(each[name], list):
            each[name].reverse()
    for values in each.get("Condition", {}).values():
        for value in values.values():
            if isinstance(value, list):
                value.reverse()


def _lists_for_strings(each: Node) -> None:
    for name in _ELEMENTS & set(each):
        if not isinstance(each[name], list):
            each[name] = [each[name]]
    for values in each.get("Condition", {}).values():
        for key, value in values.items():
            if not isinstance(value, list):
                values[key] = [value]


def _strings_for_lists(each: Node) -> None:
    for name in _ELEMENTS & set(each):
        if isinstance(each[name], list) and len(each[name]) == 1:
            each[name] = each[name][0]
    for values in each.get("Condition", {}).values():
        for key, value in values.items():
            if isinstance(value, list) and len(value) == 1:
                values[key] = value[0]


def _shouted_actions(each: Node) -> None:
    actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
    each["Action"] = [
        f"{service.upper()}:{name.swapcase()}"
        for service, _, name in (action.partition(":") for action in actions)
    ]


def _shouted_keys(each: Node) -> None:
    for values in each.get("Condition", {}).values():
        for key in list(values):
            values[key.upper()] = values.pop(key)


def _no_sid(each: Node) -> None:
    each.pop("Sid", None)


def _sub_for_join(node: Any) -> Any:  # noqa: ANN401 - any JSON
    if not (isinstance(node, dict) and set(node) == {"Fn::Join"} and node["Fn::Join"][0] == ""):
        return node
    text = ""
    for part in node["Fn::Join"][1]:
        if isinstance(part, str):
            text += part
        elif "Ref" in part:
            text += "${" + part["Ref"] + "}"
        elif "Fn::GetAtt" in part:
            text += "${" + ".".join(part["Fn::GetAtt"]) + "}"
        else:
            return node
    return {"Fn::Sub": text}


def _literal_pseudo_parameters(node: Any) -> Any:  # noqa: ANN401 - any JSON
    known = {
        "AWS::Partition": "aws",
        "AWS::Region": "us-east-1",
        "AWS::AccountId": ACCOUNT,
        "AWS::URLSuffix": "amazonaws.com",
    }
    if isinstance(node, dict) and set(node) == {"Ref"}:
        return known.get(node["Ref"], node)
    return node


def _account_by_reference(node: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(node, str) and ACCOUNT in node and "${" not in node:
        return {"Fn::Sub": node.replace(ACCOUNT, "${AWS::AccountId}")}
    return node


def _strings_for_numbers(node: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(node, bool):
        return str(node).lower()
    return str(node) if isinstance(node, int) else node


def _import_by_sub(node: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(node, dict) and isinstance(node.get("Fn::ImportValue"), str):
        return {"Fn::ImportValue": {"Fn::Sub": node["Fn::ImportValue"]}}
    return node


def _no_metadata(templates: Templates) -> None:
    for _, _, resource in templates.places():
        resource.pop("Metadata", None)


def _renamed(templates: Templates) -> None:
    """Take CDK's hashes off the logical ids."""
    text = json.dumps(templates.stacks)
    for _, logical_id, _ in list(templates.places()):
        text = re.sub(rf"\b{logical_id}\b", f"Own{logical_id[:-8]}", text)
    templates.stacks.update(json.loads(text))


def _yaml(*stacks: str) -> Change:
    return lambda templates: templates.spelling.update(stacks)


# Changes of the policies


def _split(policy: Callable[[Templates], Node], sid: str, element: str, at: int) -> Change:
    """Make two statements of one, each with a part of a list."""

    def change(templates: Templates) -> None:
        document = policy(templates)
        first = statement(document, sid)
        second = json.loads(json.dumps(first))
        first[element], second[element] = first[element][:at], second[element][at:]
        second["Sid"] = f"{sid}2"
        document["Statement"].append(second)

    return change


def _merged(templates: Templates) -> None:
    """Make one statement of those that have one condition."""
    document = table_policy(templates)
    merged: list[Node] = []
    for each in document["Statement"]:
        same = [
            other
            for other in merged
            if (other.get("Condition"), other["Effect"]) == (each.get("Condition"), each["Effect"])
        ]
        if not same:
            merged.append(each)
            continue
        own = same[0]["Action"] if isinstance(same[0]["Action"], list) else [same[0]["Action"]]
        more = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        same[0]["Action"] = [*own, *more]
    document["Statement"] = merged


def _resources_in_full(templates: Templates) -> None:
    for each in table_policy(templates)["Statement"]:
        each["Resource"] = [ARN, f"{ARN}/*"]


def _both_networks(operator: str, other: str) -> Change:
    """Respell the condition of the network Denies of table and stream."""
    return together(
        respell(table_policy, NETWORK, operator, other),
        respell(stream_policy, NETWORK, operator, other),
    )


# Changes of resources


def _old_type(templates: Templates) -> None:
    """Declare the table by the type that every tutorial uses."""
    resource = templates.resource(TABLE)
    properties = resource["Properties"]
    replica = properties.pop("Replicas")[0]
    stream = replica.pop("ReplicaStreamSpecification")
    encryption = replica.pop("SSESpecification")
    for name in ("Region", "GlobalSecondaryIndexes"):
        del replica[name]
    properties.update(replica)
    properties["SSESpecification"].update(encryption)
    properties["StreamSpecification"].update(stream)
    resource["Type"] = "AWS::DynamoDB::Table"


def _separate_rules(templates: Templates) -> None:
    for position, rule in enumerate(templates.properties(GROUP).pop("SecurityGroupIngress")):
        templates.add(
            "data",
            f"Rule{position}",
            "AWS::EC2::SecurityGroupIngress",
            GroupId={"Fn::GetAtt": [templates.logical_id(GROUP), "GroupId"]},
            **rule,
        )


def _inline_policies(templates: Templates) -> None:
    stack, logical_id = templates.place("Data/Cache/ReadTable")
    document = templates.stacks[stack]["Resources"].pop(logical_id)["Properties"]["PolicyDocument"]
    templates.properties("Data/Cache/Role")["Policies"] = [
        {"PolicyName": "read", "PolicyDocument": document}
    ]


def _separate_policy(templates: Templates) -> None:
    resource = templates.resource("Data/Cache/ReadTable")
    resource["Type"] = "AWS::IAM::Policy"
    properties = resource["Properties"]
    resource["Properties"] = {
        "PolicyName": "read",
        "PolicyDocument": properties["PolicyDocument"],
        "Roles": properties["Roles"],
    }


def _attached_by_role(templates: Templates) -> None:
    del templates.properties("Data/Cache/ReadTable")["Roles"]
    templates.properties("Data/Cache/Role")["ManagedPolicyArns"] = [
        {"Ref": templates.logical_id("Data/Cache/ReadTable")}
    ]


def _moved_roles(templates: Templates) -> None:
    """Move the workload's roles into a stack of their own, which imports their policies."""
    templates.stacks["roles"] = {"Resources": {}}
    for name in ("Reader", "Writer"):
        policy = templates.imported(f"Data/{name}Policy")
        stack, logical_id = templates.place(f"Data/{name}1/Role")
        role = templates.stacks[stack]["Resources"].pop(logical_id)
        role["Properties"]["ManagedPolicyArns"] = [policy]
        templates.stacks["roles"]["Resources"][logical_id] = role


def _moved_key(templates: Templates) -> None:
    """Move the table's key into a stack of its own."""
    name = templates.logical_id("Data/TableKey")
    templates.imported("Data/TableKey", "Arn")
    data = templates.stacks["data"]
    templates.stacks["keys"] = {
        "Resources": {name: data["Resources"].pop(name)},
        "Outputs": {"Key": data["Outputs"].pop(f"Shared{name}Arn")},
    }
    text = json.dumps({"Fn::GetAtt": [name, "Arn"]})
    imported = json.dumps({"Fn::ImportValue": f"shared-{name}-Arn"})
    for stack in ("data", "audit"):
        whole = json.dumps(templates.stacks[stack]).replace(text, imported)
        templates.stacks[stack] = json.loads(whole)


def _conditional(templates: Templates) -> None:
    """Make the table depend on a condition that always holds, and a part of it on another."""
    data = templates.stacks["data"]
    data["Conditions"] = {
        "Always": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws"]},
        "Never": {"Fn::Not": [{"Condition": "Always"}]},
    }
    templates.resource(TABLE)["Condition"] = "Always"
    network = statement(table_policy(templates), NETWORK)
    network["Resource"] = {"Fn::If": ["Never", "arn:aws:dynamodb:::nothing", network["Resource"]]}


def _undecided_extra(templates: Templates) -> None:
    """Add a queue that depends on what nobody here can know."""
    data = templates.stacks["data"]
    data.setdefault("Parameters", {})["Queue"] = {"Type": "String", "Default": "yes"}
    data["Conditions"] = {"WithQueue": {"Fn::Equals": [{"Ref": "Queue"}, "yes"]}}
    templates.add("data", "Later", "AWS::SQS::Queue")["Condition"] = "WithQueue"


def _parameters(templates: Templates) -> None:
    """Let the name of the table come from a parameter, and the cluster's from a mapping."""
    data = templates.stacks["data"]
    data.setdefault("Parameters", {})["Name"] = {"Type": "String", "Default": "cruddur-messages"}
    data["Mappings"] = {"Names": {"us-east-1": {"Cluster": "mutants"}}}
    templates.properties(TABLE)["TableName"] = {"Ref": "Name"}
    templates.properties(CLUSTER)["ClusterName"] = {
        "Fn::FindInMap": ["Names", {"Ref": "AWS::Region"}, "Cluster"]
    }


def _unrelated(templates: Templates) -> None:
    templates.add("edge", "Queue", "AWS::SQS::Queue")
    templates.add("edge", "Topic", "AWS::SNS::Topic")
    templates.add(
        "edge",
        "Role",
        "AWS::IAM::Role",
        AssumeRolePolicyDocument={
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "events.amazonaws.com"},
            },
        },
        Policies=[
            {
                "PolicyName": "send",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "sqs:SendMessage",
                        "Resource": {"Fn::GetAtt": ["Queue", "Arn"]},
                    },
                },
            }
        ],
    )


def _other_network(templates: Templates) -> None:
    """Add a VPC that leads to the internet and has nothing to do with the table."""
    templates.add("edge", "Web", "AWS::EC2::VPC", CidrBlock="10.200.0.0/16")
    templates.add("edge", "WebTable", "AWS::EC2::RouteTable", VpcId={"Ref": "Web"})
    templates.add("edge", "WebGateway", "AWS::EC2::InternetGateway")
    templates.add(
        "edge",
        "WebRoute",
        "AWS::EC2::Route",
        RouteTableId={"Ref": "WebTable"},
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId={"Ref": "WebGateway"},
    )


def _other_tags(templates: Templates) -> None:
    for _, _, resource in templates.places():
        properties = resource.get("Properties", {})
        if isinstance(properties.get("Tags"), list):
            properties["Tags"] = [{"Key": "owner", "Value": "somebody else"}]
        if "Description" in properties and resource["Type"] != "AWS::KMS::Key":
            properties["Description"] = "Told otherwise"


def _single_statement(templates: Templates) -> None:
    document = streams_endpoint_policy(templates)
    document["Statement"] = document["Statement"][0]


REWRITES: Final = (
    # Order and spelling
    Rewrite("statements in another order", _reversed_statements),
    Rewrite("keys in another order", _everywhere(_sorted_keys)),
    Rewrite("lists in another order", _statements(_lists_reversed)),
    Rewrite("lists for strings", _statements(_lists_for_strings)),
    Rewrite("strings for lists of one", _statements(_strings_for_lists)),
    Rewrite("one statement without its list", _single_statement),
    Rewrite("actions in another case", _statements(_shouted_actions)),
    Rewrite("condition keys in another case", _statements(_shouted_keys)),
    Rewrite("no Sid", _statements(_no_sid)),
    Rewrite("Fn::Sub for Fn::Join", _everywhere(_sub_for_join)),
    Rewrite("literals for pseudo parameters", _everywhere(_literal_pseudo_parameters)),
    Rewrite("the account by reference", _everywhere(_account_by_reference, "data")),
    Rewrite("strings for numbers and flags", _everywhere(_strings_for_numbers, "data")),
    Rewrite("imports by Fn::Sub", _everywhere(_import_by_sub)),
    Rewrite("no metadata", _no_metadata),
    Rewrite("other logical ids", _renamed),
    Rewrite("other tags and descriptions", _other_tags),
    Rewrite("every template as YAML", _yaml("network", "data", "audit")),
    Rewrite("one template as YAML", _yaml("data")),
    # Statements split, merged and added
    Rewrite("the network Deny split by actions", _split(table_policy, NETWORK, "Action", 5)),
    Rewrite(
        "the network Deny split by resources",
        together(
            reword(table_policy, NETWORK, Resource=[ARN, f"{ARN}/index/*"]),
            _split(table_policy, NETWORK, "Resource", 1),
        ),
    ),
    Rewrite(
        "the gateway's Allow split by actions",
        _split(gateway_policy, "AllowOwnPrincipalsOwnTable", "Action", 6),
    ),
    Rewrite("statements with one condition merged", _merged),
    Rewrite(
        "one more Deny",
        plus(
            table_policy,
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "dynamodb:DeleteTable",
                "Resource": "*",
            },
        ),
    ),
    Rewrite(
        "an Allow for a role of the account",
        plus(
            table_policy,
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/mutants-reader-us-east-1"},
                "Action": "dynamodb:GetItem",
                "Resource": "*",
            },
        ),
    ),
    # Conditions
    Rewrite(
        "StringNotEqualsIfExists", _both_networks("StringNotEquals", "StringNotEqualsIfExists")
    ),
    Rewrite("StringNotLike without a wildcard", _both_networks("StringNotEquals", "StringNotLike")),
    Rewrite(
        "ForAllValues of a single value",
        _both_networks("StringNotEquals", "ForAllValues:StringNotEquals"),
    ),
    Rewrite(
        "ForAnyValue beside a Deny on everybody who has no ARN",
        _both_networks("ArnNotLike", "ForAnyValue:ArnNotLike"),
    ),
    Rewrite("ArnNotEquals for ArnNotLike", _both_networks("ArnNotLike", "ArnNotEquals")),
    Rewrite("StringNotLike for ArnNotLike", _both_networks("ArnNotLike", "StringNotLike")),
    Rewrite(
        "a condition that is always met",
        recondition(
            table_policy, NETWORK, "DateGreaterThan", {"aws:CurrentTime": "2020-01-01T00:00:00Z"}
        ),
    ),
    Rewrite(
        "a flag for its text",
        together(
            reword(
                table_policy, "DenyPlainHttp", Condition={"Bool": {"aws:SecureTransport": False}}
            ),
            reword(
                stream_policy,
                "DenyPlainHttp",
                Condition={"BoolIfExists": {"aws:SecureTransport": ["false"]}},
            ),
        ),
    ),
    Rewrite(
        "accounts by pattern",
        respell(table_policy, "DenyOtherAccounts", "StringNotEquals", "StringNotLike"),
    ),
    Rewrite(
        "IfExists on keys that every request has",
        respell(
            gateway_policy, "AllowOwnPrincipalsOwnTable", "StringEquals", "StringEqualsIfExists"
        ),
    ),
    Rewrite(
        "ArnLike for ArnEquals in the cache's trust",
        respell(cache_trust, "AllowDaxForThisCluster", "ArnEquals", "ArnLike"),
    ),
    Rewrite(
        "the policy language of 2008",
        lambda templates: table_policy(templates).update(Version="2008-10-17"),
    ),
    # Denies that cover as much or more
    Rewrite(
        "patterns of actions",
        reword(
            table_policy,
            NETWORK,
            Action=[
                "dynamodb:*Item",
                "dynamodb:PartiQL*",
                "dynamodb:Query",
                "dynamodb:S?an",
                "dynamodb:SearchVectors*",
            ],
        ),
    ),
    Rewrite("resources in full", _resources_in_full),
    Rewrite("resources by a prefix", reword(table_policy, NETWORK, Resource=f"{ARN}*")),
    Rewrite(
        "the Deny on other accounts names every principal of AWS",
        reword(table_policy, "DenyOtherAccounts", Principal={"AWS": ["*"]}),
    ),
    # Resources
    Rewrite("the table by its old type", _old_type),
    Rewrite("rules beside their group", _separate_rules),
    Rewrite("an inline policy for a managed one", _inline_policies),
    Rewrite("a policy of its own for a managed one", _separate_policy),
    Rewrite("the role names its policy", _attached_by_role),
    Rewrite("the roles in a stack of their own", _moved_roles),
    Rewrite("the key in a stack of its own", _moved_key),
    Rewrite("conditions that always hold", _conditional),
    Rewrite("a condition about something else", _undecided_extra),
    Rewrite("names from parameters and mappings", _parameters),
    Rewrite("resources that have nothing to do with it", _unrelated),
    Rewrite("a network that has nothing to do with it", _other_network),
    Rewrite(
        "the type of the gateway left out",
        drop("Network/Network/DynamoDbEndpoint", "VpcEndpointType"),
    ),
    Rewrite(
        "the trail records every table",
        lambda templates: (
            templates.properties(TRAIL)["AdvancedEventSelectors"][1]["FieldSelectors"].pop(2)
            and None
        ),
    ),
    Rewrite("the recorder's default group", drop("Audit/Recorder/Recorder", "RecordingGroup")),
    Rewrite(
        "the table is retained once it exists",
        attribute(TABLE, "DeletionPolicy", "RetainExceptOnCreate"),
    ),
    Rewrite("five nodes", put(CLUSTER, "ReplicationFactor", 5)),
    # Nothing allows what these would deny
    Rewrite("no Deny on other accounts, which no Allow lets in", without(table_policy, OTHERS)),
)
