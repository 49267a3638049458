VACUUM (ANALYZE) bench_guarded.events, bench_guarded.members
