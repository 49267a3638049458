-- What SQL means and how values are written and read, whatever the role, the database or the server
-- says: what is set here is all that the forms of the values of our statements hang on.
SET statement_timeout = 0; -- nothing cuts the others short; bound_session.sql sets the program's
SET exit_on_error = off; -- a used key is an error that append catches
SET search_path = pg_catalog, pg_temp; -- so that nothing stands before PostgreSQL's own functions
SET default_table_access_method = heap; -- others may know no update
SET client_encoding = 'UTF8';
SET bytea_output = 'hex';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET extra_float_digits = 1;
SET standard_conforming_strings = on;
SET backslash_quote = safe_encoding;
SET array_nulls = on;
SET quote_all_identifiers = off;
SET transform_null_equals = off;
SET xmloption = content;
SET xmlbinary = base64;
SET lc_numeric = 'C';
SET lc_monetary = 'C';
SET lc_time = 'C';
SET client_min_messages = warning;
SET default_transaction_isolation = 'read committed';
-- The read model is views. Only servers of late 2024 and after have this.
SELECT set_config('restrict_nonsystem_relation_kind', '', false)
WHERE current_setting('restrict_nonsystem_relation_kind', true) <> '';
