-- Deliveries: what a platform posted, or a file that was imported, sealed whole under a key of its own in the keyring.
-- A delivery concerns many: it goes whole with the first object of those it carried, or by a rule of its own.

create table ledger.delivery (
  controller_id int not null,
  delivery_id uuid not null,
  channel_id uuid not null,
  received_on date not null,
  platform text not null,
  mapper text not null,
  route text not null check (route in ('hook', 'import')),
  bytes bigint not null check (bytes >= 0),
  body bytea,
  indexed boolean not null,
  destroyed_by bigint,
  primary key (controller_id, delivery_id),
  check (destroyed_by is null or body is null)
);
alter table ledger.delivery alter column body set storage external;
create index delivery_kept_idx on ledger.delivery (controller_id, received_on, delivery_id) where destroyed_by is null;
create index delivery_destroyed_idx on ledger.delivery (controller_id, destroyed_by) where destroyed_by is not null;
comment on table ledger.delivery is 'Deliveries as they came, sealed (body null: in the file store, or destroyed). delivery_id = stream of delivery.received, and its key''s id in the keyring. destroyed_by = the intent or delivery.destroyed event. Not indexed: its import has not come to its end, so it may carry anything of its channel.';

create table ledger.delivery_object (
  controller_id int not null,
  object_id uuid not null,
  delivery_id uuid not null,
  primary key (controller_id, object_id, delivery_id)
);
create index delivery_object_delivery_idx on ledger.delivery_object (controller_id, delivery_id);
comment on table ledger.delivery_object is 'Which objects a kept delivery carried: the first of them that is purged takes the delivery with it.';

do $$
declare t text;
begin
  foreach t in array array['delivery', 'delivery_object'] loop
    execute format('alter table ledger.%I enable row level security', t);
    execute format('alter table ledger.%I force row level security', t);
    execute format('create policy own_controller on ledger.%I using (controller_id = (select ledger.current_controller())) with check (controller_id = (select ledger.current_controller()))', t);
  end loop;
end
$$;

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

create function ledger.keep_delivery(
  p_controller int, p_delivery uuid, p_channel uuid, p_received_on date, p_platform text, p_mapper text, p_route text, p_bytes bigint, p_body bytea
) returns void
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  insert into ledger.delivery (controller_id, delivery_id, channel_id, received_on, platform, mapper, route, bytes, body, indexed)
    values (p_controller, p_delivery, p_channel, p_received_on, p_platform, p_mapper, p_route, p_bytes, p_body, false)
    on conflict (controller_id, delivery_id) do nothing;
end
$$;
comment on function ledger.keep_delivery is 'Keeps a sealed delivery. Until ledger.index_delivery has closed it, it counts as carrying anything of its channel.';

-- Positions of the log, as ranges, become the objects they belong to. Where one of them is condemned the delivery does
-- not stay: it is let go here, and the next sweep takes its key for the orphan it is. The head is locked last and briefly:
-- an intent either stands before it, and is seen, or comes after the commit, and sees what this has written.
create function ledger.index_delivery(p_controller int, p_delivery uuid, p_from bigint[], p_to bigint[], p_end text) returns boolean
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
declare
  v_condemned bigint;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform from ledger.delivery d
    where d.controller_id = p_controller and d.delivery_id = p_delivery and d.destroyed_by is null for update;
  if not found then
    return false;
  end if;
  insert into ledger.delivery_object (controller_id, object_id, delivery_id)
    select distinct p_controller, e.stream_id, p_delivery
    from unnest(p_from, p_to) r(first, last)
    cross join lateral (
      select q.stream_id from ledger.event q where q.controller_id = p_controller and q.position >= r.first and q.position <= r.last offset 0) e
    on conflict (controller_id, object_id, delivery_id) do nothing;
  perform from ledger.log_head h where h.controller_id = p_controller for update;
  select min(c.position) into v_condemned
    from ledger.delivery_object o join ledger.condemned c on c.controller_id = p_controller and c.object_id = o.object_id
    where o.controller_id = p_controller and o.delivery_id = p_delivery;
  if v_condemned is null and p_end = 'let-go' then
    select h.size - 1 into v_condemned from ledger.log_head h where h.controller_id = p_controller;
  end if;
  if v_condemned is not null then
    update ledger.delivery d set body = null, destroyed_by = v_condemned where d.controller_id = p_controller and d.delivery_id = p_delivery;
    delete from ledger.delivery_object o where o.controller_id = p_controller and o.delivery_id = p_delivery;
  elsif p_end = 'closed' then
    update ledger.delivery d set indexed = true where d.controller_id = p_controller and d.delivery_id = p_delivery;
  end if;
  return v_condemned is null;
end
$$;
comment on function ledger.index_delivery is 'Notes which objects a delivery carried, by their positions; p_end: closed = these were the last; let-go = it carries what was disposed of before; null = more come. False where it is not kept (any more).';

create function ledger.intended_deliveries(p_controller int, p_position bigint) returns setof uuid
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select o.delivery_id from ledger.condemned c
      join ledger.delivery_object o on o.controller_id = p_controller and o.object_id = c.object_id
      where c.controller_id = p_controller and c.position = p_position
    union
    select d.delivery_id from ledger.delivery d
      where d.controller_id = p_controller and d.destroyed_by is null and not d.indexed
        and d.channel_id in (
          select e.channel_id from ledger.condemned c join ledger.event e on e.controller_id = p_controller and e.stream_id = c.object_id
          where c.controller_id = p_controller and c.position = p_position)
    union
    select d.delivery_id from ledger.delivery d where d.controller_id = p_controller and d.destroyed_by = p_position;
