-- name: insert_session(token_sha256, user_id, kind, address, lifetime)$
-- A session, known by the digest of its token.
insert into sessions (token_sha256, user_id, kind, address, expires_at)
values (:token_sha256, :user_id, :kind, :address, clock_timestamp() + :lifetime::interval)
returning expires_at;

-- name: read_sessions(tokens_sha256)
-- Who holds each token, if it is still good and the person not disabled.
select sessions.token_sha256, sessions.kind, users.id, users.username, users.role
from sessions
join users on users.id = sessions.user_id
where sessions.token_sha256 = any(:tokens_sha256::bytea[])
    and sessions.expires_at > clock_timestamp()
    and users.disabled_at is null;

-- name: delete_session(token_sha256)!
-- Signed out.
delete from sessions
where token_sha256 = :token_sha256;

-- name: delete_sessions(user_id)!
-- Signed out everywhere.
delete from sessions
where user_id = :user_id;

-- name: note_sign_out(user_id)!
-- Somebody was signed out everywhere: no table that the trail is kept of changes by it.
select note_event('signed out', format('user %s', :user_id::integer), null, null);

-- name: delete_expired_sessions(count)$
-- Sessions that are over serve nobody. What another sign-in is deleting is left to it. How many.
with forgotten as (
    delete from sessions
    where token_sha256 in (
        select over.token_sha256
        from sessions as over
        where over.expires_at < clock_timestamp()
        limit :count
        for update skip locked
    )
    returning 1
)
select count(*)
from forgotten;

-- name: count_attempt(username, address, bound, wait_s)$
-- Counts an attempt before the password is looked at, so that many at once are all counted; gives
-- no row while the pair of name and address has to wait. `last_at` is when the count last began: the
-- wait is measured from there, or an address that is never quiet would be counted for ever.
insert into sign_in_failures as known (username, address, failures, last_at)
values (:username, :address, 1, clock_timestamp())
on conflict (username, address) do update
set
    failures = case
        when known.last_at < clock_timestamp() - make_interval(secs => :wait_s) then 1
        else known.failures + 1
    end,
    last_at = case
        when known.last_at < clock_timestamp() - make_interval(secs => :wait_s)
            then clock_timestamp()
        else known.last_at
    end
where known.failures < :bound
    or known.last_at < clock_timestamp() - make_interval(secs => :wait_s)
returning failures;

-- name: read_wait(username, address, wait_s)$
-- Whole seconds until the pair may try again.
select greatest(1, ceil(extract(epoch from
    last_at + make_interval(secs => :wait_s) - clock_timestamp()
)))::integer
from sign_in_failures
where username = :username
    and address = :address;

-- name: forget_attempts(username, address)!
-- A sign-in that went well clears its pair.
delete from sign_in_failures
where username = :username
    and address = :address;

-- name: take_back_attempt(username, address)!
-- A sign-in that went well was no failure of its address.
update sign_in_failures
set failures = greatest(failures - 1, 0)
where username = :username
    and address = :address;

-- name: delete_old_failures(wait_s, count)$
-- Failures that are counted no more. How many were forgotten.
with forgotten as (
    delete from sign_in_failures
    where (username, address) in (
        select old.username, old.address
        from sign_in_failures as old
        where old.last_at < clock_timestamp() - make_interval(secs => :wait_s)
        limit :count
        for update skip locked
    )
    returning 1
)
select count(*)
from forgotten;
