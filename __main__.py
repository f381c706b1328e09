"""What the engine runs where the repository itself is the package (PulumiPlugin.yaml): the native plugin."""

from pulumi_livechannels.plugin.main import main

main()
