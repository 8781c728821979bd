"""Files into records, records into fields: readers, the splitter and the tokenizer."""