end
$$;
comment on function ledger.intended_deliveries(int, bigint) is 'The deliveries that go with what an intent condemned, and those that have gone with it.';

create function ledger.destroy_deliveries(p_controller int, p_deliveries uuid[], p_position bigint) returns bigint
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
declare
  v_destroyed bigint;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  update ledger.delivery d set body = null, destroyed_by = p_position
    where d.controller_id = p_controller and d.delivery_id = any (p_deliveries) and d.destroyed_by is null;
  get diagnostics v_destroyed = row_count;
  delete from ledger.delivery_object o where o.controller_id = p_controller and o.delivery_id = any (p_deliveries);
  return v_destroyed;
end
$$;
comment on function ledger.destroy_deliveries(int, uuid[], bigint) is 'Deletes what is left of deliveries whose keys are gone. Answers how many it was now; repeating it finds none.';

-- Received on or before a day, on one of the channels (null: on any) and not under a hold, be it of an object it carried.
create function ledger.due_deliveries(p_controller int, p_cutoff date, p_channels uuid[], p_limit int) returns setof uuid
  language plpgsql stable security definer set search_path = model, ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select d.delivery_id from ledger.delivery d
    where d.controller_id = p_controller and d.destroyed_by is null and d.received_on <= p_cutoff
      and (p_channels is null or d.channel_id = any (p_channels))
      and not exists (
        select from hold h where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'channel' and h.target_id = d.channel_id)
      and not (
        exists (select from hold h where h.controller_id = p_controller and h.lifted_position is null)
        and exists (
          select from ledger.blocked_objects(p_controller,
            array(select o.object_id from ledger.delivery_object o where o.controller_id = p_controller and o.delivery_id = d.delivery_id)) b
          where b.reason = 'held'))
    order by d.received_on, d.delivery_id limit p_limit;
end
$$;
comment on function ledger.due_deliveries(int, date, uuid[], int) is 'The kept deliveries that a rule of theirs lets go, oldest first.';

-- The key of a delivery belongs to no event: a sweep must not take it for an orphan.
create or replace function ledger.missing_events(p_controller int, p_events uuid[]) returns setof uuid
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select i from unnest(p_events) i
    where (select e.position from ledger.event e where e.controller_id = p_controller and e.event_id = i) is null
      and (select d.delivery_id from ledger.delivery d
           where d.controller_id = p_controller and d.delivery_id = i and d.destroyed_by is null) is null;
end
$$;
comment on function ledger.missing_events(int, uuid[]) is 'Those of the ids that neither an event of the log nor a kept delivery has.';

-- A fact found by one of its names gets the others too, and its object the native id: what comes with that alone is then found.
create function ledger.link_facts(
  p_controller int, p_position bigint[], p_digest bytea[], p_content bytea[], p_object bytea[]
) returns void
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  -- As an append: whoever condemns meanwhile either sees these digests or is seen here.
  perform from ledger.log_head h where h.controller_id = p_controller for update;
  insert into ledger.fact_digest (controller_id, digest, position, content)
    select distinct on (l.digest) p_controller, l.digest, l.at, l.content
    from unnest(p_position, p_digest, p_content) l(at, digest, content)
    where l.digest is not null
      and exists (select from ledger.fact_digest f where f.controller_id = p_controller and f.position = l.at)
      and (select c.position from ledger.event e join ledger.condemned c on c.controller_id = p_controller and c.object_id = e.stream_id
           where e.controller_id = p_controller and e.position = l.at) is null
    on conflict (controller_id, digest) do nothing;
  insert into ledger.identity (controller_id, digest, kind, id)
    select distinct on (l.object) p_controller, l.object, 'object', e.stream_id
    from unnest(p_position, p_object) l(at, object)
    join ledger.event e on e.controller_id = p_controller and e.position = l.at
    where l.object is not null
      and (select c.position from ledger.condemned c where c.controller_id = p_controller and c.object_id = e.stream_id) is null
    on conflict (controller_id, digest) do nothing;
end
$$;
comment on function ledger.link_facts is 'Adds digests (and of creating facts the object''s) to facts that stand in the log, unless they are condemned.';

revoke all on function ledger.find_channel(uuid), ledger.keep_delivery, ledger.index_delivery, ledger.intended_deliveries(int, bigint),
  ledger.destroy_deliveries(int, uuid[], bigint), ledger.due_deliveries(int, date, uuid[], int), ledger.link_facts from public;
grant execute on function ledger.find_channel(uuid), ledger.keep_delivery, ledger.index_delivery,
  ledger.link_facts to liggare_api, liggare_worker;
grant execute on function ledger.intended_deliveries(int, bigint), ledger.destroy_deliveries(int, uuid[], bigint),
  ledger.due_deliveries(int, date, uuid[], int) to liggare_purge;
grant select on ledger.delivery, ledger.delivery_object to liggare_api, liggare_worker;
grant select on ledger.delivery to liggare_purge;
