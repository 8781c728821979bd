"""Writers of banks' files: records with sums of their own, which the control records behind them state."""
