"""What is deployed together: a stack only composes constructs."""
