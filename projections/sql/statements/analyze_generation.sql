ANALYZE datadrop.membership_next;
ANALYZE datadrop.dead_letters_next;
