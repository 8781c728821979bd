"""Oracle, through python-oracledb in thin mode: no client software is needed."""
