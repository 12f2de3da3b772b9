-- Deliveries: a platform that posts to hooks/{platform}/{channelId} knows the channel's id and nothing else of us.

create function ledger.find_channel(p_channel uuid) returns int
  language plpgsql stable security definer set search_path = model, ledger, pg_temp
as $$
declare v_controller int;
begin
  -- One log after the other, each under its own controller: no policy of model.declaration has to look across them.
  for v_controller in select c.controller_id from ledger.controller c order by c.controller_id loop
    perform set_config('liggare.controller', v_controller::text, true);
    if exists (select from model.declaration d where d.controller_id = v_controller and d.kind = 'channel' and d.id = p_channel) then
      return v_controller;
    end if;
  end loop;
  return null;
end
$$;
comment on function ledger.find_channel(uuid) is 'The number of the controller that has declared a channel, null when none has. Tells nothing else of either.';

revoke all on function ledger.find_channel(uuid) from public;
grant execute on function ledger.find_channel(uuid) to liggare_api, liggare_worker;
