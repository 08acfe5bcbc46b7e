import { type ConfigError, loadConfig } from '@dialgate/service-kit';
import { expect } from 'chai';
import { asteriskName, workerConfig } from '../src/config.js';

const GOOD = {
  DATABASE_URL: 'postgresql://localhost/dialgate',
  REDIS_URL: 'redis://localhost',
  ARI_HTTP_URL: 'http://pbx:8088/ari/',
  ARI_USERNAME: 'gateway',
  ARI_PASSWORD: 'secret',
};

describe("the worker's configuration", () => {
  it('needs little', () => {
    const config = loadConfig(workerConfig, GOOD);
    expect(config).to.deep.include({
      ARI_HTTP_URL: 'http://pbx:8088/ari',
      DIAL_ENDPOINT: 'PJSIP/{number}@trunk',
      DRAIN_SECONDS: 45,
      RESULT_VARIABLES: [],
    });
    expect(asteriskName(config)).to.equal('pbx:8088');
  });

  it('names all problems at once', () => {
    const wrong = {
      ARI_HTTP_URL: 'pbx',
      DIAL_ENDPOINT: 'PJSIP/trunk',
      MAX_CONCURRENT_CALLS: 'many',
      RESULT_VARIABLES: '*',
    };
    let problems: readonly string[] = [];
    try {
      loadConfig(workerConfig, wrong);
    } catch (error) {
      problems = (error as ConfigError).problems;
    }
    for (const name of [
      'DATABASE_URL',
      'REDIS_URL',
      'ARI_HTTP_URL',
      'ARI_USERNAME',
      'ARI_PASSWORD',
      'DIAL_ENDPOINT',
      'MAX_CONCURRENT_CALLS',
      'RESULT_VARIABLES',
    ]) {
      expect(problems.filter((problem) => problem.includes(name)).length, name).to.equal(1);
    }
  });
});
