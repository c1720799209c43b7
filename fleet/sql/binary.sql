-- name: row_type
-- The type of a table's rows, and of arrays of them.
select oid, typarray as array_oid from pg_type where typrelid = %(table)s::regclass;
