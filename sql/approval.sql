-- name: read_four_eyes()$
-- The amount above which the house wants four eyes; null where it does not.
select house_rules.four_eyes_above
from house_rules;

-- name: lock_four_eyes()$
-- The same, held: whether another amount is higher stays so until commit.
select house_rules.four_eyes_above
from house_rules
for no key update;

-- name: write_four_eyes(above)!
-- The amount, or null to turn it off.
update house_rules
set four_eyes_above = :above;

-- name: insert_approval(kind, asked, reason, asked_by)$
-- What waits for a second person; asked for again while it waits, it is the same.
with added as (
    insert into approvals (kind, asked, reason, asked_by)
    values (:kind, :asked::text::jsonb, :reason, :asked_by)
    on conflict (asked_by, kind, md5(asked::text)) where state = 'waiting' do nothing
    returning id
)
select added.id
from added
union all
select approvals.id
from approvals
where approvals.asked_by = :asked_by
    and approvals.kind = :kind
    and approvals.asked = :asked::text::jsonb
    and approvals.state = 'waiting'
limit 1;

-- name: lock_approval(id)^
-- One, held until it is decided.
select approvals.*, askers.username as asker, askers.role as asker_role, askers.disabled_at
from approvals
join users as askers on askers.id = approvals.asked_by
where approvals.id = :id
for no key update of approvals;

-- name: decide_approval(id, state, decided_by, note, outcome)!
-- Approved with what came of it, or refused.
update approvals
set
    state = :state,
    decided_by = :decided_by,
    decided_at = clock_timestamp(),
    note = :note,
    outcome = :outcome::text::jsonb
where id = :id;

-- name: list_approvals(state, before, count, id)
-- The newest first, of one state or of all; or one.
select
    approvals.id,
    approvals.kind,
    approvals.asked::text as asked,
    approvals.reason,
    approvals.asked_by,
    askers.username as asker,
    approvals.asked_at,
    approvals.state,
    deciders.username as decider,
    approvals.decided_at,
    approvals.note,
    approvals.outcome::text as outcome,
    holders.username as holder
from approvals
join users as askers on askers.id = approvals.asked_by
left join users as deciders on deciders.id = approvals.decided_by
left join users as holders on holders.id = (approvals.asked ->> 'user_id')::integer
where (:state::text is null or approvals.state = :state)
    and (:before::integer is null or approvals.id < :before)
    and (:id::integer is null or approvals.id = :id)
order by approvals.id desc
limit :count;

-- name: count_waiting()$
-- How many wait.
select count(*)
from approvals
where approvals.state = 'waiting';
