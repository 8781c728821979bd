"""Rows computed by Spark's tasks into Parquet parts, which a load takes in exactly once."""
