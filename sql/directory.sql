-- name: find_people(name, roles, after, count)
-- People of some roles whose name holds a text, in the order they came.
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
    and users.role = any(:roles::text[])
    and position(lower(:name::text) in lower(users.username)) > 0
order by users.id
limit :count;

-- name: list_names(roles, count)
-- People of some roles by name, to pick one from.
select users.id, users.username
from users
where users.role = any(:roles::text[])
order by lower(users.username)
limit :count;

-- name: read_names(ids)
-- What some people are called.
select users.id, users.username
from users
where users.id = any(:ids::integer[]);

-- name: list_brought_in(partner_id)
-- The collectors that a partner brought in.
select users.username, users.created_at, users.disabled_at is not null as disabled
from users
where users.partner_id = :partner_id
order by lower(users.username);

-- name: read_number(username)$
-- The number of the person with a name, whatever its case.
select users.id
from users
where lower(users.username) = lower(:username);
