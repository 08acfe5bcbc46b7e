import { readFileSync } from 'node:fs';
import { createTestDatabase, someNewCall, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';

/** What an operator is told to ask PostgreSQL, in the order of the page, and the columns that come back. */
const RUNBOOKS = [
  ['relname', 'pg_size_pretty'],
  ['open', 'waiting', 'oldest'],
  ['minute', 'asterisk', 'failure_reason', 'count'],
  ['prefix', 'unreachable', 'count'],
];
/** With containers and without. */
const GUIDE = [
  ['outcome', 'count'],
  ['outcome', 'count'],
];

const STORY = readFileSync(new URL('../../../docker/postgres/story-of-calls.sql', import.meta.url), 'utf8');

describe('the SQL of the documents', () => {
  let tables: TestDatabase;
  let lost: string;
  before(async () => {
    tables = await createTestDatabase();
    const { users, calls } = tables.database;
    await users.create({ username: 'maria', passwordHash: 'x', role: 'operator' });
    const { id: userId } = (await users.findByUsername('maria'))!;
    const [, ended] = await Promise.all(
      ['+33100000001', '+33100000002', '+49300000003'].map((phoneNumber) =>
        calls.create(someNewCall({ userId, phoneNumber })),
      ),
    );
    lost = (ended as { id: string }).id;
    await tables.sql(
      `UPDATE calls SET status = 'failed', ended_at = now(),
         failure_reason = CASE phone_number WHEN '+33100000002' THEN 'lost' ELSE 'unreachable' END
       WHERE phone_number <> '+33100000001'`,
    );
  });
  after(() => tables.drop());

  async function answers(document: string): Promise<Record<string, unknown>[][]> {
    const found: Record<string, unknown>[][] = [];
    for (const sql of questionsIn(document)) found.push(await tables.sql(sql));
    return found;
  }
  const storyOf = (told: string): Promise<Record<string, unknown>[]> =>
    tables.sql(STORY.replaceAll(":'told'", `'${told.replaceAll("'", "''")}'`));
  const columnsOf = (found: Record<string, unknown>[][]) => found.map(([first]) => Object.keys(first ?? {}));

  it('is answered on every page of the runbooks', async () => {
    const found = await answers('runbooks.md');
    expect(columnsOf(found)).to.deep.equal(RUNBOOKS);
    const [, queue, loss, prefixes] = found;
    expect(queue?.[0]).to.include({ open: '0', waiting: '1' });
    expect(loss?.[0]).to.include({ failure_reason: 'lost', count: '1' });
    expect(prefixes?.[0]).to.deep.equal({ prefix: '+4930', unreachable: '1', count: '1' });
  });

  it('is answered where the guide tells what to watch', async () => {
    const found = await answers('production-deployment.md');
    expect(columnsOf(found)).to.deep.equal(GUIDE);
    for (const outcomes of found) {
      expect(outcomes).to.have.deep.members([
        { outcome: 'lost', count: '1' },
        { outcome: 'unreachable', count: '1' },
      ]);
    }
  });

  it('tells the story of the calls that a piece of the log names, and of one by its id alone', async () => {
    const answered = {
      time: '2026-01-15T08:00:00.000Z',
      requestId: "it's-4711",
      method: 'POST',
      route: '/x',
      status: 202,
    };
    const line = JSON.stringify({ ...answered, userId: '018f0000-0000-7000-8000-000000000000', callId: lost });
    const called = { call: lost, status: 'failed', failure_reason: 'lost', username: 'maria' };

    const [ofRequest, ...others] = await storyOf(`no JSON: it's-4711\n${line}`);
    expect(others).to.deep.equal([]);
    expect(ofRequest).to.include({ ...called, request: "2026-01-15T08:00:00.000Z it's-4711 POST /x 202" });
    expect(ofRequest?.timeline).to.match(/^\S+ .*api/);
    const [ofCall] = await storyOf(lost);
    expect(ofCall).to.include({ ...called, request: null });
    expect(await storyOf('')).to.deep.equal([]);
  });

  it('makes a copy of the database an installation of its own', async () => {
    const [before] = await tables.sql('SELECT name FROM installation');
    const changes = [...textOf('production-deployment.md').matchAll(/-c "((?:UPDATE|DELETE) [^"]+)"/g)];
    expect(changes).to.have.length(4);
    for (const [, sql] of changes) await tables.sql(sql!);
    expect(await tables.sql('SELECT name FROM installation')).not.to.deep.equal([before]);
    expect(await tables.sql('SELECT count(*) FROM calls WHERE ended_at IS NULL')).to.deep.equal([{ count: '0' }]);
  });
});

/** Every question in blocks of SQL, in what is fed to psql, and in the middle of a sentence. */
function questionsIn(document: string): string[] {
  const written = /^```sql\n([\s\S]*?)^```|<< 'END'\n(SELECT [\s\S]*?)^END$|`(SELECT [^`]+)`/gm;
  return [...textOf(document).matchAll(written)].map(([, block, fed, inline]) => (block ?? fed ?? inline)!);
}

function textOf(document: string): string {
  return readFileSync(new URL(`../../../docs/${document}`, import.meta.url), 'utf8');
}
