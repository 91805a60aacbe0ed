"""The whole system on one machine: real servers out of packages, our services as processes."""
