-- name: take
-- Reserve the next n sequence numbers; the row lock keeps them in commit order.
update stream set seq = seq + %(n)s where name = 'event' returning seq;

-- name: append
-- One thing that happened.
insert into event (seq, alert, work_order, vessel, person, grid, act, actor, reason, detail)
values (%(seq)s, %(alert)s, %(work_order)s, %(vessel)s, %(person)s, %(grid)s, %(act)s, %(actor)s,
        %(reason)s, %(detail)s);

-- name: hint
-- Wake the listeners; what they read comes from the table.
select pg_notify(%(channel)s, %(seq)s);
