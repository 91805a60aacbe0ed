"""The command ``passaparola``: one thin file a noun, nothing that a service needs."""
