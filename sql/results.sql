-- name: read_results(phase_ids)
-- What the draws of some phases paid and left; phases that are not settled are left out.
select
    settlements.phase_id,
    settlements.number,
    settlements.total_out,
    settlements.net_profit
from settlements
where settlements.phase_id = any(:phase_ids::integer[])
    and settlements.number is not null;
