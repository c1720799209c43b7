-- name: last
-- What these transmitters last said of themselves, in the order asked.
select (extract(epoch from s.t) * 1000000)::bigint as t,
       s.body ->> 'name' as name, s.body ->> 'callsign' as callsign,
       (s.body ->> 'imo')::bigint as imo, (s.body ->> 'ship_type')::int as ship_type,
       (s.body ->> 'length_m')::float8 as length_m, (s.body ->> 'beam_m')::float8 as beam_m,
       (s.body ->> 'draught_m')::float8 as draught_m, s.body ->> 'destination' as destination
from unnest(%(ids)s::int[]) with ordinality w (vessel, n)
left join lateral (select t, body from vessel_static o where o.vessel = w.vessel
                   order by o.t desc limit 1) s on true
order by w.n;

-- name: add
-- A change of it, with what it says of everything; what it never sent is left out.
insert into vessel_static (vessel, t, body)
select vessel, t, jsonb_strip_nulls(jsonb_build_object(
    'name', nullif(name, ''), 'callsign', nullif(callsign, ''), 'imo', nullif(imo, 0),
    'ship_type', nullif(ship_type, -1), 'length_m', length_m, 'beam_m', beam_m,
    'draught_m', draught_m, 'destination', nullif(destination, '')))
from unnest(%(vessels)s::int[], %(times)s::timestamptz[], %(name)s::text[], %(callsign)s::text[],
            %(imo)s::bigint[], %(ship_type)s::int[], %(length_m)s::float8[], %(beam_m)s::float8[],
            %(draught_m)s::float8[], %(destination)s::text[])
     w (vessel, t, name, callsign, imo, ship_type, length_m, beam_m, draught_m, destination)
on conflict (vessel, t) do update set body = excluded.body
where vessel_static.body <> excluded.body;

-- name: rename
-- The name a transmitter sends, where no register says otherwise.
update vessel v set name = w.name, revision = nextval('config_revision')
from unnest(%(ids)s::int[], %(names)s::text[]) w (id, name)
where v.id = w.id and not v.registered and w.name <> '' and v.name <> w.name;
