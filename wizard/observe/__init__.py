"""`seawall observe`: what a workload really needs, seen while it runs loosely, shown to be enough while it runs hardened."""
