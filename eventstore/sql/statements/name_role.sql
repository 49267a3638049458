-- The role that a session acts as, and how it became that one if it is not the one that logged in.
SELECT CASE current_user
    WHEN session_user THEN current_user::text
    ELSE format('%s (made of %s by the setting role)', current_user, session_user)
END
