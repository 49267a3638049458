SELECT t.tgenabled
FROM pg_trigger AS t
WHERE t.tgrelid = 'datadrop.events'::regclass
    AND t.tgname = 'events_are_immutable'
