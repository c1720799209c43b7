-- name: now
-- The zones in force.
select id, code, kind, name, name_en, rule, severity, season, classes, limit_kn, dwell_min,
       geometry, version
from zone where ended is null order by id;

-- name: then
-- The zones as they were at a revision.
select body from (
    select distinct on (zone) zone, body from zone_version
    where revision <= %(revision)s order by zone, revision desc) v
where body ->> 'ended' is null order by zone;

-- name: revision
-- One number for every change of zones and register.
select greatest((select max(revision) from zone_version),
                (select max(revision) from vessel), 0) as revision;

-- name: fingerprint
-- Differs whenever a zone was changed.
select count(*) as zones, coalesce(sum(revision), 0)::text as revisions
from zone where ended is null;
