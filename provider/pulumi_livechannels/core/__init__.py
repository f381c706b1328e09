"""What every resource shares: fields and flags, checks, diffs, and the lifecycle that never loses or doubles an object.

Nothing here knows Pulumi. Inputs and states are plain dictionaries with camelCase keys, and `UNKNOWN` stands for what a
preview cannot know yet.
"""
