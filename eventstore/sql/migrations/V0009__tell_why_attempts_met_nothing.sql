-- Since this version an attempt tells what kept the database from answering: null in all that are
-- older, in the table as the API shows them. The events say nothing of it, and stay as they are.
UPDATE datadrop.dead_letters AS d
SET
    attempts = (
        SELECT coalesce(jsonb_agg('{"why": null}' || t.attempt ORDER BY t.number), '[]')
        FROM jsonb_array_elements(d.attempts) WITH ORDINALITY AS t (attempt, number)
    ),
    events = (
        SELECT coalesce(jsonb_agg(
            CASE
                WHEN t.event ? 'attempts'
                    THEN jsonb_set(t.event, '{attempts}', (
                        SELECT coalesce(jsonb_agg('{"why": null}' || a.attempt ORDER BY a.number), '[]')
                        FROM jsonb_array_elements(t.event -> 'attempts') WITH ORDINALITY AS a (attempt, number)
                    ))
                ELSE t.event
            END
            ORDER BY t.number
        ), '[]')
        FROM jsonb_array_elements(d.events) WITH ORDINALITY AS t (event, number)
    );
