"""Where the system runs: local/ on one machine, k8s/ on a cluster, observability/ for both."""
