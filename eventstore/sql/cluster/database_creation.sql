-- The statement that makes a database, which takes no bound name; no row when it is there.
SELECT
  format('CREATE DATABASE %I', $1::text)
WHERE
  NOT EXISTS (SELECT FROM pg_catalog.pg_database AS d WHERE d.datname = $1::text);
