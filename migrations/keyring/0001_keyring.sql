-- The keyring: a database of its own, in production on a cluster of its own. Without it the ledger's ciphertext is noise.
-- It holds wrapped keys only; what unwraps them is held by the key provider, outside every database.

create schema keyring;

create function keyring.current_controller() returns int
  language plpgsql stable parallel safe
as $$
declare
  setting text := current_setting('liggare.controller', true);
begin
  if setting is null or setting = '' then
    raise exception 'no controller is set for this transaction' using errcode = 'LG001';
  end if;
  return setting::int;
end
$$;

create table keyring.key_check (
  singleton boolean primary key default true check (singleton),
  digest bytea not null check (octet_length(digest) = 32),
  created_at timestamptz not null
);
comment on table keyring.key_check is 'A keyed digest that tells whether the key file at hand is the one this keyring was made with.';

create table keyring.epoch (
  epoch int primary key,
  state text not null check (state in ('current', 'draining', 'dropped', 'destroyed')),
  wrap int not null default 1 check (wrap > 0),
  created_at timestamptz not null,
  destroyed_at timestamptz
);
create unique index epoch_current_key on keyring.epoch (state) where state = 'current';
comment on table keyring.epoch is 'Epoch keys by number. The keys themselves are with the key provider.';
comment on column keyring.epoch.wrap is 'Of the current epoch: the version of the wrap keys under which keys of persons are stored from now on.';

create table keyring.subject_key (
  controller_id int not null,
  subject_id uuid not null,
  wrapped bytea not null,
  wrap int not null,
  created_at timestamptz not null,
  primary key (controller_id, subject_id)
);
comment on table keyring.subject_key is 'One key per person, wrapped by the controller''s wrap key of the version `wrap`.';

create table keyring.wrap_rotation (
  controller_id int not null,
  wrap int not null,
  stream uuid not null,
  begun_at timestamptz not null,
  finished_at timestamptz,
  primary key (controller_id, wrap)
);
comment on table keyring.wrap_rotation is 'Rotations of wrap keys, of each controller that had a log then, and the stream of the event that says so. Unfinished: some keys are still wrapped by an earlier one.';

create table keyring.record_key (
  controller_id int not null,
  event_id uuid not null,
  epoch int not null,
  wrapped bytea not null,
  created_at timestamptz not null,
  primary key (epoch, controller_id, event_id)
) partition by list (epoch);
comment on table keyring.record_key is 'The secrets of an event''s parts, wrapped by the key of a numbered epoch. Keyed by event id: positions are used again after a restore.';

create table keyring.tombstone (
  controller_id int not null,
  kind text not null check (kind in ('record', 'subject')),
  id uuid not null,
  intent uuid not null,
  destroyed_at timestamptz not null,
  primary key (controller_id, kind, id)
);
comment on table keyring.tombstone is 'Keys that were destroyed: the keyring''s copy of the erasure journal. A key named here is never stored again.';

do $$
declare t text;
begin
  foreach t in array array['subject_key', 'record_key', 'tombstone', 'wrap_rotation'] loop
    execute format('alter table keyring.%I enable row level security', t);
    execute format('alter table keyring.%I force row level security', t);
    execute format('create policy own_controller on keyring.%I using (controller_id = (select keyring.current_controller())) with check (controller_id = (select keyring.current_controller()))', t);
  end loop;
end
$$;

-- Stores the keys of a batch. Refuses an epoch or a wrap key that is no longer current (LG005) and a key that was destroyed (LG006).
create function keyring.put(
  p_controller int, p_now timestamptz, p_subject uuid[], p_subject_wrapped bytea[], p_epoch int, p_event uuid[], p_event_wrapped bytea[], p_wrap int
) returns void
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform from keyring.epoch e where e.epoch = p_epoch and e.state = 'current' and e.wrap = p_wrap for share;
  if not found then
    raise exception 'epoch % or wrap key % is not current', p_epoch, p_wrap using errcode = 'LG005';
  end if;
  insert into keyring.subject_key (controller_id, subject_id, wrapped, wrap, created_at)
    select p_controller, s, w, p_wrap, p_now from unnest(p_subject, p_subject_wrapped) x(s, w)
    on conflict (controller_id, subject_id) do nothing;
  -- After the insert, which waits for whoever is deleting the same key: what has been destroyed meanwhile is seen here.
  if exists (select from unnest(p_subject) s
             where (select t.id from keyring.tombstone t where t.controller_id = p_controller and t.kind = 'subject' and t.id = s) is not null) then
    raise exception 'a destroyed key is never made again' using errcode = 'LG006';
  end if;
  insert into keyring.record_key (controller_id, event_id, epoch, wrapped, created_at)
    select p_controller, e, p_epoch, w, p_now from unnest(p_event, p_event_wrapped) x(e, w);
