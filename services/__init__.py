"""The services of Passaparola. They meet on topics; none imports another."""
