-- name: copy
-- Rows that are believed new, straight into the hypertable.
copy position (vessel, t, source, received, lon, lat, sog, cog, heading, battery, status, flags,
               stations, heard) from stdin (format binary);

-- name: merge
-- Store what is new; to what is stored add the stations that heard it too.
insert into position as p (vessel, t, source, received, lon, lat, sog, cog, heading, battery,
                           status, flags, stations, heard)
select vessel, t, source, received, lon, lat, sog, cog, heading, battery, status, flags, stations,
       heard
from unnest(%(rows)s::public.position[]) order by vessel, t, source
on conflict (vessel, t, source) do update
set stations = array(select distinct s from unnest(p.stations || excluded.stations) s order by s)
where not p.stations @> excluded.stations;

-- name: latest_merge
-- Only a newer fix replaces the one that is shown, unless that is from the future (a clock that
-- was set).
insert into vessel_latest as l (vessel, t, source, received, lon, lat, sog, cog, heading, battery,
                                status, flags, seq)
select vessel, t, source, received, lon, lat, sog, cog, heading, battery, status, flags, seq
from unnest(%(rows)s::public.vessel_latest[])
on conflict (vessel) do update
set (t, source, received, lon, lat, sog, cog, heading, battery, status, flags, seq) =
    (excluded.t, excluded.source, excluded.received, excluded.lon, excluded.lat, excluded.sog,
     excluded.cog, excluded.heading, excluded.battery, excluded.status, excluded.flags,
     excluded.seq)
where excluded.t > l.t or l.t > now() + interval '10 minutes';

-- name: latest
-- The newest fix of every vessel.
select vessel, t, source, received, lon, lat, sog, cog, heading, battery, status, flags
from vessel_latest order by vessel;

-- name: track
-- The fixes of one vessel from one time to another, oldest first.
select t, source, lon, lat, sog, cog, heading, flags, stations from position
where vessel = %(vessel)s and t >= %(start)s and t < %(end)s order by t, source;

-- name: stations
-- The ids of stations by name, new ones made.
insert into station as s (name) select n from unnest(%(names)s::text[]) n order by n
on conflict (name) do nothing;

-- name: station_ids
-- Those who heard something before.
select id, name from station where %(all)s or name = any(%(names)s::text[]);
