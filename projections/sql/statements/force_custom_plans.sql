-- Partitions are pruned while planning, and no plan made on a small table outlives its growth.
SELECT set_config('plan_cache_mode', 'force_custom_plan', false)
