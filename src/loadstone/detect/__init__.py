"""What a file is: container, character set, format, dialect, header, columns; each with evidence and confidence."""
