"""The IAM actions that the policies name, by what they do.

`ddb_perimeter` has the whole classified list; a test holds these tuples against it.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

# What a client of the table calls. API names such as ExecuteStatement or TransactGetItems are
# no IAM actions: they authorize as the ones below.
READ_TABLE = (
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
WRITE_TABLE = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
# Neither knows a resource: a table cannot be named.
DISCOVER = (
    "dynamodb:DescribeEndpoints",
    "dynamodb:ListTables",
)
READ_STREAM = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
)

# Everything that touches items, whether or not the baseline's own clients use it.
TABLE_DATA_PLANE = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:SearchVectors",
    "dynamodb:UpdateItem",
)
STREAM_DATA_PLANE = (
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
)

# The ways out of a table that are no data-plane calls.
CHANGE_POLICY = (
    "dynamodb:DeleteResourcePolicy",
    "dynamodb:PutResourcePolicy",
)
EXPORT = ("dynamodb:ExportTableToPointInTime",)
RESTORE = ("dynamodb:RestoreTableToPointInTime",)
BACK_UP = (
    "dynamodb:CreateBackup",
    "dynamodb:StartAwsBackupJob",
)
STREAM_TO_KINESIS = (
    "dynamodb:EnableKinesisStreamingDestination",
    "dynamodb:UpdateKinesisStreamingDestination",
)
REPLICATE = (
    "dynamodb:AssociateTableReplica",
    "dynamodb:CreateGlobalTable",
    "dynamodb:CreateTableReplica",
    "dynamodb:ReadDataForReplication",
    "dynamodb:ReplicateSettings",
    "dynamodb:UpdateGlobalTable",
    "dynamodb:WriteDataForReplication",
)
SHOW_KEYS = ("dynamodb:UpdateContributorInsights",)
# Turns a stream on, which starts without a policy, and protection off.
CHANGE_TABLE = ("dynamodb:UpdateTable",)

# DAX answers with what its own role may do, so its role and its clients read and no more.
CACHE_READS_TABLE = (
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
READ_CACHE = (
    "dax:BatchGetItem",
    "dax:GetItem",
    "dax:Query",
    "dax:Scan",
)
DESCRIBE_CACHE = (
    "dax:DescribeClusters",
    "dax:DescribeEvents",
    "dax:DescribeParameterGroups",
    "dax:DescribeParameters",
    "dax:DescribeSubnetGroups",
)
# What DAX is managed with, but for looking at it, tags and reboots.
MANAGE_CACHE = (
    "dax:CreateCluster",
    "dax:CreateParameterGroup",
    "dax:CreateSubnetGroup",
    "dax:DecreaseReplicationFactor",
    "dax:DeleteCluster",
    "dax:DeleteParameterGroup",
    "dax:DeleteSubnetGroup",
    "dax:IncreaseReplicationFactor",
    "dax:UpdateCluster",
    "dax:UpdateParameterGroup",
    "dax:UpdateSubnetGroup",
)
