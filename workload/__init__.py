"""The sample workload: direct messages in one private DynamoDB table.

`MessageStore` has the access patterns, `python -m workload` is the command line to them, and
`workload.last_message` is the Lambda function that keeps conversations in step with messages.
"""
