-- A plan made on an empty table would be kept for as long as a connection lives.
ANALYZE bench_guarded.members