end
$$;

create function keyring.fetch_subject_keys(p_controller int, p_subject uuid[]) returns table (subject_id uuid, wrapped bytea, wrap int)
  language plpgsql stable security definer set search_path = keyring, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select k.subject_id, k.wrapped, k.wrap from keyring.subject_key k where k.controller_id = p_controller and k.subject_id = any (p_subject);
end
$$;

create function keyring.fetch_record_keys(p_controller int, p_event uuid[]) returns table (event_id uuid, epoch int, wrapped bytea)
  language plpgsql stable security definer set search_path = keyring, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select k.event_id, k.epoch, k.wrapped from keyring.record_key k
    where k.epoch in (select e.epoch from keyring.epoch e where e.state in ('current', 'draining')) and k.controller_id = p_controller and k.event_id = any (p_event);
end
$$;

create function keyring.open_epoch(p_now timestamptz) returns int
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
declare
  v_epoch int;
  v_wrap int;
begin
  lock table keyring.epoch in share row exclusive mode;
  select e.epoch, e.wrap into v_epoch, v_wrap from keyring.epoch e where e.state = 'current';
  if found and exists (select from keyring.epoch e where e.state in ('draining', 'dropped')) then
    return v_epoch; -- a sweep is under way: it goes on, no second one begins
  end if;
  update keyring.epoch set state = 'draining' where state = 'current';
  select coalesce(max(e.epoch), 0) + 1 into v_epoch from keyring.epoch e;
  insert into keyring.epoch (epoch, state, wrap, created_at) values (v_epoch, 'current', coalesce(v_wrap, 1), p_now);
  execute format('create table keyring.record_key_%s partition of keyring.record_key for values in (%s)', v_epoch, v_epoch);
  execute format('alter table keyring.record_key_%s enable row level security', v_epoch);
  execute format('alter table keyring.record_key_%s force row level security', v_epoch);
  return v_epoch;
end
$$;
comment on function keyring.open_epoch(timestamptz) is 'Begins a new epoch, or answers the current one while an older is still being drained.';

-- One step of a sweep: the next keys of an old epoch, locked until they are moved. Both halves run in one transaction.
create function keyring.lock_old(p_controller int, p_epoch int, p_limit int) returns table (event_id uuid, wrapped bytea, created_at timestamptz)
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform pg_advisory_xact_lock(7151, p_controller);
  return query select k.event_id, k.wrapped, k.created_at from keyring.record_key k
    where k.epoch = p_epoch and k.controller_id = p_controller order by k.event_id limit p_limit;
end
$$;

create function keyring.move(p_controller int, p_from int, p_to int, p_event uuid[], p_wrapped bytea[], p_orphans uuid[]) returns void
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  insert into keyring.record_key (controller_id, event_id, epoch, wrapped, created_at)
    select p_controller, x.e, p_to, x.w, k.created_at from unnest(p_event, p_wrapped) x(e, w)
    join keyring.record_key k on k.epoch = p_from and k.controller_id = p_controller and k.event_id = x.e;
  delete from keyring.record_key k
    where k.epoch = p_from and k.controller_id = p_controller and (k.event_id = any (p_event) or k.event_id = any (p_orphans));
end
$$;

create function keyring.drop_epoch(p_epoch int) returns void
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
declare
  v_left boolean;
begin
  lock table keyring.epoch in share row exclusive mode;
  if not exists (select from keyring.epoch e where e.epoch = p_epoch and e.state = 'draining') then
    return;
  end if;
  -- The whole first and then its part, as whoever reads keys locks them: the other way round is a deadlock.
  lock table keyring.record_key in access exclusive mode;
  -- No policy hides a row from this count: the partition is opened to its owner for the length of this transaction.
  execute format('alter table keyring.record_key_%s no force row level security', p_epoch);
  execute format('select exists (select from keyring.record_key_%s)', p_epoch) into v_left;
  if v_left then
    raise exception 'epoch % still holds keys', p_epoch using errcode = 'LG007';
  end if;
  execute format('drop table keyring.record_key_%s', p_epoch);
  update keyring.epoch set state = 'dropped' where epoch = p_epoch;
end
$$;

create function keyring.close_epoch(p_epoch int, p_now timestamptz) returns void
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
begin
  update keyring.epoch set state = 'destroyed', destroyed_at = p_now where epoch = p_epoch and state = 'dropped';
