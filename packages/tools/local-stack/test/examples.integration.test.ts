import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { expect } from 'chai';
import { startGateway, type Gateway } from './gateway.js';

const ARI = { username: 'gateway', password: 'hush-hush-simulated' };
const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const BUSY = '+33145678486';
const ANSWERS = '+33145678001';

describe('the examples', function () {
  this.timeout(180_000);
  let simulator: AsteriskSimulator;
  let gateway: Gateway;

  before(async () => {
    simulator = await startAsteriskSimulator({ ...ARI, speed: 10 });
    gateway = await startGateway({ ...ARI, url: simulator.ariUrl });
  });
  after(async () => {
    await gateway.stop();
    await simulator.close();
  });

  /** A token is sent as a key is; which of the two it is only the gateway knows. */
  function run(program: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { PATH } = process.env;
    const env = { PATH, DIALGATE_URL: gateway.url, DIALGATE_KEY: gateway.token };
    return new Promise((resolve) => {
      execFile(program, args, { cwd: EXAMPLES, env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      });
    });
  }

  async function callsTo(number: string): Promise<number> {
    const rows = await gateway.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM calls WHERE phone_number = '${number}'`,
    );
    return rows[0]!.n;
  }

  it('in TypeScript shows a call as it happens, and says by its exit code whether it was answered', async () => {
    const example = ['--import', 'tsx', 'typescript/call.ts'];
    const answered = await run(process.execPath, ...example, ANSWERS);
    expect(answered.code, answered.stderr).to.equal(0);
    const lines = answered.stdout.trim().split('\n');
    expect(lines[0]).to.match(/^accepted [0-9a-f-]{36}$/);
    expect(lines.slice(1, -1).map((line) => line.split(' ')[1])).to.include.members([
      'created',
      'dial_sent',
      'answered',
    ]);
    expect(lines.at(-1)).to.equal('ended completed');

    const busy = await run(process.execPath, ...example, BUSY);
    expect([busy.code, busy.stdout.trim().split('\n').at(-1)]).to.deep.equal([1, 'ended busy']);

    const refused = await run(process.execPath, ...example, '+331');
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include('invalid_request');
  });

  it('with curl waits for the end of a call, and prints it', async function () {
    if (spawnSync('curl', ['--version']).status !== 0) {
      console.log('      skipped: there is no curl');
      this.skip();
    }
    const before = await callsTo(BUSY);
    const { code, stdout, stderr } = await run('curl/call', BUSY);
    expect(code, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ phone_number: BUSY, status: 'busy', is_completed: true });
    expect(await callsTo(BUSY)).to.equal(before + 1);

    const refused = await run('curl/call', '+331');
    expect(refused.code).not.to.equal(0);
  });

  it('in Python waits for the end of a call, and prints it', async function () {
    if (spawnSync('python3', ['--version']).status !== 0) {
      console.log('      skipped: there is no python3');
      this.skip();
    }
    const { code, stdout, stderr } = await run('python3', 'python/call.py', BUSY);
    expect(code, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ phone_number: BUSY, status: 'busy', is_completed: true });

    const refused = await run('python3', 'python/call.py', '+331');
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include('invalid_request');
  });
});
