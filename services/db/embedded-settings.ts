/** The server's settings: durable, deaf to the network, and silent about rows and statements. */
export function serverSettings(port: number, overrides: Readonly<Record<string, string>> = {}): string[] {
  const settings: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // A socket's path may be longer than the 107 bytes that Unix allows; the loopback always works.
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_connections: '100',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Nothing a person wrote reaches the log: no statement, no parameter, no row of a failed constraint.
    log_error_verbosity: 'terse',
    log_statement: 'none',
    log_checkpoints: 'off',
    log_min_error_statement: 'panic',
    // Of all levels only LOG, FATAL and PANIC: an ERROR's text quotes the value that did not fit.
    log_min_messages: 'log',
    log_min_duration_statement: '-1',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    ...overrides,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
