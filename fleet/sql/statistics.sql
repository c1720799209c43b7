-- name: hours
-- How much was heard in each hour, and of how many vessels by which kind of feed; from the
-- roll-ups, so it outlives the fixes. Hours in which nothing was heard have no row.
select h.hour, sum(h.fixes)::bigint as reports, count(*) as vessels,
       coalesce(sum(h.distance_nm::float8), 0) as distance_nm,
       count(*) filter (where %(ais)s = any(h.sources)) as ais,
       count(*) filter (where %(terminal)s = any(h.sources)) as terminal,
       count(*) filter (where %(vms)s = any(h.sources)) as vms
from position_hour h join vessel v on v.id = h.vessel
where h.hour >= %(since)s and h.hour < %(until)s and {vessel_visible}
group by h.hour
order by h.hour;
