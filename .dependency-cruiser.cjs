// The import rules of services/README.md: what may know what. Imports point one way, the domain services meet in events/.

const domain = ['channels', 'register', 'retention', 'access', 'supervision', 'deliveries']

/** Who may import whom, lowest first: a folder sees itself, those in `sees`, and nothing else below services/. */
const sees = {
  platform: [],
  events: ['platform'],
  documents: ['platform'],
  db: ['platform', 'events'],
  ledger: ['platform', 'events', 'db'],
  // CloudEvents are a way in of the API as well as a source.
  interactions: ['platform', 'events', 'db', 'ledger', 'subjects', 'sources'],
  sources: ['platform', 'events', 'db', 'ledger', 'interactions'],
  subjects: ['platform', 'events', 'db', 'ledger'],
  declarations: ['platform', 'events', 'db', 'ledger'],
  disclosures: ['platform', 'events', 'db', 'ledger', 'subjects', 'declarations'],
  ...Object.fromEntries(
    domain.map((name) => [
      name,
      [
        'platform',
        'events',
        'documents',
        'db',
        'ledger',
        'subjects',
        'sources',
        'interactions',
        'declarations',
        'disclosures',
      ],
    ]),
  ),
}
sees.api = Object.keys(sees)
sees.jobs = Object.keys(sees).filter((name) => name !== 'api')
sees.demo = [...Object.keys(sees), 'commands']
sees.commands = Object.keys(sees)

// What a route module of any service needs of the HTTP layer: how an operation is declared, not how it is served.
const contract =
  'api/(auth|etag|http-error|json-body|negotiate|operation|paging|problem|scopes|types|version|violations)[.]ts$'

const folderRules = Object.entries(sees).map(([name, seen]) => ({
  name: `${name}-sees-too-much`,
  severity: 'error',
  from: { path: `^services/${name}/` },
  to: {
    path: '^services/',
    pathNot: [`^services/(${[name, ...seen].join('|')})/`, `^services/${contract}`],
  },
}))

const pure = '^services/.*[/-](state|decide|rules)[.]ts$'
const reading = '^services/.*[/-](queries|project)[.]ts$'
const routes = '^services/.*[/-]routes[.]ts$'

module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: 'unknown-folder',
      comment: 'A new folder below services/ needs a line in `sees`.',
      severity: 'error',
      from: { path: '^services/[^/]+/', pathNot: `^services/(${Object.keys(sees).join('|')})/` },
      to: {},
    },
    {
      name: 'pure-is-pure',
      comment: 'state, decide, rules: no clock, ids, database, Fastify, Node',
      severity: 'error',
      from: { path: pure },
      to: {
        path: [
          '^services/(db|ledger|api|jobs)/',
          '^services/platform/(clock|ids|config|log)',
          'node_modules/(pg|kysely|fastify|pino)',
        ],
      },
    },
    {
      name: 'pure-needs-no-node',
      severity: 'error',
      from: { path: pure },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?assert$' },
    },
    {
      name: 'sql-knows-no-http',
      comment: 'queries, project: no Fastify',
      severity: 'error',
      from: { path: reading },
      to: { path: ['node_modules/(@fastify/|fastify)', '^services/api/'] },
    },
    {
      name: 'http-knows-no-sql',
      comment: 'routes: no pg, no Kysely',
      severity: 'error',
      from: { path: routes },
      to: { path: 'node_modules/(@types/)?(pg|kysely|pg-[^/]+)/' },
    },
    {
      name: 'http-in-routes-only',
      comment: 'Fastify is known to api/ and to routes',
      severity: 'error',
      from: { path: '^services/', pathNot: ['^services/(api|commands)/', '^services/main\\.ts$', routes] },
      to: { path: 'node_modules/(@fastify/|fastify)' },
    },
    {
      name: 'contract-in-routes-only',
      comment:
        'Below api/, only route modules, and what several of them share, know how an operation is declared',
      severity: 'error',
      from: {
        path: '^services/',
        pathNot: ['^services/(api|commands)/', routes, '^services/interactions/(accept|outcomes)[.]ts$'],
      },
      to: { path: `^services/${contract}` },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-dangling-import', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^services/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    { name: 'no-test-import', severity: 'error', from: { path: '^services/' }, to: { path: '^test/' } },
  ],
  options: {
    // TypeScript 7 has no stable parser interface yet; SWC reads every import, type-only and dynamic ones too.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
