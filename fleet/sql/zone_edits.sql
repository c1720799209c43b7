-- Every change of a zone: the row itself, its version, and the word to whoever watches.

-- name: create
-- A new zone, in force at once; drawn in a demonstration it belongs to it, and goes with it.
insert into zone (code, kind, name, name_en, rule, severity, season, classes, limit_kn,
                  dwell_min, geometry, legal_basis, demo)
values (%(code)s, %(kind)s, %(name)s, %(name_en)s, %(rule)s, %(severity)s, %(season)s, %(classes)s,
        %(limit_kn)s, %(dwell_min)s, %(geometry)s, %(legal_basis)s,
        exists (select from setting where key = 'demo'))
returning *

-- name: lock
-- The zone as it stands, held until the transaction ends.
select * from zone where id = %(id)s for update

-- name: update
-- The next version of a zone; an ended one is in force again.
update zone set
    code = %(code)s, kind = %(kind)s, name = %(name)s, name_en = %(name_en)s, rule = %(rule)s,
    severity = %(severity)s, season = %(season)s, classes = %(classes)s, limit_kn = %(limit_kn)s,
    dwell_min = %(dwell_min)s, geometry = %(geometry)s, legal_basis = %(legal_basis)s, ended = null,
    version = version + 1, revision = nextval('config_revision')
where id = %(id)s
returning *

-- name: end
-- A zone is ended, never deleted: alerts point to it.
update zone set ended = now(), version = version + 1, revision = nextval('config_revision')
where id = %(id)s
returning *

-- name: keep
-- What the zone is as of this revision.
insert into zone_version (zone, version, revision, body, actor, reason)
select z.id, z.version, z.revision, to_jsonb(z), %(actor)s, %(reason)s from zone z where z.id = %(id)s

-- name: hint
-- Tell the worker and the consoles.
select pg_notify('fleet_config', %(revision)s)

-- name: version
-- An earlier version of a zone.
select body from zone_version where zone = %(id)s and version = %(version)s
