-- name: size
-- How much room it holds, whether it ever did, and since when it does not.
select pg_relation_size('ballast') as bytes,
       exists (select from setting where key = 'ballast') as known,
       (select (extract(epoch from now() - (value ->> 'given_up')::timestamptz))::float8
        from setting where key = 'ballast') as given_up_s;

-- name: empty
-- A new file in this transaction: should the rest fail, nothing stays of it.
truncate ballast;

-- name: fill
-- One row a page of 8 KiB.
insert into ballast (page)
select convert_to(repeat('-', 8000), 'UTF8') from generate_series(1, %(pages)s);

-- name: note_taken
-- It is held.
insert into setting (key, value) values ('ballast', '{}')
on conflict (key) do update set value = excluded.value;

-- name: note_given_up
-- It is not held from now on.
insert into setting (key, value) values ('ballast', jsonb_build_object('given_up', now()))
on conflict (key) do update set value = excluded.value;
