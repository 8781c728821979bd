"""The job engine: definitions, instances, executions, steps; claims, leases and fences. It knows no domain."""
