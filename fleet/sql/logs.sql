-- name: open
-- An episode of a log began.
insert into episode_log (kind, vessel, other, opened)
values (%(kind)s, %(vessel)s, %(other)s, %(opened)s) on conflict do nothing;

-- name: close
-- It ended; one that began before the table was there is written whole.
insert into episode_log (kind, vessel, other, opened, closed)
values (%(kind)s, %(vessel)s, %(other)s, %(opened)s, %(closed)s)
on conflict (kind, vessel, other, opened) do update set closed = excluded.closed;

-- name: retract
-- It never was.
delete from episode_log where kind = %(kind)s and vessel = %(vessel)s and other = %(other)s
                          and opened = %(opened)s;
