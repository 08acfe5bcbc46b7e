import { once } from 'node:events';
import { createServer } from 'node:net';
import { API_PROGRAM, portOf, runProgram } from '@dialgate/testing';
import { expect } from 'chai';
import { SECRET_KEY } from './api.js';

const NOTHING_THERE = {
  DATABASE_URL: 'postgresql://x@127.0.0.1:1/x',
  REDIS_URL: 'redis://127.0.0.1:1',
  SECRET_KEY,
  HOST: '127.0.0.1',
};

describe('the API as a process', () => {
  it('lists everything that is missing or wrong, a line for each, and exits with 1', async () => {
    const { exitCode, out, err } = runProgram(API_PROGRAM, { PORT: 'eight', SECRET_KEY: 'hunter2', LOG_LEVEL: 'loud' });
    expect(await exitCode).to.equal(1);
    expect(out()).to.equal('');
    const [heading, ...problems] = err().trimEnd().split('\n');
    expect(heading).to.equal('The configuration is wrong:');
    const named = problems.map((problem) => /^ {2}- ([A-Z_]+) \S/.exec(problem)?.[1]);
    expect(named).to.have.members(['DATABASE_URL', 'REDIS_URL', 'SECRET_KEY', 'PORT', 'LOG_LEVEL']);
    expect(err()).not.to.match(/hunter2|eight|loud/);
  });

  it('starts with PostgreSQL and Redis away, and stops at SIGTERM with 0', async () => {
    const api = runProgram(API_PROGRAM, { ...NOTHING_THERE, PORT: '0' });
    const answer = await fetch(`http://127.0.0.1:${await portOf(api)}/health/live`);
    expect(answer.status).to.equal(200);
    api.child.kill('SIGTERM');
    expect(await api.exitCode).to.equal(0);
    expect(api.said()).to.include('Service stopped');
  });

  it('says which port is taken and exits with 1', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      const { exitCode, said } = runProgram(API_PROGRAM, { ...NOTHING_THERE, PORT: String(port) });
      expect(await exitCode).to.equal(1);
      expect(said()).to.include('EADDRINUSE').and.to.include(String(port));
    } finally {
      server.close();
    }
  });
});
