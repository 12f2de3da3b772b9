-- The roles of the database that runs this (liggare.kind: ledger or keyring), and who may connect to it. Run by migrate
-- before the migrations, every time; repeating it changes nothing. Roles belong to the cluster, rights to the database.
do $$
declare
  kind constant text := current_setting('liggare.kind');
  owner constant text := case kind when 'ledger' then 'liggare_owner' else 'liggare_keyring_owner' end;
  logins constant text[] := case kind
    when 'ledger' then array['liggare_api', 'liggare_worker', 'liggare_purge', 'liggare_auditor']
    else array['liggare_keyring'] end;
  wanted text;
begin
  if not exists (select from pg_roles where rolname = owner) then
    execute format('create role %I nologin', owner);
  end if;
  foreach wanted in array logins loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I login', wanted);
    end if;
  end loop;

  -- One that stood here before us may be more than it should, and row-level security would not bind it.
  for wanted in
    select rolname from pg_roles
    where rolname = any (logins || owner)
      and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication)
  loop
    raise exception 'role % may do more than Liggare allows it (superuser, bypassrls, createdb, createrole or replication)', wanted
      using errcode = 'LGR01';
  end loop;
  for wanted in select rolname from pg_roles where rolname = any (logins) and pg_has_role(rolname, owner, 'MEMBER') loop
    raise exception 'role % is a member of %, and so above row-level security', wanted, owner using errcode = 'LGR01';
  end loop;

  -- Whoever migrates acts as the owner, so that everything belongs to it and nothing to a superuser.
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant %I to %I', owner, current_user);
  end if;

  execute format('revoke all on database %I from public', current_database());
  execute format('grant create, temporary on database %I to %I', current_database(), owner);
  foreach wanted in array logins loop
    -- Read models as of a position, or for comparison, are filled into temporary tables.
    execute format('grant connect%s on database %I to %I',
      case when wanted in ('liggare_worker', 'liggare_auditor') then ', temporary' else '' end, current_database(), wanted);
  end loop;
  revoke all on schema public from public;
end
$$;
