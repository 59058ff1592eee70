"""Names, ids and ARNs: two ways to spell the same thing give equal strings."""

from collections.abc import Callable, Mapping

import pytest

from ddb_perimeter.inventory import Inventory, Resource

Resolve = Callable[..., object]
LoadOne = Callable[..., Inventory]

HERE = "${AWS::Region}:${AWS::AccountId}"


def declared(type_: str, **properties: object) -> dict[str, object]:
    return {"Resources": {"It": {"Type": type_, "Properties": properties}}}


@pytest.mark.parametrize(
    ("neighbour", "attribute", "spelled"),
    [
        (
            declared("AWS::IAM::Role", RoleName="dax"),
            "Arn",
            "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/dax",
        ),
        (
            declared("AWS::IAM::Role", RoleName="dax", Path="/service/"),
            "Arn",
            "arn:aws:iam::${AWS::AccountId}:role/service/dax",
        ),
        (
            declared("AWS::IAM::Role", RoleName={"Fn::Sub": "dax-${AWS::Region}"}),
            "Arn",
            "arn:aws:iam::${AWS::AccountId}:role/dax-us-east-1",
        ),
        (declared("AWS::IAM::Role"), "Arn", "arn:aws:iam::${AWS::AccountId}:role/${It}"),
        (
            declared("AWS::DAX::Cluster", ClusterName="cache"),
            "Arn",
            f"arn:aws:dax:{HERE}:cache/cache",
        ),
        (declared("AWS::DAX::Cluster"), "Arn", f"arn:aws:dax:{HERE}:cache/${{It}}"),
        (
            declared("AWS::DynamoDB::Table", TableName="cruddur-messages"),
            "Arn",
            "arn:aws:dynamodb:us-east-1:111122223333:table/cruddur-messages",
        ),
        (declared("AWS::DynamoDB::GlobalTable"), "Arn", f"arn:aws:dynamodb:{HERE}:table/${{It}}"),
        (declared("AWS::KMS::Key"), "Arn", f"arn:aws:kms:{HERE}:key/${{It}}"),
        (declared("AWS::EC2::SecurityGroup"), "GroupId", "${It}"),
        (declared("AWS::S3::Bucket", BucketName="b"), "Arn", "arn:${AWS::Partition}:s3:::b"),
        (
            declared("AWS::Logs::LogGroup", LogGroupName="/g"),
            "Arn",
            f"arn:aws:logs:{HERE}:log-group:/g:*",
        ),
        (declared("AWS::CloudTrail::Trail"), "Arn", f"arn:aws:cloudtrail:{HERE}:trail/${{It}}"),
        (declared("AWS::Lambda::Function"), "Arn", f"arn:aws:lambda:{HERE}:function:${{It}}"),
        (declared("AWS::SNS::Topic"), "TopicArn", "${It}"),
        (declared("AWS::IAM::ManagedPolicy"), "PolicyArn", "${It}"),
    ],
)
def test_equal_spellings(
    resolve: Resolve, neighbour: Mapping[str, object], attribute: str, spelled: str
) -> None:
    both = [{"Fn::GetAtt": ["It", attribute]}, {"Fn::Sub": spelled}]
    result = resolve(both, neighbour)

    assert isinstance(result, list)
    assert result[0] == result[1]
    assert isinstance(result[0], str)


def test_different_resources_differ(resolve: Resolve) -> None:
    sections = {"Resources": {"A": {"Type": "AWS::EC2::VPC"}, "B": {"Type": "AWS::EC2::VPC"}}}
    result = resolve([{"Ref": "A"}, {"Ref": "B"}], sections)

    assert result == ["vpc-⟦app.A⟧", "vpc-⟦app.B⟧"]


def test_a_name_that_nobody_knows_leaves_the_identity(load_one: LoadOne) -> None:
    """The role is still that role; only text that spells its name is unknown."""
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::ImportValue": "x"}}}
    (resource,) = load_one({"app.json": {"Resources": {"Role": role}}})

    assert resource.arn == "arn:aws:iam::111122223333:role/⟦app.Role⟧"


def test_an_id_leads_back_to_its_resource(load_one: LoadOne) -> None:
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "same"}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "same"}},
        "Key": {"Type": "AWS::KMS::Key"},
    }
    inventory = load_one({"a.json": {"Resources": resources}})
    role, table, key = inventory

    assert inventory.by_id(role.arn) is role
    assert inventory.by_id("same") is None
    assert inventory.by_id("same", "AWS::DynamoDB::Table") is table
    assert inventory.by_id(key.physical) is inventory.by_id(key.arn) is key
    assert inventory.by_id(["same"]) is None


def test_the_nearest_of_several_wins(load_one: LoadOne) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "same"}}
    files = {f"{name}.json": {"Resources": {"Role": role}} for name in ("a", "b")}
    inventory = load_one(files)
    first, second = inventory

    assert inventory.by_id("same") is None
    assert inventory.by_id("same", near=second) is second
    assert inventory.by_id("same", near=first) is first


def test_an_inventory_needs_no_template() -> None:
    table = Resource.recorded(
        "AWS::DynamoDB::Table",
        {"DeletionProtectionEnabled": "true"},
        physical="cruddur",
        attributes={"Arn": "arn:aws:dynamodb:eu-west-1:111122223333:table/cruddur"},
        region="eu-west-1",
        account="111122223333",
    )
    inventory = Inventory([table], description="account 111122223333")

    assert inventory.by_id("arn:aws:dynamodb:eu-west-1:111122223333:table/cruddur") is table
    assert inventory.of_type("AWS::DynamoDB::Table")[0].flag("DeletionProtectionEnabled") is True
    assert table.subject().logical_id == "cruddur"
    assert table.line("Properties.X") is None
