exit(1)
