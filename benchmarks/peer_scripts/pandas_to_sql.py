"""pandas.read_csv and to_sql as they come: ``pandas_to_sql.py FILE URL``."""

import sys

import pandas as pd
from sqlalchemy import create_engine

NAMES = "id account name amount currency booked entered rate quantity code flag note".split()
frame = pd.read_csv(sys.argv[1], sep="|", header=None, names=NAMES, parse_dates=["booked", "entered"])
engine = create_engine(sys.argv[2].replace("postgresql://", "postgresql+psycopg://", 1))
frame.to_sql("payments", engine, if_exists="append", index=False)
