-- The tree over the log, for strangers who check it: tiles and signed checkpoints (C2SP tlog-tiles, checkpoint, signed
-- note), made off the hot path by one signer. Everything here can be made again from ledger.event but the checkpoints.

create table ledger.tile (
  controller_id int not null,
  level smallint not null check (level between 0 and 63),
  tile_index bigint not null check (tile_index >= 0),
  width smallint not null check (width between 1 and 256),
  hashes bytea not null,
  primary key (controller_id, level, tile_index, width),
  check (octet_length(hashes) = 32 * width)
);
alter table ledger.tile alter column hashes set storage external;
comment on table ledger.tile is 'Tiles of hashes. Of level 0 only full ones: its right edge is read from ledger.event.';

create table ledger.checkpoint (
  controller_id int not null,
  size bigint not null check (size >= 0),
  signed_at timestamptz not null,
  note bytea not null,
  primary key (controller_id, size)
);
comment on table ledger.checkpoint is 'Signed notes of the log''s size and root, as published. The newest stands also in a file outside the database.';

create table ledger.checkpoint_evidence (
  controller_id int not null,
  size bigint not null,
  kind text not null check (kind in ('cosignature', 'timestamp')),
  name text not null,
  content bytea not null,
  added_at timestamptz not null,
  primary key (controller_id, size, kind, name)
);
create index checkpoint_evidence_name_idx on ledger.checkpoint_evidence (controller_id, kind, name, size);
comment on table ledger.checkpoint_evidence is 'What others say of a checkpoint: signature lines of witnesses (c2sp.org/tlog-cosignature), answers of a time-stamping authority (RFC 3161).';

create table ledger.signing_alarm (
  controller_id int primary key,
  reason text not null,
  raised_at timestamptz not null
);
comment on table ledger.signing_alarm is 'Logs whose next checkpoint was refused: entries that had been signed are gone or changed. Cleared by the next one signed.';

do $$
declare t text;
begin
  foreach t in array array['tile', 'checkpoint', 'checkpoint_evidence'] loop
    execute format('create trigger append_only before update or delete or truncate on ledger.%I for each statement execute function ledger.refuse_change()', t);
  end loop;
  foreach t in array array['tile', 'checkpoint', 'checkpoint_evidence', 'signing_alarm'] loop
    execute format('alter table ledger.%I enable row level security', t);
    execute format('alter table ledger.%I force row level security', t);
    execute format('create policy own_controller on ledger.%I using (controller_id = (select ledger.current_controller())) with check (controller_id = (select ledger.current_controller()))', t);
  end loop;
end
$$;
create policy every_alarm on ledger.signing_alarm for select to liggare_owner using (true);

-- Under which names and keys a log was signed is what its own events say: asked at each signing.
create index event_signing_idx on ledger.event (controller_id, position) where type in ('checkpoint.restore-accepted', 'checkpoint.key-rotated', 'checkpoint.restore-reported');

-- What an intent condemned is looked up by the intent's position, by every purge and by verify.
create index condemned_position_idx on ledger.condemned (controller_id, position);

create function ledger.store_tiles(p_controller int, p_level smallint[], p_index bigint[], p_width smallint[], p_hashes bytea[]) returns void
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  insert into ledger.tile (controller_id, level, tile_index, width, hashes)
    select p_controller, t.level, t.tile_index, t.width, t.hashes
    from unnest(p_level, p_index, p_width, p_hashes) t(level, tile_index, width, hashes)
    on conflict (controller_id, level, tile_index, width) do nothing;
  -- A signer that died has left tiles behind; the same place must then hold the same hashes.
  if exists (
    select from unnest(p_level, p_index, p_width, p_hashes) t(level, tile_index, width, hashes)
    where (select s.hashes from ledger.tile s where s.controller_id = p_controller and s.level = t.level and s.tile_index = t.tile_index and s.width = t.width)
      is distinct from t.hashes
  ) then
    raise exception 'a tile is stored with other hashes' using errcode = 'LG008';
  end if;
end
$$;
comment on function ledger.store_tiles is 'Stores tiles; those that stand there already must be the same (LG008).';

create function ledger.store_checkpoint(p_controller int, p_size bigint, p_note bytea, p_now timestamptz) returns void
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  if p_size > (select h.size from ledger.log_head h where h.controller_id = p_controller) then
    raise exception 'a checkpoint beyond the log' using errcode = 'LG009';
  end if;
  insert into ledger.checkpoint (controller_id, size, signed_at, note) values (p_controller, p_size, p_now, p_note)
    on conflict (controller_id, size) do nothing;
  delete from ledger.signing_alarm where controller_id = p_controller;
end
$$;
comment on function ledger.store_checkpoint(int, bigint, bytea, timestamptz) is 'Publishes a signed checkpoint and takes back the alarm.';

create function ledger.store_checkpoint_evidence(p_controller int, p_size bigint, p_kind text, p_name text, p_content bytea, p_now timestamptz) returns void
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  if not exists (select from ledger.checkpoint c where c.controller_id = p_controller and c.size = p_size) then
    raise exception 'evidence of no checkpoint' using errcode = 'LG009';
  end if;
  insert into ledger.checkpoint_evidence (controller_id, size, kind, name, content, added_at)
    values (p_controller, p_size, p_kind, p_name, p_content, p_now)
    on conflict (controller_id, size, kind, name) do nothing;
end
$$;
comment on function ledger.store_checkpoint_evidence is 'Keeps what a witness or a time-stamping authority says of a checkpoint; the first word of each stays.';

create function ledger.raise_signing_alarm(p_controller int, p_reason text, p_now timestamptz) returns void
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  insert into ledger.signing_alarm as a (controller_id, reason, raised_at) values (p_controller, p_reason, p_now)
    on conflict (controller_id) do update set reason = excluded.reason where a.reason <> excluded.reason;
end
$$;

create function ledger.signing_alarms() returns table (slug text, reason text, raised_at timestamptz)
  language sql stable security definer set search_path = ledger, pg_temp
as $$
  select c.slug, a.reason, a.raised_at from ledger.signing_alarm a join ledger.controller c on c.controller_id = a.controller_id order by c.slug
$$;
comment on function ledger.signing_alarms() is 'All logs that could not be signed: readiness and metrics ask for it.';

revoke all on function ledger.store_tiles, ledger.store_checkpoint(int, bigint, bytea, timestamptz), ledger.store_checkpoint_evidence,
  ledger.raise_signing_alarm(int, text, timestamptz), ledger.signing_alarms() from public;
grant execute on function ledger.store_tiles, ledger.store_checkpoint(int, bigint, bytea, timestamptz), ledger.store_checkpoint_evidence,
  ledger.raise_signing_alarm(int, text, timestamptz) to liggare_worker;
grant execute on function ledger.signing_alarms() to liggare_api, liggare_worker, liggare_auditor;
grant select on ledger.tile, ledger.checkpoint, ledger.checkpoint_evidence to liggare_api, liggare_worker, liggare_auditor;

-- Read models of the past, and those that a rebuild compares with, are filled into the caller's own temporary tables: the
-- function runs with its caller's rights, and no login may write to the live ones.
grant execute on function model.project(int, bigint, bigint), model.project_oversight(int, bigint, bigint), model.project_rulings(int, bigint, bigint) to liggare_api, liggare_worker, liggare_auditor;
