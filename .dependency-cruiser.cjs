/** Who may import whom; see docs/architecture.md. A rule that could not fail would be worse than none: test/import-rules. */
const own = (name) => `^packages/${name}/src/`;

/**
 * The API's folders, and which others each may import. A request goes routes → calls; what stands in front of a route
 * (middleware, auth) knows nothing of what stands behind it. Only the app knows the routes.
 */
const API_FOLDERS = {
  audit: ['middleware'],
  limits: [],
  schemas: [],
  health: [],
  middleware: ['limits'],
  calls: ['schemas'],
  auth: ['audit', 'limits', 'middleware', 'schemas'],
  streams: ['calls', 'middleware'],
  board: ['audit', 'auth', 'middleware', 'schemas'],
  openapi: ['calls', 'health', 'middleware', 'schemas'],
  docs: [],
};

const apiRules = Object.entries(API_FOLDERS).map(([folder, others]) => ({
  name: `api-${folder}`,
  severity: 'error',
  comment: 'routes → calls → …: see API_FOLDERS.',
  from: { path: `^services/api/src/${folder}/` },
  to: { path: '^services/api/src/([^/]+/|app|main)', pathNot: `^services/api/src/(${[folder, ...others].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...apiRules,
    {
      name: 'calls-know-no-http',
      severity: 'error',
      comment: 'What is done for a request is told in words of the domain; the routes translate.',
      from: { path: '^services/api/src/calls/' },
      to: { path: '(^(node:)?http|^express$|node_modules/express/)' },
    },
    {
      name: 'no-room-for-everything',
      severity: 'error',
      comment: 'A thing stands where it belongs.',
      from: { pathNot: '/test/' },
      to: { path: '^(packages|services)/.*/(utils|common|helpers)[/.]', pathNot: 'node_modules' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two modules that need each other are one module, or three.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      comment: 'The domain knows no package, no Node and no Asterisk.',
      from: { path: own('domain') },
      to: { pathNot: own('domain') },
    },
    {
      name: 'client-stands-alone',
      severity: 'error',
      comment: 'It runs in other people’s programs, which have nothing of ours.',
      from: { path: own('client') },
      to: { path: '^(packages|services)/', pathNot: own('client') },
    },
    {
      name: 'services-are-apart',
      severity: 'error',
      comment: 'The API and the worker fail independently: they share packages, never each other.',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-below-services',
      severity: 'error',
      from: { path: '^(packages|prisma)/' },
      to: { path: '^services/' },
    },
    {
      name: 'ari-is-a-border',
      severity: 'error',
      comment: 'What speaks ARI knows nothing of calls, queues and rows.',
      from: { path: '^services/ari-worker/src/ari/' },
      to: { path: '^(services/ari-worker/src/(?!ari/)|packages/(?!service-kit/))' },
    },
    {
      name: 'only-the-index-of-a-package',
      severity: 'error',
      comment: 'From outside, a package is its index.',
      from: { path: '^((packages/tools|packages|services|prisma)/[^/]+)' },
      to: { path: '^packages/(tools/)?[^/]+/src/(?!index\\.ts$)', pathNot: '^$1/' },
    },
    {
      name: 'prisma-only-in-database',
      severity: 'error',
      from: { pathNot: '^(packages/database/src/|prisma/schema-engine\\.ts$)' },
      to: { path: '(^@prisma/|node_modules/@prisma/|packages/database/src/generated)' },
    },
    {
      name: 'bullmq-only-in-redis',
      severity: 'error',
      from: { pathNot: own('redis') },
      to: { path: '(^bullmq$|node_modules/bullmq/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'ioredis-only-in-redis',
      severity: 'error',
      from: { pathNot: '^(packages/redis/|packages/tools/)' },
      to: { path: '(^ioredis$|node_modules/ioredis/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'express-only-in-api',
      severity: 'error',
      from: { pathNot: '^services/api/' },
      to: { path: '(^express$|node_modules/express/)' },
    },
    {
      name: 'winston-only-in-service-kit',
      severity: 'error',
      from: { pathNot: own('service-kit') },
      to: { path: '(^winston$|node_modules/winston/)' },
    },
    {
      name: 'tools-only-from-tools-and-tests',
      severity: 'error',
      comment: 'The product must not know that it may be talking to a simulator, nor how it is tested.',
      from: { pathNot: '(/test/|/bench/|^packages/tools/)' },
      to: { path: '^packages/tools/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
