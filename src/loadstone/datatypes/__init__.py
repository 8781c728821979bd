"""Values: column types, numbers, date masks, mainframe numbers, and the kernel that compiles them."""
