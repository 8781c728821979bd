"""BAI2 files: transactions or balances of accounts in groups, and the control totals of each account, group and the file."""

from .reader import Bai2Reader

__all__ = ["Bai2Reader"]
