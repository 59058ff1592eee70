"""What exists: CloudFormation-shaped resources and their links."""
