-- What is stored of the past, read as it came in: for trying thresholds and zones on it.

-- name: fixes
-- Every fix of a stretch of fix time in order of receipt, as binary records.
copy (select vessel, t, source, received, lon, lat, sog, cog, heading, battery, status, flags,
             coalesce(stations[1], 0) as station, coalesce(heard, received) as heard
      from position where t >= %(start)s and t < %(end)s
      order by received, vessel, t, source) to stdout (format binary)

-- name: count
-- How many fixes there are, and from when to when.
select count(*) as n, min(t) as first, max(t) as last
from position where t >= %(start)s and t < %(end)s

-- name: raised
-- The alerts whose time touches the stretch and that were not taken back.
select kind, vessel, other, episode, coalesce(cleared, closed) as ended, severity,
       parent is not null as child
from alert
where episode < %(end)s and coalesce(cleared, closed, 'infinity') >= %(start)s
  and status <> 'retracted'
order by episode, kind, vessel, other

-- name: names
-- What people call these boats.
select id, coalesce(reg_no, nullif(name, ''), id::text) as name from vessel
where id = any(%(ids)s)
