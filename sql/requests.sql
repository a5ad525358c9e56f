-- name: claim(actor_ids, operations, keys, fingerprints)
-- Takes the keys that are free, in key order; waits for a holder that has not committed yet.
insert into requests (actor_id, operation, key, fingerprint)
select asked.actor_id, asked.operation, asked.key, asked.fingerprint
from unnest(
    :actor_ids::integer[],
    :operations::text[],
    :keys::text[],
    :fingerprints::bytea[]
) as asked (actor_id, operation, key, fingerprint)
order by asked.actor_id, asked.operation, asked.key
on conflict do nothing
returning actor_id, operation, key;

-- name: look_up(actor_ids, operations, keys)
-- The answers that keys are already bound to.
select
    requests.actor_id,
    requests.operation,
    requests.key,
    requests.fingerprint,
    requests.status,
    requests.body,
    requests.created_at
from requests
join unnest(
    :actor_ids::integer[],
    :operations::text[],
    :keys::text[]
) as asked (actor_id, operation, key)
    on asked.actor_id = requests.actor_id
    and asked.operation = requests.operation
    and asked.key = requests.key;

-- name: bind(actor_ids, operations, keys, statuses, bodies, transfer_ids)!
-- The answers of accepted requests, written in the transaction that made them true.
update requests
set
    status = answered.status,
    body = answered.body,
    transfer_id = answered.transfer_id
from unnest(
    :actor_ids::integer[],
    :operations::text[],
    :keys::text[],
    :statuses::smallint[],
    :bodies::bytea[],
    :transfer_ids::bigint[]
) as answered (actor_id, operation, key, status, body, transfer_id)
where requests.actor_id = answered.actor_id
    and requests.operation = answered.operation
    and requests.key = answered.key;
