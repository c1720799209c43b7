-- name: take
-- Reserve the next n sequence numbers; the row lock keeps them in commit order.
update stream set seq = seq + %(n)s where name = 'event' returning seq;

-- name: append
-- What happened, all in one statement: the numbers are held until the commit.
insert into event (seq, alert, work_order, vessel, person, grid, act, actor, reason, detail)
select * from unnest(%(seq)s::bigint[], %(alert)s::bigint[], %(work_order)s::bigint[],
                     %(vessel)s::int[], %(person)s::int[], %(grid)s::int[], %(act)s::text[],
                     %(actor)s::int[], %(reason)s::text[], %(detail)s::jsonb[]);

-- name: hint
-- Wake the listeners; what they read comes from the table.
select pg_notify(%(channel)s, %(seq)s);
