SELECT count(*) FROM bench_guarded.events
