"""The deployment rehearsal: the real CDK command line and workload against an emulated account.

It shows that the stacks deploy, change and go as they should, and that the table can be used. It
cannot show that access is denied: no emulator enforces the policies. That is for the proof on the
templates (`ddb-perimeter check`) and for the check of a real account.
"""
