-- name: insert_user(username, role, password_hash, commission_rate, partner_id, share_percentage)$
-- A new person.
insert into users (username, role, password_hash, commission_rate, partner_id, share_percentage)
values (:username, :role, :password_hash, :commission_rate, :partner_id, :share_percentage)
returning id;

-- name: read_user(id)^
-- One person, without the password.
select
    users.id,
    users.username,
    users.role,
    users.commission_rate,
    users.partner_id,
    users.share_percentage,
    users.disabled_at,
    users.created_at
from users
where users.id = :id;

-- name: lock_user(id)^
-- A person about to be changed.
select users.id
from users
where users.id = :id
for no key update;

-- name: list_users(after, count, role)
-- People in the order they came, after a given number; of one role, or of all.
select
    users.id,
    users.username,
    users.role,
    users.commission_rate,
    users.partner_id,
    users.share_percentage,
    users.disabled_at,
    users.created_at
from users
where users.id > :after
    and (:role::text is null or users.role = :role)
order by users.id
limit :count;

-- name: read_credentials(username)^
-- What a sign-in is checked against.
select users.id, users.username, users.role, users.password_hash, users.disabled_at
from users
where lower(users.username) = lower(:username);

-- name: hold_credentials(id, password_hash)$
-- A person whose password is still the one that was looked at, held so that neither it nor the
-- person's being enabled changes before the session that is opened on it is committed.
select users.id
from users
where users.id = :id
    and users.password_hash = :password_hash
    and users.disabled_at is null
for share;

-- name: amend_user(id, username, commission_rate, partner_id, share_percentage, disabled)!
-- What may be changed of a person, all of it, as it shall be.
update users
set
    username = :username,
    commission_rate = :commission_rate,
    partner_id = :partner_id,
    share_percentage = :share_percentage,
    disabled_at = case
        when :disabled then coalesce(disabled_at, clock_timestamp())
    end
where id = :id;

-- name: set_password(id, password_hash)!
-- A new password.
update users
set password_hash = :password_hash
where id = :id;