end
$$;

create function keyring.epoch_used(p_epoch int) returns boolean
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
declare
  v_used boolean;
begin
  -- Size, not rows: the owner sees no row without a controller, and here all of them count.
  select pg_relation_size(format('keyring.record_key_%s', p_epoch)::regclass) > 0 into v_used;
  return v_used;
end
$$;
comment on function keyring.epoch_used(int) is 'Whether a key was ever stored under an epoch: then its epoch key must exist and is never made anew.';

create function keyring.pin_key(p_digest bytea, p_now timestamptz) returns boolean
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
begin
  insert into keyring.key_check (digest, created_at) values (p_digest, p_now) on conflict (singleton) do nothing;
  return (select k.digest = p_digest from keyring.key_check k);
end
$$;
comment on function keyring.pin_key(bytea, timestamptz) is 'On first use remembers which key file this keyring belongs to; afterwards tells whether the one at hand is it.';

-- Rotation of the wrap keys. From its begin on nothing is stored under an earlier one; the update waits for who is storing.
create function keyring.begin_wrap(p_controllers int[], p_now timestamptz) returns int
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
declare
  v_wrap int;
  v_controller int;
begin
  lock table keyring.epoch in share row exclusive mode;
  select e.wrap into v_wrap from keyring.epoch e where e.state = 'current';
  foreach v_controller in array p_controllers loop
    perform set_config('liggare.controller', v_controller::text, true);
    if exists (select from keyring.wrap_rotation r where r.controller_id = v_controller and r.finished_at is null) then
      return v_wrap; -- one is under way: it goes on, no second one begins
    end if;
  end loop;
  update keyring.epoch e set wrap = e.wrap + 1 where e.state = 'current' returning e.wrap into v_wrap;
  foreach v_controller in array p_controllers loop
    perform set_config('liggare.controller', v_controller::text, true);
    insert into keyring.wrap_rotation (controller_id, wrap, stream, begun_at) values (v_controller, v_wrap, gen_random_uuid(), p_now);
  end loop;
  return v_wrap;
end
$$;
comment on function keyring.begin_wrap(int[], timestamptz) is 'Begins a rotation of the wrap keys of all controllers, or answers the version of the one that is under way.';

create function keyring.rotating(p_controller int) returns table (wrap int, stream uuid)
  language plpgsql stable security definer set search_path = keyring, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select r.wrap, r.stream from keyring.wrap_rotation r where r.controller_id = p_controller and r.finished_at is null;
end
$$;

-- The next keys that are wrapped by an earlier wrap key, locked until they are stored anew: apart from who destroys them.
create function keyring.lock_wrapped(p_controller int, p_wrap int, p_after uuid, p_limit int) returns table (subject_id uuid, wrapped bytea, wrap int)
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform pg_advisory_xact_lock(7151, p_controller);
  return query select k.subject_id, k.wrapped, k.wrap from keyring.subject_key k
    where k.controller_id = p_controller and k.subject_id > p_after and k.wrap < p_wrap order by k.subject_id limit p_limit;
end
$$;

create function keyring.rewrap(p_controller int, p_wrap int, p_subject uuid[], p_wrapped bytea[]) returns void
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  update keyring.subject_key k set wrapped = x.w, wrap = p_wrap
    from unnest(p_subject, p_wrapped) x(s, w)
    where k.controller_id = p_controller and k.subject_id = x.s and k.wrap < p_wrap;
end
$$;

create function keyring.finish_wrap(p_controller int, p_wrap int, p_now timestamptz) returns void
  language plpgsql security definer set search_path = keyring, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  if exists (select from keyring.subject_key k where k.controller_id = p_controller and k.wrap < p_wrap) then
    raise exception 'keys are still wrapped by an earlier wrap key than %', p_wrap using errcode = 'LG007';
  end if;
  update keyring.wrap_rotation r set finished_at = p_now where r.controller_id = p_controller and r.wrap = p_wrap and r.finished_at is null;
end
$$;

create function keyring.count_wrapped(p_controller int) returns table (wrap int, keys bigint)
  language plpgsql stable security definer set search_path = keyring, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select k.wrap, count(*) from keyring.subject_key k where k.controller_id = p_controller group by k.wrap order by k.wrap;
end
$$;

revoke all on all functions in schema keyring from public;
grant usage on schema keyring to liggare_keyring;
grant execute on all functions in schema keyring to liggare_keyring;
grant select on keyring.epoch, keyring.key_check, keyring.tombstone to liggare_keyring;
