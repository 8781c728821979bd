"""Machine code for kernels: Python functions over bytes and integers, translated to LLVM and kept as objects."""
