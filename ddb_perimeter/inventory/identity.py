"""Names, ids and ARNs of resources: what Ref and Fn::GetAtt give for each type.

Two ways to spell the same thing must come out as equal strings, so a name that the template sets
is used as it is, and a name that only AWS knows becomes a placeholder inside the ARN's usual form.
Source: the "Return values" section of each type in the CloudFormation template reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Kind:
    """How resources of one type are named.

    Args:
        name: property that sets the name; empty when AWS chooses an id.
        prefix: what an id that AWS chooses starts with, e.g. ``vpce-``.
        arn: the ARN's form, with ``{partition}``, ``{region}``, ``{account}``, ``{name}`` and
            ``{path}``; empty when it has none.
        ref: the form of what Ref gives; ``{name}`` unless told.
        attributes: the form of what Fn::GetAtt gives, by attribute; ``Arn`` is the ARN unless told.
    """

    name: str = ""
    prefix: str = ""
    arn: str = ""
    ref: str = "{name}"
    attributes: dict[str, str] = field(default_factory=dict)


def _regional(service: str, resource: str) -> str:
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{resource}"


def _ec2(resource: str, prefix: str, **attributes: str) -> Kind:
    return Kind(
        prefix=prefix,
        arn=_regional("ec2", f"{resource}/{{name}}"),
        attributes={"Id": "{name}", **attributes},
    )


def _iam(resource: str, name: str, *, ref: str = "{name}", **attributes: str) -> Kind:
    return Kind(
        name=name,
        arn=f"arn:{{partition}}:iam::{{account}}:{resource}{{path}}{{name}}",
        ref=ref,
        attributes=attributes,
    )


_TABLE = Kind(
    name="TableName",
    arn=_regional("dynamodb", "table/{name}"),
    attributes={"StreamArn": _regional("dynamodb", "table/{name}/stream/{token}")},
)

KINDS: dict[str, Kind] = {
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::DAX::Cluster": Kind(name="ClusterName", arn=_regional("dax", "cache/{name}")),
    "AWS::DAX::SubnetGroup": Kind(name="SubnetGroupName"),
    "AWS::DAX::ParameterGroup": Kind(name="ParameterGroupName"),
    "AWS::IAM::Role": _iam("role", "RoleName"),
    "AWS::IAM::User": _iam("user", "UserName"),
    "AWS::IAM::Group": _iam("group", "GroupName"),
    "AWS::IAM::InstanceProfile": _iam("instance-profile", "InstanceProfileName"),
    "AWS::IAM::ManagedPolicy": _iam("policy", "ManagedPolicyName", ref="{arn}", PolicyArn="{arn}"),
    "AWS::EC2::VPC": _ec2(
        "vpc",
        "vpc-",
        VpcId="{name}",
        DefaultSecurityGroup="sg-{token:default}",
        DefaultNetworkAcl="acl-{token:default}",
    ),
    "AWS::EC2::Subnet": _ec2("subnet", "subnet-", SubnetId="{name}"),
    "AWS::EC2::SecurityGroup": _ec2("security-group", "sg-", GroupId="{name}"),
    "AWS::EC2::RouteTable": _ec2("route-table", "rtb-", RouteTableId="{name}"),
    "AWS::EC2::InternetGateway": _ec2("internet-gateway", "igw-", InternetGatewayId="{name}"),
    "AWS::EC2::NatGateway": _ec2("natgateway", "nat-", NatGatewayId="{name}"),
    "AWS::EC2::EgressOnlyInternetGateway": _ec2("egress-only-internet-gateway", "eigw-"),
    "AWS::EC2::CarrierGateway": _ec2("carrier-gateway", "cagw-", CarrierGatewayId="{name}"),
    "AWS::EC2::TransitGateway": _ec2("transit-gateway", "tgw-"),
    "AWS::EC2::TransitGatewayAttachment": _ec2("transit-gateway-attachment", "tgw-attach-"),
    "AWS::EC2::TransitGatewayVpcAttachment": _ec2("transit-gateway-attachment", "tgw-attach-"),
    "AWS::EC2::VPCPeeringConnection": _ec2("vpc-peering-connection", "pcx-"),
    "AWS::EC2::VPNGateway": _ec2("vpn-gateway", "vgw-", VPNGatewayId="{name}"),
    "AWS::EC2::VPCEndpoint": _ec2("vpc-endpoint", "vpce-"),
    "AWS::EC2::VPCEndpointService": _ec2("vpc-endpoint-service", "vpce-svc-"),
    "AWS::EC2::PrefixList": _ec2("prefix-list", "pl-", PrefixListId="{name}"),
    "AWS::EC2::NetworkAcl": _ec2("network-acl", "acl-", NetworkAclId="{name}"),
    "AWS::EC2::FlowLog": _ec2("vpc-flow-log", "fl-"),
    "AWS::EC2::Instance": _ec2("instance", "i-", InstanceId="{name}"),
    "AWS::EC2::NetworkInterface": _ec2("network-interface", "eni-"),
    "AWS::EC2::DHCPOptions": _ec2("dhcp-options", "dopt-", DhcpOptionsId="{name}"),
    "AWS::EC2::EIP": Kind(prefix="eipalloc-", attributes={"AllocationId": "{name}"}),
    "AWS::EC2::SubnetRouteTableAssociation": Kind(prefix="rtbassoc-"),
    "AWS::EC2::VPCCidrBlock": Kind(prefix="vpc-cidr-assoc-"),
    "AWS::EC2::SecurityGroupIngress": Kind(prefix="sgr-"),
    "AWS::EC2::SecurityGroupEgress": Kind(prefix="sgr-"),
    "AWS::KMS::Key": Kind(arn=_regional("kms", "key/{name}"), attributes={"KeyId": "{name}"}),
    "AWS::KMS::ReplicaKey": Kind(
        arn=_regional("kms", "key/{name}"), attributes={"KeyId": "{name}"}
    ),
    "AWS::KMS::Alias": Kind(name="AliasName", arn=_regional("kms", "{name}")),
    "AWS::S3::Bucket": Kind(
        name="BucketName",
        arn="arn:{partition}:s3:::{name}",
        attributes={
            "DomainName": "{name}.s3.{suffix}",
            "RegionalDomainName": "{name}.s3.{region}.{suffix}",
        },
    ),
    "AWS::S3::AccessPoint": Kind(name="Name", arn=_regional("s3", "accesspoint/{name}")),
    "AWS::Lambda::Function": Kind(name="FunctionName", arn=_regional("lambda", "function:{name}")),
    "AWS::Lambda::Alias": Kind(
        name="Name",
        arn=_regional("lambda", "function:{FunctionName}:{name}"),
        ref="{arn}",
        attributes={"AliasArn": "{arn}"},
    ),
    "AWS::Lambda::Version": Kind(
        arn=_regional("lambda", "function:{FunctionName}:{name}"),
        ref="{arn}",
        attributes={"FunctionArn": "{arn}", "Version": "{name}"},
    ),
    "AWS::Lambda::LayerVersion": Kind(
        name="LayerName", arn=_regional("lambda", "layer:{name}:{token:version}"), ref="{arn}"
    ),
    "AWS::CloudTrail::Trail": Kind(name="TrailName", arn=_regional("cloudtrail", "trail/{name}")),
    "AWS::CloudTrail::EventDataStore": Kind(
        arn=_regional("cloudtrail", "eventdatastore/{name}"),
        ref="{arn}",
        attributes={"EventDataStoreArn": "{arn}"},
    ),
    "AWS::Logs::LogGroup": Kind(name="LogGroupName", arn=_regional("logs", "log-group:{name}:*")),
    "AWS::Kinesis::Stream": Kind(name="Name", arn=_regional("kinesis", "stream/{name}")),
    "AWS::KinesisFirehose::DeliveryStream": Kind(
        name="DeliveryStreamName", arn=_regional("firehose", "deliverystream/{name}")
    ),
    "AWS::SNS::Topic": Kind(
        name="TopicName",
        arn=_regional("sns", "{name}"),
        ref="{arn}",
        attributes={"TopicArn": "{arn}", "TopicName": "{name}"},
    ),
    "AWS::SQS::Queue": Kind(
        name="QueueName",
        arn=_regional("sqs", "{name}"),
        ref="https://sqs.{region}.{suffix}/{account}/{name}",
        attributes={"QueueName": "{name}", "QueueUrl": "{ref}"},
    ),
    "AWS::Route53::HostedZone": Kind(
        prefix="Z", arn="arn:{partition}:route53:::hostedzone/{name}", attributes={"Id": "{name}"}
    ),
    "AWS::Backup::BackupVault": Kind(
        name="BackupVaultName",
        arn=_regional("backup", "backup-vault:{name}"),
        attributes={"BackupVaultArn": "{arn}", "BackupVaultName": "{name}"},
    ),
    "AWS::Backup::BackupPlan": Kind(
        arn=_regional("backup", "backup-plan:{name}"),
        attributes={"BackupPlanArn": "{arn}", "BackupPlanId": "{name}"},
    ),
    "AWS::Config::ConfigRule": Kind(
        name="ConfigRuleName", arn=_regional("config", "config-rule/{token}")
    ),
    "AWS::Config::ConfigurationRecorder": Kind(name="Name"),
    "AWS::Config::DeliveryChannel": Kind(name="Name"),
    "AWS::Events::Rule": Kind(name="Name", arn=_regional("events", "rule/{name}")),
    "AWS::StepFunctions::StateMachine": Kind(
        name="StateMachineName",
        arn=_regional("states", "stateMachine:{name}"),
        ref="{arn}",
        attributes={"Name": "{name}"},
    ),
    "AWS::SSM::Parameter": Kind(name="Name"),
    "AWS::SecretsManager::Secret": Kind(
        name="Name",
        arn=_regional("secretsmanager", "secret:{name}-{token}"),
        ref="{arn}",
        attributes={"Id": "{arn}"},
    ),
    "AWS::ECS::Cluster": Kind(name="ClusterName", arn=_regional("ecs", "cluster/{name}")),
    "AWS::ECR::Repository": Kind(name="RepositoryName", arn=_regional("ecr", "repository/{name}")),
    "AWS::Cognito::UserPool": Kind(
        prefix="{region}_", arn=_regional("cognito-idp", "userpool/{name}")
    ),
    "AWS::Cognito::IdentityPool": Kind(
        prefix="{region}:", arn=_regional("cognito-identity", "identitypool/{name}")
    ),
    "AWS::ApiGateway::RestApi": Kind(attributes={"RestApiId": "{name}"}),
    "AWS::Organizations::Policy": Kind(prefix="p-", attributes={"Id": "{name}"}),
    "AWS::Organizations::Organization": Kind(prefix="o-", attributes={"Id": "{name}"}),
    "AWS::Organizations::OrganizationalUnit": Kind(prefix="ou-", attributes={"Id": "{name}"}),
    "AWS::AccessAnalyzer::Analyzer": Kind(
        name="AnalyzerName",
        arn=_regional("access-analyzer", "analyzer/{name}"),
        ref="{arn}",
    ),
    "AWS::CloudFormation::Stack": Kind(
        arn=_regional("cloudformation", "stack/{name}/{token}"), ref="{arn}"
    ),
}

_PLAIN = Kind()


def kind_of(type_: str) -> Kind:
    """Return how resources of a type are named; of other types, AWS chooses everything.

    Args:
        type_: CloudFormation type.
    """
    return KINDS.get(type_, _PLAIN)


def is_custom(type_: str) -> bool:
    """Return whether a type's values come from somebody's code, so that they may be anything.

    Args:
        type_: CloudFormation type.
    """
    return not type_.startswith("AWS::") or type_ in {
        "AWS::CloudFormation::CustomResource",
        "AWS::CloudFormation::WaitCondition",
        "AWS::CloudFormation::Macro",
    }
