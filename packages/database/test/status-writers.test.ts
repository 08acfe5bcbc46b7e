import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The columns that an UPDATE of calls sets, up to its FROM, WHERE or RETURNING. */
const UPDATES =
  /\bUPDATE\s+(?:public\.)?"?calls\b"?(?:\s+(?:AS\s+)?(?!SET\b)\w+)?\s+SET\s([^]*?)\s(?:FROM|WHERE|RETURNING)\s/gi;

/** The columns that an INSERT into calls names. */
const INSERTS = /\bINSERT\s+INTO\s+(?:public\.)?"?calls\b"?\s*\(([^)]*)\)/gi;

function writesStatus(sql: string): boolean {
  const updated = [...sql.matchAll(UPDATES)].some(([, set]) => /(?:^|[\s,])"?status"?\s*=/i.test(set ?? ''));
  return updated || [...sql.matchAll(INSERTS)].some(([, columns]) => /\bstatus\b/i.test(columns ?? ''));
}

describe('the status of a call', () => {
  it('is written by the three statements that the transition table is behind, and by no other', () => {
    const sources = ['packages', 'services'].flatMap((rooms) =>
      readdirSync(join(ROOT, rooms)).map((room) => join(ROOT, rooms, room, 'src')),
    );
    const writers = [...sources.filter(existsSync), join(ROOT, 'prisma')]
      .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)))
      .filter((file) => /\.(ts|sql)$/.test(file) && writesStatus(readFileSync(file, 'utf8')))
      .map((file) => file.slice(ROOT.length));
    expect(writers).to.have.members([
      'packages/database/src/calls/permit-dial.ts',
      'packages/database/src/calls/restore-dial.ts',
      'packages/database/src/calls/write-status.ts',
    ]);
  });

  for (const sql of [
    `UPDATE calls SET status = 'failed' WHERE id = $1`,
    `UPDATE calls c SET ended_at = now(),\n  status = i.to_status\n FROM input i`,
    `update calls as c set status='failed' where true`,
    `UPDATE "calls" SET "status" = 'failed' WHERE true`,
    `INSERT INTO calls (id, status) SELECT 1, 'failed'`,
  ]) {
    it(`is seen to be written by ${JSON.stringify(sql)}`, () => expect(writesStatus(sql)).to.equal(true));
  }

  for (const sql of [
    `UPDATE calls SET slot_epoch = 1 WHERE status = 'pending'`,
    `UPDATE calls SET sip_status = 486 WHERE id = $1`,
    `INSERT INTO call_events (call_id, event, status) SELECT 1`,
  ]) {
    it(`is not written by ${JSON.stringify(sql)}`, () => expect(writesStatus(sql)).to.equal(false));
  }
});
