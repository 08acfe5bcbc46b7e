import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startThrowawayPostgres, type Postgres } from '@dialgate/local-stack';
import { makeCertificates, patience, type Certificates } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { openPatientPool } from '../src/patient-pool.js';

describe('a PostgreSQL that speaks TLS, with the certificate of a private authority', function () {
  this.timeout(patience(60_000));
  let home: string;
  let server: Postgres;
  let certificates: Certificates;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'dialgate-tls-'));
    certificates = makeCertificates(home);
    server = await startThrowawayPostgres();
    const owner = new pg.Client(server.url);
    await owner.connect();
    // Written by the server itself, whose files they must be.
    for (const [name, file] of [
      ['server.crt', certificates.certificate],
      ['server.key', certificates.key],
    ] as const) {
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      const rows = lines.map((line) => owner.escapeLiteral(line)).join();
      await owner.query(`COPY (SELECT unnest(ARRAY[${rows}])) TO PROGRAM 'umask 077; cat > ${name}'`);
    }
    await owner.query('ALTER SYSTEM SET ssl = on');
    await owner.query('SELECT pg_reload_conf()');
    await owner.end();
  });
  after(async () => {
    await (server as Postgres | undefined)?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** @returns whether a connection of a service with these words in its DATABASE_URL is encrypted. */
  async function isEncrypted(words: string): Promise<boolean> {
    const waits = { connectMs: patience(10_000), answerMs: patience(10_000) };
    const pool = openPatientPool(`${server.url}?${words}`, { max: 1 }, waits);
    try {
      const text = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
      const { rows } = await pool.query<{ ssl: boolean }>({ text });
      return rows[0]?.ssl ?? false;
    } finally {
      await pool.end();
    }
  }

  it('is spoken to by whoever names the authority in DATABASE_URL (sslmode=verify-full, sslrootcert)', async () => {
    const known = `sslmode=verify-full&sslrootcert=${encodeURIComponent(certificates.authority)}`;
    expect(await isEncrypted(known)).to.equal(true);
    expect(await isEncrypted(`target_session_attrs=read-write&${known}`)).to.equal(true);
  });

  it('is not believed by whoever does not', async () => {
    const [answer] = await Promise.allSettled([isEncrypted('sslmode=verify-full')]);
    expect(answer.status === 'rejected' && String(answer.reason)).to.match(/certificate/);
  });
});
