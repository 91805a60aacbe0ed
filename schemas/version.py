"""The version of the distribution and of the contract's wheel, said once."""

VERSION = "0.1.0"
