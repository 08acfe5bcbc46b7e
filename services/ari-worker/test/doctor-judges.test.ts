import { readdirSync, readFileSync } from 'node:fs';
import { COLUMNS_OF_THIS_VERSION, type DatabaseFacts, type SlotState } from '@dialgate/database';
import type { WorkerReport } from '@dialgate/redis';
import { expect } from 'chai';
import { lineOf, note, ok, summaryOf, unseen, wrong, type Finding } from '../src/doctor/finding.js';
import { judgeClocks } from '../src/doctor/judge-clocks.js';
import { judgeReach } from '../src/doctor/judge-configuration.js';
import { judgeDatabase } from '../src/doctor/judge-database.js';
import { judgeRedis } from '../src/doctor/judge-redis.js';
import { judgeWorkers } from '../src/doctor/judge-workers.js';

const DATABASE: DatabaseFacts = {
  kind: 'reached',
  version: '17.2',
  clock: { aheadMs: 0, uncertaintyMs: 1 },
  isStandby: false,
  missingTables: [],
  columns: COLUMNS_OF_THIS_VERSION,
  missingPrivileges: [],
  mayDoAnything: false,
  connections: { most: 100, used: 20 },
  replication: { standbys: 0, synchronous: false },
};

const wrongs = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict === 'wrong').map(({ code }) => code);

describe('what doctor holds against', () => {
  for (const [what, facts, code] of [
    ['a standby', { isStandby: true }, 'database_only_a_standby'],
    ['asynchronous replication', { replication: { standbys: 1, synchronous: false } }, 'database_loses_commits'],
    ['an old PostgreSQL', { version: '14.9' }, 'database_too_old'],
    ['few connections that are free', { connections: { most: 100, used: 89 } }, 'database_connections'],
  ] as const) {
    it(`a database: ${what}`, () => {
      expect(wrongs(judgeDatabase({ ...DATABASE, ...facts }))).to.deep.equal([code]);
    });
  }

  it('a database: a PgBouncer that refuses what the services set', () => {
    const refused = { kind: 'refuses_parameters', code: '08P01' } as const;
    expect(wrongs(judgeDatabase(refused))).to.deep.equal(['database_refuses_parameters']);
  });

  it('a database: nothing, with standbys that are waited for, and tables of a later version', () => {
    const facts = { replication: { standbys: 2, synchronous: true }, columns: COLUMNS_OF_THIS_VERSION + 3 };
    expect(wrongs(judgeDatabase({ ...DATABASE, ...facts }))).to.deep.equal([]);
  });

  it('a Redis: an old one, and not that it keeps its policy secret', () => {
    const facts = { kind: 'reached', version: '7.4.1', evictionPolicy: null, mayUseKeys: true } as const;
    expect(judgeRedis(facts).map(({ verdict }) => verdict)).to.deep.equal(['ok', 'note', 'ok']);
    expect(wrongs(judgeRedis({ ...facts, version: '6.2.14' }))).to.deep.equal(['redis_too_old']);
  });

  it('settings: that nobody has said where calls may go, which stops none of them', () => {
    expect(judgeReach([])).to.deep.equal([
      note(
        'countries_all',
        'Calls may go to every country.',
        'Name those that you call in ALLOWED_COUNTRIES: a stolen token is worth what it can dial.',
      ),
    ]);
    expect([...judgeReach(['FR']), ...judgeReach(undefined)]).to.deep.equal([]);
  });

  it('a clock: more than five seconds that a slow answer does not explain', () => {
    const judged = (aheadMs: number, uncertaintyMs: number) =>
      wrongs(judgeClocks({ postgresql: { aheadMs, uncertaintyMs }, asterisk: null }));
    expect(judged(5_001, 0)).to.deep.equal(['clock_postgresql']);
    expect(judged(-5_001, 0)).to.deep.equal(['clock_postgresql']);
    expect(judged(5_000, 0)).to.deep.equal([]);
    expect(judged(9_000, 4_000)).to.deep.equal([]);
  });

  it('workers: that one is not ready, and not that another version runs beside', () => {
    const slot = { held: true, holder: 'host-1', asterisk: 'pbx', connection: 'connected', followed: false };
    const report = { build: { version: '9.9.9', commit: null }, limits: undefined };
    const findings = judgeWorkers(
      { slots: [slot as unknown as SlotState], reports: [report as unknown as WorkerReport], processes: [] },
      { version: '1.0.0', commit: null },
    );
    expect(findings.map(({ code, verdict }) => `${code} ${verdict}`)).to.deep.equal([
      'worker_not_reconciled wrong',
      'versions note',
    ]);
  });
});

describe('what doctor says', () => {
  it('is a line for each finding, what to do below it, and a sum', () => {
    expect(lineOf(wrong('x', 'It is broken.', 'Mend it.'))).to.equal('WRONG  It is broken.\n       → Mend it.');
    expect(lineOf(ok('x', 'It works.'))).to.equal('ok     It works.');
    const findings = [ok('a', ''), note('b', ''), unseen('c', '')];
    expect(summaryOf(findings)).to.equal('Nothing wrong: 1 in order; 1 not looked at.');
    expect(summaryOf([...findings, wrong('d', '', '')])).to.equal('1 wrong, 1 in order; 1 not looked at.');
  });

  it('leads to headings that the guide has', () => {
    const guide = readFileSync(new URL('../../../docs/production-deployment.md', import.meta.url), 'utf8');
    const headings = [...guide.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase());
    const anchors = headings.map((heading) => heading.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
    const room = new URL('../src/doctor/', import.meta.url);
    const sources = readdirSync(room).map((file) => readFileSync(new URL(file, room), 'utf8'));
    const named = [...sources.join('\n').matchAll(/guide\('([^']+)'\)/g)].map(([, anchor = '']) => anchor);
    expect(named).to.have.length.greaterThan(10);
    for (const anchor of named) expect(anchors).to.include(anchor);
  });
});
