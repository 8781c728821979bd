"""When jobs start: cron with time zones and business days, events, changed data, chains; each tick once."""
