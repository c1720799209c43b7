-- name: all
-- Every account, for the list.
select a.login, a.role, p.code as person, p.name, o.code as org, a.language, a.disabled,
       coalesce(a.locked_until > now(), false) as locked, a.must_change, a.demo, a.created,
       (select max(s.last_seen) from session s where s.account = a.id) as last_seen
  from account a left join person p on p.id = a.person left join party_org o on o.id = a.org
 order by a.login

-- name: one
-- The account to change.
select id, login, role, disabled, password_hash from account where login = %(login)s for update

-- name: person
-- A person by staff number.
select id from person where code = %(code)s

-- name: org
-- A body by code.
select id from party_org where code = %(code)s

-- name: disable
-- Nobody signs in to it.
update account set disabled = true where id = %(id)s

-- name: enable
-- Its owner may sign in again, whatever was counted against it.
update account set disabled = false, failures = 0, locked_until = null where id = %(id)s

-- name: forget
-- The tries counted against it.
delete from login_attempt
 where key = 'account:' || %(login)s or starts_with(key, 'pair:' || %(login)s || ':')

-- name: end
-- Whoever is signed in to it is no longer.
delete from session where account = %(id)s

-- name: renew
-- A password that its owner must change.
update account set password_hash = %(hash)s, must_change = %(must_change)s where id = %(id)s

-- name: admins
-- Who can still make accounts.
select count(*) as n from account where role = 'admin' and not disabled and id <> %(id)s
