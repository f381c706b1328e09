"""The vendors' APIs: one typed call for each action, and nothing about Pulumi or about what a call is for."""
