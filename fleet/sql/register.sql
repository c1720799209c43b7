-- name: lock
-- One import at a time, and no boat is made of what the air says meanwhile.
select pg_advisory_xact_lock(hashtext('fleet-register')),
       pg_advisory_xact_lock(hashtext('fleet.vessel'))

-- name: revision
-- The number that every zone and vessel changed by this import carries.
select nextval('config_revision') as revision

-- name: hint
-- Tell the workers that zones or register changed.
select pg_notify('fleet_config', %(revision)s::text)

-- name: org_all
-- Organisations as a file would say them.
select o.code, o.tier, o.kind, o.name, o.name_en, p.code as parent, o.demo
  from party_org o left join party_org p on p.id = o.parent

-- name: org_write
-- Parents follow in org_finish: they may come later in the file.
insert into party_org (code, tier, kind, name, name_en, demo)
select x.code, x.tier, x.kind, x.name, x.name_en, x.demo
  from jsonb_to_recordset(%(rows)s)
       as x(code text, tier text, kind text, name text, name_en text, demo boolean)
 order by x.code
    on conflict (code) do update
   set tier = excluded.tier, kind = excluded.kind, name = excluded.name,
       name_en = excluded.name_en, demo = excluded.demo

-- name: org_finish
-- Hang every organisation under its parent.
update party_org o set parent = p.id
  from jsonb_to_recordset(%(rows)s) as x(code text, parent text)
       left join party_org p on p.code = x.parent
 where o.code = x.code and o.parent is distinct from p.id

-- name: person_all
-- People as a file would say them.
select p.code, p.name, p.name_en, o.code as org, p.phone, p.party_member, p.active, p.demo
  from person p left join party_org o on o.id = p.org

-- name: person_write
-- People by staff number.
insert into person (code, name, name_en, org, phone, party_member, active, demo)
select x.code, x.name, x.name_en, o.id, x.phone, x.party_member, x.active, x.demo
  from jsonb_to_recordset(%(rows)s)
       as x(code text, name text, name_en text, org text, phone text, party_member boolean,
            active boolean, demo boolean)
       left join party_org o on o.code = x.org
 order by x.code
    on conflict (code) do update
   set name = excluded.name, name_en = excluded.name_en, org = excluded.org,
       phone = excluded.phone, party_member = excluded.party_member, active = excluded.active,
       demo = excluded.demo

-- name: grid_all
-- Sea grids as a file would say them.
select g.code, g.name, g.name_en, o.code as org, p.code as leader, g.geometry, g.demo
  from sea_grid g left join party_org o on o.id = g.org left join person p on p.id = g.leader

-- name: grid_write
-- Sea grids by code.
insert into sea_grid (code, name, name_en, org, leader, geometry, demo)
select x.code, x.name, x.name_en, o.id, p.id, x.geometry, x.demo
  from jsonb_to_recordset(%(rows)s)
       as x(code text, name text, name_en text, org text, leader text, geometry jsonb,
            demo boolean)
       left join party_org o on o.code = x.org left join person p on p.code = x.leader
 order by x.code
    on conflict (code) do update
   set name = excluded.name, name_en = excluded.name_en, org = excluded.org,
       leader = excluded.leader, geometry = excluded.geometry, demo = excluded.demo

-- name: member_all
-- Members, backups and leaders (rank 0) of the grids.
select g.code as grid, p.code as person, m.rank
  from grid_member m join sea_grid g on g.id = m.grid join person p on p.id = m.person
 union all
select g.code, p.code, 0 from sea_grid g join person p on p.id = g.leader

-- name: member_write
-- Members and backups; leaders follow in member_finish.
insert into grid_member (grid, person, rank)
select g.id, p.id, x.rank
  from jsonb_to_recordset(%(rows)s) as x(grid text, person text, rank smallint)
       join sea_grid g on g.code = x.grid join person p on p.code = x.person
 where x.rank > 0
 order by g.id, p.id
    on conflict (grid, person) do update set rank = excluded.rank

-- name: member_finish
-- A leader (rank 0) stands in the grid's own row, and not among its members.
with post as (
    select g.id as grid, p.id as person, x.rank
      from jsonb_to_recordset(%(rows)s) as x(grid text, person text, rank smallint)
           join sea_grid g on g.code = x.grid join person p on p.code = x.person
), gone as (
    delete from grid_member m using post
     where post.rank = 0 and m.grid = post.grid and m.person = post.person
)
update sea_grid g
   set leader = (select post.person from post where post.grid = g.id and post.rank = 0)
 where exists (select from post where post.grid = g.id
                                  and (post.rank = 0 or post.person = g.leader))

-- name: shift_all
-- Shifts that have not ended long ago.
select p.code as person, s.level, g.code as grid, s.starts, s.ends, s.demo
  from duty_shift s join person p on p.id = s.person left join sea_grid g on g.id = s.grid
 where s.ends > now() - interval '30 days'

-- name: shift_write
-- Shifts by person, level, grid and start.
insert into duty_shift (person, grid, level, starts, ends, demo)
select p.id, g.id, x.level, x.starts, x.ends, x.demo
  from jsonb_to_recordset(%(rows)s)
       as x(person text, grid text, level smallint, starts timestamptz, ends timestamptz,
            demo boolean)
       join person p on p.code = x.person left join sea_grid g on g.code = x.grid
 order by p.id, x.level, coalesce(g.id, 0), x.starts
    on conflict (person, level, coalesce(grid, 0), starts) do update
   set ends = excluded.ends, demo = excluded.demo

