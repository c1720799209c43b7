-- Accounts, their sessions and tokens, and the counters that slow down guessing.

-- name: by_login
-- The account of a login, for checking its password.
select ac.id, ac.login, ac.password_hash, ac.role, ac.person, ac.org, ac.language, ac.must_change,
       coalesce(p.name, ac.login) as name,
       (ac.disabled or coalesce(ac.locked_until > now(), false)) as barred
from account ac left join person p on p.id = ac.person
where ac.login = %(login)s

-- name: by_id
-- One account as its owner sees it.
select ac.id, ac.login, ac.role, ac.person, ac.org, ac.language, ac.must_change,
       coalesce(p.name, ac.login) as name
from account ac left join person p on p.id = ac.person
where ac.id = %(account)s and not ac.disabled

-- name: password_hash
-- The stored hash, read under a lock so that two changes cannot cross.
select password_hash from account where id = %(account)s and not disabled for update

-- name: session
-- Who a token belongs to, while it is valid: one indexed read a request.
select s.token_hash, s.kind, s.expires, ac.id, ac.login, ac.role, ac.person, ac.org, ac.language,
       ac.must_change, coalesce(p.name, ac.login) as name,
       s.last_seen < now() - interval '1 minute' as untouched
from session s
join account ac on ac.id = s.account
left join person p on p.id = ac.person
where s.token_hash = %(hash)s and s.expires > now() and not ac.disabled
  and (s.kind = 'token' or s.last_seen > now() - %(idle)s)

-- name: sessions
-- Which of these tokens are still valid, and for whom: the live sockets ask every second.
select s.token_hash, ac.role, ac.person, ac.org, ac.must_change
from session s join account ac on ac.id = s.account
where s.token_hash = any(%(hashes)s) and s.expires > now() and not ac.disabled
  and (s.kind = 'token' or s.last_seen > now() - %(idle)s)

-- name: touch
-- Somebody is still there; written at most once a minute.
update session set last_seen = now()
where token_hash = any(%(hashes)s) and last_seen < now() - interval '1 minute'

-- name: sign_in
-- A new session or token.
insert into session (token_hash, account, kind, label, expires)
values (%(hash)s, %(account)s, %(kind)s, %(label)s, now() + %(lifetime)s)
returning left(encode(token_hash, 'hex'), 16) as id, label, created, last_seen, expires

-- name: sign_out
-- End one session.
delete from session where token_hash = %(hash)s

-- name: sign_out_others
-- End every other session and token of the account.
delete from session where account = %(account)s and token_hash <> %(hash)s

-- name: sign_out_all
-- End every session and token of the account.
delete from session where account = %(account)s

-- name: tokens
-- The account's tokens for programs.
select left(encode(token_hash, 'hex'), 16) as id, label, created, last_seen, expires
from session
where account = %(account)s and kind = 'token' and expires > now()
order by created

-- name: revoke
-- End one of the account's own tokens.
delete from session
where account = %(account)s and kind = 'token'
  and left(encode(token_hash, 'hex'), 16) = %(id)s

-- name: tidy_sessions
-- Forget expired sessions, and all but the newest of this account.
delete from session
where expires < now()
   or (account = %(account)s and kind = 'browser' and token_hash not in (
        select token_hash from session where account = %(account)s and kind = 'browser'
        order by last_seen desc limit %(keep)s))

-- name: set_password
-- A new password by its owner.
update account set password_hash = %(password_hash)s, must_change = false, failures = 0
where id = %(account)s

-- name: count
-- One more try under this key, unless it is locked; forgotten after a quiet day.
insert into login_attempt as la (key, count, since)
values (%(key)s, 1, now())
on conflict (key) do update set
    count = case when la.since < now() - interval '1 day' then 1 else la.count + 1 end,
    since = now(),
    locked_until = case
        when la.since >= now() - interval '1 day' and la.count + 1 >= %(limit)s
        then now() + make_interval(secs => least(
            %(first_s)s * power(2, least(la.count + 1 - %(limit)s, 20)), %(longest_s)s))
    end
where la.locked_until is null or la.locked_until <= now()

-- name: known_place
-- Whether somebody signed in to this account from this address lately.
select from login_attempt where key = %(key)s and since > now() - interval '30 days'

-- name: forget
-- A sign-in that succeeded clears what was counted against it.
delete from login_attempt where key = %(key)s

-- name: discount
-- A success is no try at guessing, but does not wash away those of others at the same address.
update login_attempt set count = greatest(count - 1, 0), locked_until = null
where key = any(%(keys)s)

-- name: remember_place
-- This account signs in from this address: a lock of the whole account does not shut it out.
insert into login_attempt (key, count, since) values (%(key)s, 0, now())
on conflict (key) do update set since = now()

-- name: tidy_attempts
-- Counters nobody needs any more.
delete from login_attempt
where since < now() - case when starts_with(key, 'place:') then interval '30 days'
                           else interval '1 day' end
  and coalesce(locked_until, now()) <= now()

-- name: create
-- A new account.
insert into account (login, password_hash, role, person, org, language, must_change, demo)
values (%(login)s, %(password_hash)s, %(role)s, %(person)s, %(org)s, %(language)s,
        %(must_change)s, %(demo)s)
returning id
