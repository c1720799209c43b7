-- name: mark
-- Hours that fixes came for.
insert into position_dirty (hour, vessel)
select hour, vessel from unnest(%(rows)s::public.position_dirty[]);

-- name: due
-- Hours that are over.
select distinct hour from position_dirty
where hour <= %(until)s::timestamptz - interval '1 hour' order by hour;

-- name: unmark
-- What of one hour is to be done.
delete from position_dirty where hour = %(hour)s returning vessel;

-- name: roll
-- One hour of all or some vessels. A leg is the great circle between two fixes that follow each
-- other (haversine on the sphere of 60 nm a degree, as in fleet/geo.py); one across the hour's edge is not in it.
insert into position_hour as h (vessel, hour, fixes, distance_nm, sog_mean, sog_max, first_t,
                                first_lon, first_lat, last_t, last_lon, last_lat, sources)
select vessel, %(hour)s, count(*),
       coalesce(sum(leg_nm) filter (where leg_nm <= %(jump_kn)s * leg_h), 0),
       coalesce(avg(sog) filter (where sog <> 'NaN'), 'NaN'),
       coalesce(max(sog) filter (where sog <> 'NaN'), 'NaN'),
       min(t), first(lon, t), first(lat, t), max(t), last(lon, t), last(lat, t),
       array_agg(distinct source order by source)
from (
    select vessel, t, source, lon, lat, sog,
           2 * 60 * 180 / pi() * asin(least(1, sqrt(
               power(sin(radians(lat - lag(lat) over way) / 2), 2)
               + cos(radians(lat)) * cos(radians(lag(lat) over way))
                 * power(sin(radians(lon - lag(lon) over way) / 2), 2)))) as leg_nm,
           extract(epoch from t - lag(t) over way)::float8 / 3600 as leg_h
    from position p
    where t >= %(hour)s and t < %(hour)s::timestamptz + interval '1 hour'
      and (%(everybody)s or vessel = any(%(vessels)s::int[]))
      and lon <> 'NaN' and lat <> 'NaN' and flags & %(skewed)s = 0
    window way as (partition by vessel order by t, source)) legs
group by vessel
on conflict (vessel, hour) do update
set (fixes, distance_nm, sog_mean, sog_max, first_t, first_lon, first_lat, last_t, last_lon,
     last_lat, sources) =
    (excluded.fixes, excluded.distance_nm, excluded.sog_mean, excluded.sog_max, excluded.first_t,
     excluded.first_lon, excluded.first_lat, excluded.last_t, excluded.last_lon,
     excluded.last_lat, excluded.sources)
where excluded.fixes >= h.fixes;

-- name: mark_unrolled
-- Hours with fixes and without a row.
insert into position_dirty (hour, vessel)
select hour, 0 from generate_series(%(start)s::timestamptz,
                                    %(end)s::timestamptz - interval '1 hour', '1 hour') hour
where not exists (select from position_hour h where h.hour = hour.hour)
  and exists (select from position p
              where p.t >= hour.hour and p.t < hour.hour + interval '1 hour'
                and p.lon <> 'NaN' and p.lat <> 'NaN' and p.flags & %(skewed)s = 0);
