-- name: unbound_requests(few)
-- A key is bound in the transaction that takes it; one without an answer would wait for ever.
select
    format('request %s of user %s to %s', requests.key, requests.actor_id, requests.operation)
        as row,
    'it has no answer' as detail
from requests
where requests.status is null
    or requests.body is null
order by requests.created_at, requests.actor_id, requests.operation, requests.key
limit :few;

-- name: stray_requests(few)
-- A ticket holds the key that it was asked for under: one kept here would answer nobody.
select
    format('request %s of user %s to %s', requests.key, requests.actor_id, requests.operation)
        as row,
    'the key of a slip is on its ticket' as detail
from requests
where requests.operation = 'place'
order by requests.actor_id, requests.key
limit :few;

-- name: desk_answers(few)
-- Money over the counter is a transfer of whoever counted it. `encode` reads any bytes, so that no
-- body, however damaged, stops the check.
select
    format('request %s of user %s to %s', answered.key, answered.actor_id, answered.operation)
        as row,
    format(
        'it names transfer %s, which is not a desk transfer of this user',
        coalesce(answered.transfer_id, 'none')
    ) as detail
from (
    select
        requests.actor_id,
        requests.operation,
        requests.key,
        substring(
            encode(substring(requests.body from 1 for 64), 'escape')
            from '^\{"transfer_id":"([0-9]{1,18})"'
        ) as transfer_id
    from requests
    where requests.operation in ('deposit', 'withdraw', 'withdrawal')
        and requests.status = 201
) as answered
left join transfers
    on transfers.id::text = answered.transfer_id
    and transfers.actor_id = answered.actor_id
    and transfers.reason in ('deposit', 'withdrawal')
where transfers.id is null
order by answered.actor_id, answered.operation, answered.key
limit :few;

-- name: desk_requests(few)
-- A deposit or a withdrawal was asked for once, under one key of the cashier.
select
    format('transfer %s (%s)', transfers.id, transfers.reason) as row,
    format('%s requests are answered with it', coalesce(answered.request_count, 0)) as detail
from transfers
left join (
    select named.actor_id, named.transfer_id, count(*) as request_count
    from (
        select
            requests.actor_id,
            substring(
                encode(substring(requests.body from 1 for 64), 'escape')
                from '^\{"transfer_id":"([0-9]{1,18})"'
            ) as transfer_id
        from requests
        where requests.status = 201
    ) as named
    group by named.actor_id, named.transfer_id
) as answered
    on answered.transfer_id = transfers.id::text
    and answered.actor_id = transfers.actor_id
where transfers.reason in ('deposit', 'withdrawal')
    and answered.request_count is distinct from 1
order by transfers.id
limit :few;

-- name: read_counted()
-- The answers of the desk beside the transfers that they tell of.
select
    requests.actor_id,
    requests.operation,
    requests.key,
    requests.body,
    moved.amount,
    moved.user_id
from requests
join (
    select
        entries.transfer_id,
        abs(sum(entries.amount)) as amount,
        min(accounts.user_id) as user_id
    from entries
    join accounts on accounts.id = entries.account_id
    join transfers on transfers.id = entries.transfer_id
    where transfers.reason in ('deposit', 'withdrawal')
        and accounts.user_id is not null
    group by entries.transfer_id
) as moved
    on moved.transfer_id::text = substring(
        encode(substring(requests.body from 1 for 64), 'escape')
        from '^\{"transfer_id":"([0-9]{1,18})"'
    )
where requests.operation in ('deposit', 'withdraw', 'withdrawal')
    and requests.status = 201
order by moved.transfer_id, requests.key;
