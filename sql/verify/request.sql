-- name: unbound_requests(few)
-- A key is bound in the transaction that takes it; one without an answer would wait for ever. Its body
-- is dropped after a month, and not before.
select
    format('request %s of user %s to %s', requests.key, requests.actor_id, requests.operation)
        as row,
    'it has no answer' as detail
from requests
where requests.status is null
    or (requests.body is null and requests.created_at > clock_timestamp() - interval '30 days')
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
-- The answer to the desk tells of a transfer that whoever asked has made. `encode` reads any bytes,
-- so that no body, however damaged, stops the check.
select
    format('request %s of user %s to %s', answered.key, answered.actor_id, answered.operation)
        as row,
    format(
        'it names transfer %s, its answer %s; that is no transfer which this user has made',
        coalesce(answered.transfer_id::text, 'none'), coalesce(answered.told, 'none')
    ) as detail
from (
    select
        requests.actor_id,
        requests.operation,
        requests.key,
        requests.transfer_id,
        requests.body is null as is_dropped,
        substring(
            encode(substring(requests.body from 1 for 64), 'escape')
            from '^\{"transfer_id":"([0-9]{1,18})"'
        ) as told
    from requests
    where requests.status = 201
        and (
            requests.transfer_id is not null
            or requests.operation in (
                'deposit', 'withdraw', 'withdrawal', 'advance', 'repay', 'bonus', 'reverse',
                'earning'
            )
        )
) as answered
left join desk_transfers on desk_transfers.transfer_id = answered.transfer_id
left join transfers
    on transfers.id = desk_transfers.transfer_id
    and transfers.actor_id = answered.actor_id
where transfers.id is null
    or (answered.told is distinct from answered.transfer_id::text and not answered.is_dropped)
order by answered.actor_id, answered.operation, answered.key
limit :few;

-- name: desk_requests(few)
-- What the desk moved was asked for once, under one key, or approved by a second person.
select
    format('transfer %s (%s)', transfers.id, transfers.reason) as row,
    case
        when desk_transfers.approval_id is null
            then format('%s requests are answered with it', coalesce(answered.request_count, 0))
        else format(
            'approval %s is %s, of transfer %s',
            desk_transfers.approval_id,
            coalesce(approvals.state, 'missing'),
            coalesce(approvals.outcome ->> 'transfer_id', 'none')
        )
    end as detail
from desk_transfers
join transfers on transfers.id = desk_transfers.transfer_id
left join approvals on approvals.id = desk_transfers.approval_id
left join (
    select named.actor_id, named.transfer_id, count(*) as request_count
    from (
        select
            requests.actor_id,
            coalesce(
                requests.transfer_id::text,
                substring(
                    encode(substring(requests.body from 1 for 64), 'escape')
                    from '^\{"transfer_id":"([0-9]{1,18})"'
                )
            ) as transfer_id
        from requests
        where requests.status = 201
    ) as named
    group by named.actor_id, named.transfer_id
) as answered
    on answered.transfer_id = transfers.id::text
    and answered.actor_id = transfers.actor_id
where case
    when desk_transfers.approval_id is null
        then answered.request_count is distinct from 1
    else (
        approvals.state = 'approved'
        and approvals.outcome ->> 'transfer_id' = transfers.id::text
        and approvals.asked_by = transfers.actor_id
        and answered.request_count is null
    ) is not true
end
order by transfers.id
limit :few;

-- name: read_counted()
-- The answers of the desk beside the transfers that they tell of.
select
    requests.actor_id,
    requests.operation,
    requests.key,
    requests.body,
    desk_transfers.amount,
    desk_transfers.user_id
from requests
join desk_transfers on desk_transfers.transfer_id = requests.transfer_id
where requests.status = 201
    and requests.body is not null
order by requests.transfer_id, requests.key;
