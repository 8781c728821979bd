"""What people are told: events become notices, notices become messages, and unanswered ones go up a level."""
