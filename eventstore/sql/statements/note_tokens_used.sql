SELECT datadrop.note_tokens_used($1)