-- name: vessel_all
-- The register as a file would say it.
select v.reg_no, v.name, v.class, v.length_m, v.gear, v.wind_limit, g.code as home_grid,
       v.home_port, o.code as association, v.owner_name, v.owner_phone, v.crew, v.interval_s,
       v.demo
  from vessel v left join sea_grid g on g.id = v.home_grid
       left join party_org o on o.id = v.association
 where v.reg_no is not null

-- name: vessel_adopt
-- A boat heard before it was registered keeps its id, and so its track.
update vessel v set reg_no = x.reg_no
  from (select distinct on (i.vessel) i.vessel, x.reg_no
          from jsonb_to_recordset(%(rows)s) as x(reg_no text, kind text, value text)
               join vessel_identity i on i.kind = x.kind and i.value = x.value
                                     and i.valid_to > now()
         where not exists (select from vessel k where k.reg_no = x.reg_no)
         order by i.vessel, x.reg_no) x
 where v.id = x.vessel and v.reg_no is null
   and not exists (select from vessel k where k.reg_no = x.reg_no)

-- name: vessel_write
-- The register by registration number.
insert into vessel (reg_no, name, class, registered, length_m, gear, wind_limit, home_grid,
                    home_port, association, owner_name, owner_phone, crew, interval_s, demo,
                    revision)
select x.reg_no, x.name, x.class, true, x.length_m, x.gear, x.wind_limit, g.id, x.home_port,
       o.id, x.owner_name, x.owner_phone, x.crew, x.interval_s, x.demo, %(revision)s
  from jsonb_to_recordset(%(rows)s)
       as x(reg_no text, name text, class smallint, length_m double precision, gear text[],
            wind_limit smallint, home_grid text, home_port text, association text,
            owner_name text, owner_phone text, crew smallint, interval_s integer, demo boolean)
       left join sea_grid g on g.code = x.home_grid
       left join party_org o on o.code = x.association
 order by x.reg_no
    on conflict (reg_no) do update
   set name = excluded.name, class = excluded.class, registered = true,
       length_m = excluded.length_m, gear = excluded.gear, wind_limit = excluded.wind_limit,
       home_grid = excluded.home_grid, home_port = excluded.home_port,
       association = excluded.association, owner_name = excluded.owner_name,
       owner_phone = excluded.owner_phone, crew = excluded.crew,
       interval_s = excluded.interval_s, demo = excluded.demo, revision = excluded.revision

-- name: identity_all
-- Identities with their vessel; no reg_no: a vessel known only from the air.
select v.reg_no, i.kind, i.value,
       case when isfinite(i.valid_from) then i.valid_from end as valid_from,
       case when isfinite(i.valid_to) then i.valid_to end as valid_to,
       i.confidence::numeric::float8 as confidence
  from vessel_identity i join vessel v on v.id = i.vessel

-- name: identity_free
-- What a vessel known only from the air was called now belongs to a registered one.
delete from vessel_identity i
 using jsonb_to_recordset(%(rows)s) as x(reg_no text, kind text, value text), vessel v
 where i.kind = x.kind and i.value = x.value and v.id = i.vessel and v.reg_no is null

-- name: identity_write
-- Identities by kind, value and the time from which they hold.
insert into vessel_identity (kind, value, vessel, valid_from, valid_to, confidence)
select x.kind, x.value, v.id, coalesce(x.valid_from, '-infinity'), coalesce(x.valid_to, 'infinity'),
       x.confidence
  from jsonb_to_recordset(%(rows)s)
       as x(reg_no text, kind text, value text, valid_from timestamptz, valid_to timestamptz,
            confidence real)
       join vessel v on v.reg_no = x.reg_no
 order by x.kind, x.value, coalesce(x.valid_from, '-infinity')
    on conflict (kind, value, valid_from) do update
   set vessel = excluded.vessel, valid_to = excluded.valid_to, confidence = excluded.confidence

-- name: identity_finish
-- A vessel whose identities changed is a changed vessel.
update vessel v set revision = %(revision)s
  from jsonb_to_recordset(%(rows)s) as x(reg_no text)
 where v.reg_no = x.reg_no

-- name: zone_all
-- Zones as a file would say them; an ended one is imported anew.
select code, kind, name, name_en, rule, severity, season, classes, limit_kn, dwell_min, geometry,
       legal_basis, demo
  from zone where ended is null

-- name: zone_write
-- Zones by code; every change is a new version.
insert into zone (code, kind, name, name_en, rule, severity, season, classes, limit_kn,
                  dwell_min, geometry, legal_basis, demo, revision)
select x.code, x.kind, x.name, x.name_en, x.rule, x.severity, x.season, x.classes, x.limit_kn,
       x.dwell_min, x.geometry, x.legal_basis, x.demo, %(revision)s
  from jsonb_to_recordset(%(rows)s)
       as x(code text, kind text, name text, name_en text, rule text, severity smallint,
            season jsonb, classes text[], limit_kn double precision,
            dwell_min double precision, geometry jsonb,
            legal_basis text, demo boolean)
 order by x.code
    on conflict (code) do update
   set kind = excluded.kind, name = excluded.name, name_en = excluded.name_en,
       rule = excluded.rule, severity = excluded.severity, season = excluded.season,
       classes = excluded.classes, limit_kn = excluded.limit_kn,
       dwell_min = excluded.dwell_min, geometry = excluded.geometry,
       legal_basis = excluded.legal_basis, demo = excluded.demo, revision = excluded.revision,
       version = zone.version + 1, ended = null

-- name: zone_finish
-- Keep what every changed zone is as of this revision.
insert into zone_version (zone, version, revision, body, actor, reason)
select z.id, z.version, z.revision, to_jsonb(z), null, %(reason)s
  from zone z where z.revision = %(revision)s
