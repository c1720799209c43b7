-- A report is told three times: when it was fixed (t), heard by a receiver, received here. Null
-- for what was stored before this migration.
alter table position add column heard timestamptz;

-- Every new fix moves seq: with a B-tree on it each update writes a new version into all indexes;
-- with a BRIN index (PostgreSQL 16) it stays in its page.
drop index vessel_latest_seq;
create index vessel_latest_seq on vessel_latest using brin (seq)
    with (pages_per_range = 4, autosummarize = on);

-- Hours to roll up (again), appended by the commit that brought fixes of them; vessel 0: all.
create table position_dirty (
    hour   timestamptz not null,
    vessel integer not null
);

-- One vessel's hour, for statistics: outlives the fixes it was made of.
create table position_hour (
    vessel    integer not null,
    hour      timestamptz not null,
    fixes     integer not null,
    distance_nm real not null,
    sog_mean  real not null,
    sog_max   real not null,
    first_t   timestamptz not null,
    first_lon double precision not null,
    first_lat double precision not null,
    last_t    timestamptz not null,
    last_lon  double precision not null,
    last_lat  double precision not null,
    sources   smallint[] not null,
    primary key (vessel, hour)
);
select create_hypertable('position_hour', 'hour', chunk_time_interval => interval '30 days',
                         create_default_indexes => false);
create index position_hour_hour on position_hour (hour);

-- Safety-related texts (AIS 12, 14), found by their words.
create table safety_message (
    id        bigint generated always as identity primary key,
    vessel    integer not null,
    t         timestamptz not null,
    received  timestamptz not null,
    type      smallint not null,
    addressee integer not null,
    text      text not null
);
create index safety_message_t on safety_message (t desc, id desc);
create index safety_message_vessel on safety_message (vessel, t);
create index safety_message_words on safety_message using gin (to_tsvector('simple', text));

-- What else was on the air: binary applications raw with DAC and FI, the rest as typed fields.
create table ais_record (
    vessel    integer not null,
    t         timestamptz not null,
    received  timestamptz not null,
    type      smallint not null,
    addressee integer not null,
    dac       smallint not null,
    fi        smallint not null,
    payload   bytea not null,
    fields    jsonb not null
);
select create_hypertable('ais_record', 't', chunk_time_interval => interval '7 days',
                         create_default_indexes => false);
create index ais_record_vessel on ais_record (vessel, t);
create index ais_record_application on ais_record (dac, fi, t);

-- Examples of what could not be read, found by age.
create index reject_sample_at on reject_sample (at);

-- Room on the database's disk that is given up when the disk is full. Unlogged: what recovers after
-- a crash removes it first, so a server that died of a full disk comes up again.
create unlogged table ballast (
    page bytea storage plain not null
);

-- Of the fixes that a feed brought: how many another station had told before.
alter table feed add column duplicates bigint not null default 0;

-- The journal is written small already: packing it again would only cost time.
alter table journal alter column body set storage external;
