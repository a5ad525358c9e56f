-- corrections: (correction)
-- money that mends nothing
with made as (
    insert into transfers (reason, actor_id, note) values ('correction', 1, 'found') returning id
),
moved as (
    update accounts
    set balance = balance + 7000, last_sequence = last_sequence + 1
    where id = 104
    returning balance, last_sequence
)
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
select made.id, side.account_id, side.amount, side.balance_after, side.sequence
from made
cross join moved
cross join lateral (
    values (104, 7000, moved.balance, moved.last_sequence), (6, -7000, null, null)
) as side (account_id, amount, balance_after, sequence);

-- corrections: transfer 64 (correction)
-- a correction that the trail knows nothing of
delete from audit where action = 'mended' and after ->> 'transfer_id' = '64';

-- corrections: transfer 64 (correction)
-- a correction that the trail tells otherwise
update audit
set before = jsonb_set(before, '{entries}', '5')
where action = 'mended'
    and after ->> 'transfer_id' = '64';

-- corrections: transfer 64 (correction)
-- more corrected than there was drift
update entries set amount = amount * 2 where transfer_id = 64;

-- corrections: transfer 64 (correction)
-- a correction that left another balance
update entries set balance_after = balance_after + 1 where transfer_id = 64 and account_id = 107;

-- corrections: transfer 66 (correction)
-- a balance moved after no drift was entered
update transfers set reason = 'deposit' where id = 65;

-- corrections: transfer 66 (correction)
-- a correction with another reason than was given
update transfers set note = 'for nothing' where id = 66;

-- corrections: transfer 66 (correction)
-- a balance that was moved further than a drift went
update entries set amount = amount + 1 where transfer_id = 65;
