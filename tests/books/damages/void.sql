-- voids: ticket 3 of phase 1
-- a void that nobody did
update tickets set voided_by = null where phase_id = 1 and sequence = 3;

-- voids: ticket 3 of phase 1
-- a void ticket that stands again
update tickets set voided_at = null where phase_id = 1 and sequence = 3;

-- voids: ticket 3 of phase 1
-- a void whose transfer is gone
delete from transfers where id = 11;

-- voids: ticket 1 of phase 1
-- a void without a transfer
update tickets
set voided_at = placed_at, voided_by = 5
where phase_id = 1 and sequence = 1;

-- refunds: ticket 3 of phase 1
-- more given back than was staked
update entries
set amount = amount + case account_id when 1 then -1 else 1 end
where transfer_id = 11;

-- refunds: ticket 1 of phase 3
-- given back to another purse
update entries
set account_id = 111
where account_id = 110 and transfer_id = (select void_transfer_id from tickets where phase_id = 3 and sequence = 1);

-- refunds: ticket 6 of phase 1
-- a void that names its own stake
update tickets set void_transfer_id = transfer_id where phase_id = 1 and sequence = 6;

-- void_transfers: transfer 11 (void)
-- a stake given back for a ticket that stands
update tickets
set voided_at = null, voided_by = null, void_transfer_id = null
where phase_id = 1 and sequence = 3;

-- void_times: ticket 3 of phase 1
-- a ticket voided after the closing
update tickets
set voided_at = phases.closed_at + interval '1 s'
from phases
where phases.id = 1 and tickets.phase_id = 1 and sequence = 3;

-- void_times: ticket 3 of phase 5
-- a ticket voided after the closing time
update phases
set closes_at = (select voided_at - interval '1 min' from tickets where phase_id = 5 and sequence = 3)
where id = 5;

-- void_times: ticket 3 of phase 1
-- a ticket voided before it was placed
update tickets
set voided_at = placed_at - interval '1 s'
where phase_id = 1 and sequence = 3;

-- void_phases: ticket 1 of phase 3
-- a ticket that stands in a void phase
update tickets
set voided_at = null, voided_by = null, void_transfer_id = null
where phase_id = 3 and sequence = 1;
